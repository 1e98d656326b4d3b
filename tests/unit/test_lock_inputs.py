from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.config.model import Selection
from orchestrator.config.project import load_project
from orchestrator.config.selection import selected
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
    Selection(("dev",), ()),
    (LockedRequirement("a"), LockedRequirement("b", ("c<2",)), LockedRequirement("d==1", alias="old_d")),
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
            {"selection": Selection((), ("x", "y"))},
            (
                "it was made with the dependency groups dev, and now there are no dependency groups",
                "it was made with no extras, and now there are the extras x, y",
            ),
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
    selection = others.pop("selection", Selection())
    overrides = others.pop("overrides", {})
    return describe(project, selection, selected(project, selection), PYTHON, overrides, **others)


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
    found = describe(load_project(tmp_path / "pyproject.toml"), Selection(), (), interpreter, {})
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


def test_a_selection_brings_its_requirements(tmp_path: Path) -> None:
    text = f"{DEPENDENCIES}[dependency-groups]\ndev = ['c']\n"
    assert described(tmp_path, text) == described(tmp_path, DEPENDENCIES)
    chosen = described(tmp_path, text, selection=Selection(("dev",)))
    assert chosen.requirements == (LockedRequirement("a"), LockedRequirement("b>=1"), LockedRequirement("c"))
