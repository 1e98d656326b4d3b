"""Where libraries are not kept apart, it is said which may be confused."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.environments import venv
from orchestrator.environments.site import Site, Staged
from orchestrator.native import step, unseparated
from orchestrator.plan.model import PlannedEnvironment
from orchestrator.system.console import Reporter
from orchestrator.uv.interpreter import Interpreter

if TYPE_CHECKING:
    from pathlib import Path


def environment(folder: Path, **libraries: str) -> Path:
    """Return a `site-packages` with these files: ``liba__dylib="content"``."""
    for name, content in libraries.items():
        path = folder / "package" / ".dylibs" / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.mark.parametrize(
    ("platform", "extension", "called"), [("darwin", "dylib", "macOS"), ("win32", "dll", "Windows")]
)
def test_libraries_of_one_name(tmp_path: Path, platform: str, extension: str, called: str) -> None:
    one = environment(tmp_path / "one", **{f"liba__{extension}": "1", f"libb__{extension}": "same"})
    two = environment(tmp_path / "two", **{f"LIBA__{extension}": "2", f"libb__{extension}": "same"})
    (warning,) = unseparated.warnings([one, two], platform)
    assert f"(liba.{extension})" in warning
    assert called in warning


def test_many_are_not_all_named(tmp_path: Path) -> None:
    names = [f"lib{letter}__dylib" for letter in "abcde"]
    folders = [environment(tmp_path / place, **dict.fromkeys(names, place)) for place in ("one", "two")]
    (warning,) = unseparated.warnings(folders, "darwin")
    assert "(liba.dylib, libb.dylib, libc.dylib and 2 more)" in warning


def test_nothing_to_say(tmp_path: Path) -> None:
    one = environment(tmp_path / "one", liba__dylib="1", a__so="1")
    two = environment(tmp_path / "two", libb__dylib="2", a__so="2")
    assert list(unseparated.warnings([one, two], "darwin")) == []
    assert list(unseparated.warnings([one, one / "nowhere"], "darwin")) == []
    assert list(unseparated.warnings([one, two], "aix")) == []


def test_two_in_one_environment_are_its_own_affair(tmp_path: Path) -> None:
    one = environment(tmp_path / "one", liba__dylib="1")
    environment(tmp_path / "one" / "another", liba__dylib="2")
    assert list(unseparated.warnings([one], "darwin")) == []


def test_a_build_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interpreter = Interpreter("python", (3, 11, 7), {})

    def site(name: str, content: str) -> Site:
        environment(venv.site_packages(tmp_path / name, interpreter), liba__dylib=content)
        return Site(PlannedEnvironment(name, (), {}), tmp_path / name, tmp_path / name, name)

    staged = Staged(site("application", "1"), (site("one", "2"),))
    monkeypatch.setattr(sys, "platform", "darwin")
    separation = step.separate(staged, (), interpreter, Reporter(quiet=True))
    assert separation.done == ()
    assert len(separation.warnings) == 1
    alone = Staged(staged.application, ())
    assert step.separate(alone, (), interpreter, Reporter(quiet=True)) == step.Separation()
