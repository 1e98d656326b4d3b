"""When `mvenv run` builds first, and when it does not."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, CONFLICT, tree

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder


def is_stale(project: ProjectFolder) -> bool:
    """Whether `mvenv run --no-build` refuses; it never changes anything."""
    before = tree(project.root)
    outcome = project.mvenv("run", "--no-build", "python", "app.py", check=False)
    assert tree(project.root) == before
    if outcome.code == 0:
        assert (outcome.out, outcome.err) == (APP_PRINTS, "")
        return False
    assert (outcome.code, outcome.out) == (1, "")
    said = re.fullmatch(r"error: (.+)\n  cause: (.+)\n\nhint: (.+)\n", outcome.err)
    assert said is not None, outcome.err  # one way to be stale, and so one cause and one hint
    stale = "the environments are missing or out of date", str(project.root / "pyproject.toml")
    # What is missing is named (tests/integration/test_missing.py).
    assert said.groups()[:2] == stale or re.search(r" is missing| has no Python| not been built", said[1])
    assert "`mvenv build`" in said[3]
    return True


def test_an_edit_of_pyproject(built: ProjectFolder) -> None:
    assert not is_stale(built)
    built.pyproject(("dep-a", "top"))
    assert is_stale(built)
    outcome = built.mvenv("run", "python", "-c", "import dep_a; print(dep_a.low_version)")
    assert outcome.out == "1.0\n"
    assert outcome.err.startswith("Built 4 distributions in one environment, no conflict in ")
    assert not (built.root / "py_modules").exists()
    again = built.mvenv("run", "python", "-c", "import dep_a; print(dep_a.low_version)")
    assert (again.out, again.err) == ("1.0\n", "")


def test_an_edit_taken_back(built: ProjectFolder) -> None:
    text = (built.root / "pyproject.toml").read_text()
    built.pyproject(("dep-a",))
    built.write("pyproject.toml", text)
    assert not is_stale(built)


@pytest.mark.parametrize("name", ["uv.toml", ".python-version", "custom_dependencies_versions.json"])
def test_other_files_that_matter(name: str, built: ProjectFolder) -> None:
    text = {"uv.toml": "no-cache = false\n", ".python-version": f"{built.interpreter.version}\n"}.get(
        name, "{}\n"
    )
    built.write(name, text)
    assert is_stale(built)
    built.mvenv("build")
    assert not is_stale(built)
    (built.root / name).unlink()
    assert is_stale(built)


def test_files_that_do_not_matter(built: ProjectFolder) -> None:
    built.write("README.md", "hello")
    built.write("src/my_app/__init__.py", "")
    os.utime(built.root / "pyproject.toml", (1, 1))
    assert not is_stale(built)


@pytest.mark.parametrize("missing", [".venv", "py_modules", ".venv/bin/python", ".venv/mvenv.json"])
def test_something_is_gone(missing: str, built: ProjectFolder) -> None:
    path = built.root / missing
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    assert is_stale(built)


def test_one_environment_is_gone(built: ProjectFolder) -> None:
    shutil.rmtree(next(built.root.glob("py_modules/dep-b-*")))
    assert is_stale(built)
    assert built.mvenv("run", "python", "app.py").out == APP_PRINTS


def test_the_interpreter_is_gone(built: ProjectFolder) -> None:
    python = built.root / ".venv/bin/python"
    python.unlink()
    python.symlink_to(built.root / "uninstalled" / "python")
    assert is_stale(built)
    assert built.mvenv("run", "python", "app.py").out == APP_PRINTS


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"inputs": 3}', '{"inputs": {}}'])
def test_a_damaged_record(text: str, built: ProjectFolder) -> None:
    built.write(".venv/mvenv.json", text)
    assert is_stale(built)


def test_a_record_of_another_version_of_mvenv(built: ProjectFolder) -> None:
    record = built.root / ".venv/mvenv.json"
    text = record.read_text()
    record.write_text(text.replace('"mvenv": "0.', '"mvenv": "9.'))
    assert record.read_text() != text
    assert is_stale(built)
    built.mvenv("build")
    assert not is_stale(built)


def test_run_builds_what_was_never_built(built: ProjectFolder) -> None:
    for name in (".venv", "py_modules"):
        shutil.rmtree(built.root / name)
    outcome = built.mvenv("run", "app.py")
    assert outcome.out == APP_PRINTS
    assert outcome.err.startswith("Built ")


def test_run_does_not_start_what_cannot_be_built(built: ProjectFolder) -> None:
    """What is there would run, but it is not what the project asks for."""
    built.pyproject((*CONFLICT, "ghost"))
    outcome = built.mvenv("run", "python", "-c", "print('started')", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: `ghost` cannot be installed, even alone\n")
