from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.config.disjoint import check_disjoint
from orchestrator.config.model import DirectRequirement, ImportAlias
from orchestrator.config.project import load_project
from orchestrator.config.selection import all_requirements
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.config.model import Project


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Project]:
    """Load a project that requires pandas, with these entries of `[tool.mvenv.aliases]` (from line 5)."""
    monkeypatch.chdir(tmp_path)

    def load(entries: str) -> Project:
        pyproject = tmp_path / "pyproject.toml"
        pyproject.write_text(
            f'[project]\nname = "app"\ndependencies = ["pandas>=2.2"]\n[tool.mvenv.aliases]\n{entries}\n',
            encoding="utf-8",
        )
        return load_project(pyproject)

    return load


@pytest.fixture
def refusal(load: Callable[[str], Project]) -> Callable[[str], str]:
    def refusal(entries: str) -> str:
        with pytest.raises(ConfigError) as caught:
            load(entries)
        return str(caught.value)

    return refusal


def test_a_text_and_a_table(load: Callable[[str], Project]) -> None:
    project = load('pandas_old = "Pandas==2.0.3"\npil_9 = {requirement = "pillow==9.5.0", module = "PIL"}')
    assert project.aliases == (
        ImportAlias(
            DirectRequirement(
                text="Pandas==2.0.3",
                name="pandas",
                entry="tool.mvenv.aliases.pandas_old",
                constraints=(),
                additions=(),
                alias="pandas_old",
            ),
            module="",
        ),
        ImportAlias(
            DirectRequirement(
                text="pillow==9.5.0",
                name="pillow",
                entry="tool.mvenv.aliases.pil_9",
                constraints=(),
                additions=(),
                alias="pil_9",
            ),
            module="PIL",
        ),
    )


def test_a_table_with_a_header(load: Callable[[str], Project]) -> None:
    alias = load('[tool.mvenv.aliases.pil]\nrequirement = "pillow==9"\nmodule = "a.b"').aliases[0]
    assert (alias.requirement.text, alias.module) == ("pillow==9", "a.b")


def test_constraints_of_an_alias_and_of_the_requirement_are_apart(load: Callable[[str], Project]) -> None:
    project = load(
        'pandas_old = "pandas==2.0.3"\n'
        '[tool.mvenv.constraints]\npandas_old = ["numpy<2", "+pytz"]\npandas = ["numpy>=2"]'
    )
    alias = project.aliases[0].requirement
    assert (alias.constraints, alias.additions) == (("numpy<2",), ("pytz",))
    assert project.requirements[0].constraints == ("numpy>=2",)


def test_constraints_for_an_alias_that_is_misspelt(refusal: Callable[[str], str]) -> None:
    assert refusal('pd_old = "pandas==2"\n[tool.mvenv.constraints]\npd-old = ["numpy<2"]').endswith(
        "\nhint: did you mean `pd_old` instead of `pd-old`?"
    )


def test_it_may_exclude_what_the_project_requires(load: Callable[[str], Project]) -> None:
    project = load('pandas_old = "pandas==2.0.3"\npandas_older = "pandas==1.5"')
    everything = all_requirements(project)
    assert [found.text for found in everything] == ["pandas>=2.2", "pandas==2.0.3", "pandas==1.5"]
    check_disjoint(everything, project)


@pytest.mark.parametrize("name", ["pandas-old", "", "a.b", "1a", "class", "\ufb01le"])
def test_a_name_that_no_import_takes(refusal: Callable[[str], str], name: str) -> None:
    assert refusal(f'"{name}" = "pandas==2"').startswith(
        f"error: `{name}` cannot be imported\n  cause: pyproject.toml:5: tool.mvenv.aliases."
    )


@pytest.mark.parametrize("name", ["json", "sys", "__main__", "runtime_shim"])
def test_a_name_that_python_needs(refusal: Callable[[str], str], name: str) -> None:
    assert refusal(f'{name} = "pandas==2"') == (
        f"error: `{name}` is the name of a module that Python itself needs\n"
        f"  cause: pyproject.toml:5: tool.mvenv.aliases.{name}\n"
        "\n"
        "hint: choose another name for the alias"
    )


def test_the_name_of_a_direct_requirement(refusal: Callable[[str], str]) -> None:
    assert refusal('pandas = "pandas==2"').startswith("error: `pandas` is a direct requirement already\n")


def test_a_requirement_that_does_not_parse(refusal: Callable[[str], str]) -> None:
    message = (
        "error: `pandas >> 1` is not a valid requirement\n  cause: pyproject.toml:5: tool.mvenv.aliases.p"
    )
    assert refusal('p = "pandas >> 1"').startswith(message)
    assert refusal('p = {requirement = "pandas >> 1"}').startswith(f"{message}.requirement: ")


def test_no_requirement(refusal: Callable[[str], str]) -> None:
    assert refusal('pil = {module = "PIL"}') == (
        "error: `tool.mvenv.aliases.pil` names no requirement\n"
        "  cause: pyproject.toml:5: tool.mvenv.aliases.pil\n"
        "\n"
        'hint: write `pil = {requirement = "pillow==9.5.0", module = "PIL"}`'
    )


def test_an_unknown_key(refusal: Callable[[str], str]) -> None:
    assert refusal('pil = {requirement = "pillow", modul = "PIL"}').endswith(
        "\n\nhint: did you mean `module` instead of `modul`?"
    )


@pytest.mark.parametrize("module", ["", "a b", "a..b"])
def test_what_is_not_the_name_of_a_module(refusal: Callable[[str], str], module: str) -> None:
    assert refusal(f'pil = {{requirement = "pillow", module = "{module}"}}') == (
        f"error: `{module}` is not the name of a module\n"
        "  cause: pyproject.toml:5: tool.mvenv.aliases.pil.module"
    )
