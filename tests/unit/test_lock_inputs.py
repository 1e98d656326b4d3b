from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.config.project import load_project
from orchestrator.config.selection import all_requirements
from orchestrator.lock.inputs import describe, differences
from orchestrator.lock.model import LockedRequirement, LockInputs
from orchestrator.uv.interpreter import Interpreter

if TYPE_CHECKING:
    from pathlib import Path

MARKERS = {"implementation_name": "cpython", "sys_platform": "linux", "platform_machine": "x86_64"}
PYTHON = Interpreter("/anywhere/python", (3, 11, 7), MARKERS)

LOCKED = LockInputs(
    "3.11",
    "cpython-linux-x86_64",
    (LockedRequirement("a"), LockedRequirement("b", ("c<2",)), LockedRequirement("d==1", alias="old_d")),
    ("dev",),
    sources={"lib": {"path": "../lib"}},
    folders={"../lib": "0a"},
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, ()),
        ({"python": "3.12"}, ("it was made for Python 3.11, and the project's is 3.12",)),
        ({"platform": "p"}, ("it was made for cpython-linux-x86_64, and this is p",)),
        (
            {"groups": ("docs",), "extras": ("x",)},
            (
                "the dependency group `docs` is new",
                "there is no dependency group `dev` any more",
                "the extra `x` is new",
            ),
        ),
        (
            {"requirements": (LockedRequirement("a", sections=("group:dev",)), *LOCKED.requirements[1:])},
            ("what is said of `a` has changed",),
        ),
        ({"requirements": (*LOCKED.requirements, LockedRequirement("e>=2"))}, ("`e>=2` is new",)),
        ({"requirements": LOCKED.requirements[1:]}, ("`a` is not required any more",)),
        ({"requirements": LOCKED.requirements[:2]}, ("`old_d = d==1` is not required any more",)),
        (
            {
                "requirements": (
                    LockedRequirement("a"),
                    LockedRequirement("b", ("c<3",)),
                    LOCKED.requirements[2],
                )
            },
            ("what is said of `b` has changed",),
        ),
        ({"requirements": LOCKED.requirements[::-1]}, ("the order of the requirements has changed",)),
        ({"exclude_newer": "2024-01-01"}, ("`[tool.mvenv] exclude-newer` has changed",)),
        ({"isolate": ("a",)}, ("`[tool.mvenv] isolate` has changed",)),
        ({"together": (("a", "b"),)}, ("`[tool.mvenv] together` has changed",)),
        ({"singletons": ("a",)}, ("`[tool.mvenv] singletons` has changed",)),
        ({"sources": {}}, ("the source of `lib` has changed",)),
        ({"settings": "0b"}, ("uv's settings (`[tool.uv]`, `uv.toml`) have changed",)),
        ({"overrides": ("a 1 → c 2",)}, ("`custom_dependencies_versions.json` has changed",)),
        ({"folders": {"../lib": "0b"}}, ("the metadata of `../lib` has changed",)),
    ],
)
def test_every_difference_is_told(changes: dict[str, Any], said: tuple[str, ...]) -> None:
    assert differences(LOCKED, replace(LOCKED, **changes)) == said


def described(root: Path, text: str, **others: Any) -> LockInputs:
    """Describe a project of which `text` follows `[project]`'s name."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "pyproject.toml").write_text(f'[project]\nname = "app"\n{text}')
    project = load_project(root / "pyproject.toml")
    overrides = others.pop("overrides", {})
    return describe(project, all_requirements(project), PYTHON, overrides, **others)


@pytest.mark.parametrize(
    ("abi_flags", "platform", "key"),
    [
        ("", "x86_64-linux-gnu", ("3.11", "cpython-linux-x86_64")),
        ("", "", ("3.11", "cpython-linux-x86_64")),
        ("t", "x86_64-linux-gnu", ("3.11t", "cpython-linux-x86_64")),
        ("td", "x86_64-linux-gnu", ("3.11td", "cpython-linux-x86_64")),
        ("", "x86_64-linux-musl", ("3.11", "cpython-linux-x86_64-musl")),
    ],
)
def test_what_wheels_are_for(abi_flags: str, platform: str, key: tuple[str, str], tmp_path: Path) -> None:
    """Locks of a time when nothing but plain builds on glibc was told apart stay theirs."""
    interpreter = replace(PYTHON, abi_flags=abi_flags, platform=platform)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "app"\n')
    found = describe(load_project(tmp_path / "pyproject.toml"), (), interpreter, {})
    assert (found.python, found.platform) == key


DEPENDENCIES = 'dependencies = ["a", "b>=1"]\n'


def test_what_does_not_matter(tmp_path: Path) -> None:
    one = described(tmp_path, DEPENDENCIES)
    assert one.requirements == (LockedRequirement("a"), LockedRequirement("b>=1"))
    other = described(
        tmp_path / "elsewhere",
        f"# a comment\nversion = '2'\n{DEPENDENCIES}[tool.other]\nx = 1\n[tool.mvenv]\npython = '3.11'\n",
    )
    assert other == one


@pytest.mark.parametrize(
    "text",
    [
        'dependencies = ["b>=1", "a"]\n',
        f"{DEPENDENCIES}[tool.mvenv.constraints]\na = ['c<2']\n",
        f"{DEPENDENCIES}[tool.mvenv.constraints]\na = ['+c<2']\n",
        f"{DEPENDENCIES}[tool.mvenv]\nexclude-newer = '2024-01-01'\n",
        f"{DEPENDENCIES}[tool.mvenv]\nisolate = ['a']\n",
        f"{DEPENDENCIES}[tool.mvenv]\nsingletons = ['a']\n",
        f"{DEPENDENCIES}[tool.mvenv]\ntogether = [['a', 'b']]\n",
        f"{DEPENDENCIES}[tool.mvenv.aliases]\nold_a = 'a==1'\n",
        f"{DEPENDENCIES}[tool.uv]\nprerelease = 'allow'\n",
        f"{DEPENDENCIES}[tool.uv.sources]\na = {{url = 'https://example.org/a-1-py3-none-any.whl'}}\n",
    ],
)
def test_what_matters(text: str, tmp_path: Path) -> None:
    assert differences(described(tmp_path, DEPENDENCIES), described(tmp_path, text))


def test_the_module_of_an_alias_matters(tmp_path: Path) -> None:
    text = "[tool.mvenv.aliases]\nold_a = {{requirement = 'a==1', module = '{}'}}\n"
    one = described(tmp_path, DEPENDENCIES + text.format("a"))
    other = described(tmp_path, DEPENDENCIES + text.format("aa"))
    assert differences(one, other) == ("what is said of `old_a = a==1` has changed",)


def test_files_that_matter(tmp_path: Path) -> None:
    before = described(tmp_path, DEPENDENCIES)
    assert described(tmp_path, DEPENDENCIES, overrides={"a": {"1": {"c": "2"}}}) != before
    (tmp_path / "uv.toml").write_text('prerelease = "allow"\n')
    assert described(tmp_path, DEPENDENCIES) != before
    (tmp_path / "uv.toml").write_text("# nothing\n")
    assert described(tmp_path, DEPENDENCIES) == before


def test_local_projects_are_named_by_relative_paths(tmp_path: Path) -> None:
    text = f"{DEPENDENCIES}[tool.uv.sources]\na = {{path = '../libs/a', editable = true}}\n"

    def at(place: str, *, version: str = "1") -> LockInputs:
        for name in ("a", "deep"):
            lib = tmp_path / place / "libs" / name
            lib.mkdir(parents=True, exist_ok=True)
            (lib / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "{version}"\n')
            (lib / "code.py").write_text(place)
        return described(tmp_path / place / "app", text, folders=[str(tmp_path / place / "libs/deep")])

    one = at("one")
    assert at("two") == one
    assert one.sources == {"a": {"path": "../libs/a", "editable": True}}
    assert list(one.folders) == ["../libs/a", "../libs/deep"]
    assert differences(one, at("one", version="2")) == (
        "the metadata of `../libs/a` has changed",
        "the metadata of `../libs/deep` has changed",
    )


def test_all_groups_and_extras_are_in_it_with_what_asks_for_them(tmp_path: Path) -> None:
    found = described(
        tmp_path,
        f"{DEPENDENCIES}[project.optional-dependencies]\nx = ['a', 'd']\n"
        "[dependency-groups]\nDev = ['c', 'd']\nnone = []\n",
    )
    assert (found.groups, found.extras) == (("dev", "none"), ("x",))
    assert found.requirements == (
        LockedRequirement("a", sections=("project", "extra:x")),
        LockedRequirement("b>=1"),
        LockedRequirement("d", sections=("extra:x", "group:dev")),
        LockedRequirement("c", sections=("group:dev",)),
    )


def test_which_groups_are_the_default_does_not_matter(tmp_path: Path) -> None:
    groups = f"{DEPENDENCIES}[dependency-groups]\ndocs = ['c']\n"
    one = described(tmp_path, groups)
    assert described(tmp_path, f"{groups}[tool.uv]\ndefault-groups = ['docs']\n") == one
    assert described(tmp_path, f"{groups}[tool.mvenv]\ndefault-groups = 'all'\n") == one


def test_a_lock_of_one_selection_is_out_of_date() -> None:
    requirements = tuple(replace(each, sections=()) for each in LOCKED.requirements)
    assert differences(replace(LOCKED, requirements=requirements), LOCKED) == (
        "an earlier mvenv made it, for some of the dependency groups and extras",
    )
