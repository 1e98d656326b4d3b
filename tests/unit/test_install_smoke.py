from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.install import long_imports, smoke
from orchestrator.install.long_imports import LongImports
from orchestrator.install.smoke import check
from orchestrator.system.console import Reporter

if TYPE_CHECKING:
    from collections.abc import Callable

PYTHON = Path(sys.executable)


@pytest.fixture
def importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make modules importable for children: name=source."""
    # The variable has to be set by the interpreter itself: children don't inherit it.
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys.modules[__name__], "PYTHON", python)

    def write(**sources: str) -> None:
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)

    return write


def failures(tmp_path: Path, **modules: list[str]) -> list[tuple[str, str, str]]:
    found = check(PYTHON, tmp_path, [modules])
    return [(failure.requirement, failure.module, failure.message) for failure in found]


def test_nothing_to_import(tmp_path: Path) -> None:
    assert check(Path("/no/such/python"), tmp_path, [{}, {"a": []}]) == []


def test_what_imports_is_not_told(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(good="", bad="import nowhere_to_be_found\n")
    assert failures(tmp_path, dep=["good"], other=["bad"]) == [
        ("other", "bad", "ModuleNotFoundError: No module named 'nowhere_to_be_found'")
    ]


def test_what_is_being_imported_is_told(
    importable: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And by a line once, where no progress is shown."""
    importable(quick="", slow="import time\ntime.sleep(2.5)\n", after="")
    heard: list[str] = []
    modules = [{"dep": ["quick", "slow", "after"]}]
    assert check(PYTHON, tmp_path, modules, at_work=lambda module, _: heard.append(module)) == []
    assert set(heard) == {"slow"}
    monkeypatch.setattr(long_imports, "LONG", 0.5)
    said: list[str] = []
    reporter = Reporter()
    monkeypatch.setattr(reporter, "say", said.append)
    check(PYTHON, tmp_path, modules, at_work=LongImports(reporter))
    assert said == ["`slow` takes long to import; it is given 120 seconds"]


def test_only_the_first_line_of_a_message(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(bad="raise RuntimeError('one\\ntwo')\n")
    assert failures(tmp_path, dep=["bad"]) == [("dep", "bad", "RuntimeError: one")]


def test_a_requirement_is_told_once_for_one_reason(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(one="import nowhere", two="import nowhere", three="import elsewhere")
    assert [(name, module) for name, module, _ in failures(tmp_path, dep=["one", "two", "three"])] == [
        *(("dep", "one"), ("dep", "three")),
    ]


def test_what_comes_after_a_crash_is_tried(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(exits="import os; os._exit(0)", crashes="import os; os.abort()", bad="import nowhere", good="")
    assert failures(tmp_path, a=["exits"], b=["good"], c=["crashes"], d=["bad"]) == [
        ("a", "exits", "the interpreter ended with code 0"),
        ("c", "crashes", "the interpreter was ended by signal 6 (SIGABRT)"),
        ("d", "bad", "ModuleNotFoundError: No module named 'nowhere'"),
    ]


def test_an_import_that_does_not_end(
    importable: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "SECONDS", 1)
    importable(first="import nowhere", hangs="import time; time.sleep(600)", after="import nowhere")
    assert failures(tmp_path, a=["first"], b=["hangs"], c=["after"]) == [
        ("a", "first", "ModuleNotFoundError: No module named 'nowhere'"),
        ("b", "hangs", "it took more than 120 seconds"),
    ]


def test_what_a_module_prints_is_not_taken_for_an_answer(
    importable: Callable[..., None], tmp_path: Path
) -> None:
    importable(loud="print('[\"loud\", \"wrong\"]', flush=True)\nimport os\nos.write(1, b'[broken\\n')\n")
    assert failures(tmp_path, dep=["loud"]) == []


def test_commands_are_imported_after_all_modules(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(
        tool="",
        command="import sys; sys.changed = True",
        other="import sys; raise OSError(hasattr(sys, 'changed'))",
    )
    asked = [{"a": ["tool"], "b": ["other"]}], [{"a": ["command", "tool"]}]
    (failure,) = check(PYTHON, tmp_path, *asked)
    assert (failure.requirement, failure.module, failure.message) == ("b", "other", "OSError: False")


def test_what_a_command_calls_has_to_be_there(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(
        tool="import types\ngroup = types.SimpleNamespace(main=print)\n",
        lazy="def __getattr__(name):\n    import nowhere\n",
    )
    commands = [{"a": ["tool:group.main", "tool:group.other"], "b": ["tool:main"], "c": ["lazy:main"]}]
    assert [
        (each.requirement, each.module, each.message) for each in check(PYTHON, tmp_path, [{}], commands)
    ] == [
        ("a", "tool:group.other", "AttributeError: 'types.SimpleNamespace' object has no attribute 'other'"),
        ("b", "tool:main", "AttributeError: module 'tool' has no attribute 'main'"),
        ("c", "lazy:main", "ModuleNotFoundError: No module named 'nowhere'"),
    ]


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        ("import gone.deep", "gone"),
        ("try:\n import gone\nexcept ImportError as e:\n raise RuntimeError('install it') from e", "gone"),
        ("try:\n import gone\nexcept ImportError:\n raise SystemExit('install it') from None", "gone"),
        ("from json import gone", ""),
    ],
)
def test_what_was_missing(source: str, missing: str, importable: Callable[..., None], tmp_path: Path) -> None:
    importable(bad=source)
    (failure,) = check(PYTHON, tmp_path, [{}, {"a": ["bad"]}])
    assert (failure.missing, failure.group) == (missing, 1)


def test_groups_are_told_in_order(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(slow="import time; time.sleep(0.3); import nowhere", fast="import elsewhere")
    found = check(PYTHON, tmp_path, [{"a": ["slow"]}, {"b": ["fast"]}])
    assert [failure.requirement for failure in found] == ["a", "b"]


def test_whatever_a_module_does_to_descriptors(importable: Callable[..., None], tmp_path: Path) -> None:
    importable(
        writes="import os\nfor number in range(1, 99):\n"
        '    try: os.write(number, b\'["writes", "no", "", false]\\n[[\\xff\')\n    except OSError: pass\n',
        closes="import os; os.closerange(0, 99)",
        reads="import sys; sys.stdin and sys.stdin.read()",
        floods="import os\ntry: os.write(1, b'x' * 9_999_999)\nexcept OSError: pass\n",
        bad="import nowhere",
    )
    assert failures(tmp_path, a=["writes"], b=["reads"], c=["floods"], d=["closes"], e=["bad"]) == [
        ("e", "bad", "ModuleNotFoundError: No module named 'nowhere'")
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_what_is_left_behind_is_ended_and_told(importable: Callable[..., None], tmp_path: Path) -> None:
    number = tmp_path / "number"
    importable(
        leaves="import subprocess, pathlib\n"
        f"pathlib.Path({str(number)!r}).write_text(str(subprocess.Popen(['sleep', '60']).pid))\n",
        detached="import os, time\nif not os.fork():\n    os.setsid()\n    time.sleep(5)\n    os._exit(0)\n",
        good="",
    )
    told: list[str] = []
    began = time.monotonic()
    assert check(PYTHON, tmp_path, [{"x": ["leaves"]}, {"y": ["good"]}], left_behind=told.append) == []
    assert told == ["x"]
    try:
        state = Path(f"/proc/{number.read_text()}/stat").read_text().split()[2]
    except FileNotFoundError:
        state = "X"
    assert state in "XZ"  # gone, or waiting for whoever has inherited it
    assert check(PYTHON, tmp_path, [{"z": ["detached"]}], left_behind=told.append) == []
    assert time.monotonic() - began < 30  # it waits for neither
