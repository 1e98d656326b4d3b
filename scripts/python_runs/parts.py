"""What is run on a Python: each part is a function that returns how much of it passed, and what did not."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairs import catalogue, runs
from python_runs.releases import DEMOS, PAIRS
from tests.support.demos import copy_demo
from tests.support.process import clean_environment
from tests.support.project import ProjectFolder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.interpreters import Interpreter

REPOSITORY = Path(__file__).resolve().parents[2]
_WORKS = (runs.WORKS, runs.WORKS_SEPARATED)


def shim(python: Interpreter, work: Path) -> dict[str, Any]:
    """Run the tests of the shim."""
    return _tests(python, work, "tests/shim")


def demos(python: Interpreter, work: Path) -> dict[str, Any]:
    """Run the folders of demo/."""
    found = _tests(python, work, "tests/demo/test_demo_abcd.py")
    what = {
        "abcd": "" if not found["failures"] and found["passed"] else "; ".join(found["failures"]) or "not run"
    }
    for name, changes in DEMOS[python.version].items():
        what[f"{name} ({changes.what})"] = _demo(name, changes.texts, changes.shows, python)
    return _counted(what)


def pairs(python: Interpreter, work: Path) -> dict[str, Any]:
    """Run two releases of some compiled packages in one process."""
    packages = {pair.package.name: pair.package for pair in catalogue.load()}
    what = {}
    for name, versions in PAIRS[python.version].items():
        # No requirement beside: those are for the releases of the catalogue.
        pair = catalogue.Pair(dataclasses.replace(packages[name], beside={}), versions, python.version)
        with tempfile.TemporaryDirectory(dir=work) as folder, _first_on_path(python.executable.parent):
            result = runs.examine(pair, Path(folder, "pair"))
        is_this = result.python == python.full_version
        what[f"{name} {' and '.join(versions)}"] = (
            "" if result.outcome in _WORKS and is_this else _why(result)
        )
    return _counted(what)


PARTS: dict[str, Callable[[Interpreter, Path], dict[str, Any]]] = {
    "shim": shim,
    "demos": demos,
    "pairs": pairs,
}


def _tests(python: Interpreter, work: Path, tests: str) -> dict[str, Any]:
    report = work / "tests.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tests, "--python", python.name]
    command += ["-m", "not slow", f"--junitxml={report}"]
    subprocess.run(command, cwd=REPOSITORY, stdout=subprocess.DEVNULL, check=False)
    passed, skipped, failures = 0, 0, []
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        if case.find("failure") is not None or case.find("error") is not None:
            failures.append(f"{case.get('classname', '').rpartition('.')[2]}: {case.get('name')}")
        elif (mark := case.find("skipped")) is not None:
            skipped += mark.get("type") != "pytest.xfail"
            passed += mark.get("type") == "pytest.xfail"
        else:
            passed += 1
    return {"passed": passed, "skipped": skipped, "failures": failures, "what": []}


def _demo(name: str, texts: dict[str, str], shows: str, python: Interpreter) -> str:
    """Build and run a copy of a demo; return why it failed, empty if it did not.

    :param texts: what is different in its files for this Python.
    :param shows: what it prints if all is well.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "demo")
        root.mkdir()
        copy_demo(name, root)
        for file in (*root.rglob("*.toml"), *root.rglob("*.py")):
            text = file.read_text("utf-8")
            for old, new in texts.items():
                text = text.replace(old, new)
            file.write_text(text, "utf-8")
        project = ProjectFolder(root, python, clean_environment()).on(python)
        program = next(path.name for path in (root / "my_app.py", root / "app.py") if path.exists())
        built = project.mvenv("build", check=False, timeout=1800)
        ran = built if built.code else project.mvenv("run", "python", program, check=False)
        if ran.code:
            return (ran.err.strip().splitlines() or [f"exit code {ran.code}"])[-1]
        return "" if shows in ran.out else f"printed {ran.out!r}"


@contextlib.contextmanager
def _first_on_path(folder: Path) -> Iterator[None]:
    """Let uv find an interpreter by its version: the pairs name theirs so."""
    before = os.environ["PATH"]
    os.environ["PATH"] = os.pathsep.join([str(folder), before])
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _counted(what: dict[str, str]) -> dict[str, Any]:
    failures = [f"{name}: {why}" for name, why in what.items() if why]
    return {"passed": len(what) - len(failures), "skipped": 0, "failures": failures, "what": list(what)}


def _why(result: runs.Result) -> str:
    tried = {**(result.alone or {}), **(result.together or {})}
    failed = [f"{one.failure} ({order})" for order, one in tried.items() if one.failure]
    told = failed or result.said.strip().splitlines()[:1] or [result.outcome]
    return told[0] if result.outcome not in _WORKS else f"ran on {result.python}"
