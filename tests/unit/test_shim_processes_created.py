"""Child interpreters on Windows: which process is one, and what it is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from runtime_shim.model.environment import Environment
from runtime_shim.model.names import STARTED_BY
from runtime_shim.processes.created import LAUNCHER, create_process, program_of, starts_this_python

if TYPE_CHECKING:
    from types import FrameType

EXECUTABLE = r"C:\Work\my app\.venv\Scripts\python.exe"
BASE = r"C:\Python312\python.exe"


@pytest.mark.parametrize(
    ("application_name", "command_line", "program"),
    [
        (EXECUTABLE, "anything at all", EXECUTABLE),
        (None, f'"{EXECUTABLE}" -m pip', EXECUTABLE),
        ("", r"C:\Python312\python.exe -c pass", BASE),
        (None, "  python\t-c pass", "python"),
        (None, "git", "git"),
        (None, "", ""),
        (None, '"unfinished', "unfinished"),
    ],
)
def test_the_program(application_name: str | None, command_line: str, program: str) -> None:
    assert program_of(application_name, command_line) == program


@pytest.mark.parametrize(
    "program",
    [
        EXECUTABLE,
        r"c:\work\MY APP\.venv\scripts\PYTHON.EXE",
        "C:/Work/my app/.venv/Scripts/python.exe",
        r"C:\Work\my app\src\..\.venv\Scripts\python.exe",
        r"C:\Work\my app\.venv\Scripts\python",
        r"C:\Work\my app\.venv\Scripts\pythonw.exe",
        r"C:\Work\my app\.venv\Scripts\python3.13t.exe",
        r"C:\Work\my app\.venv\Scripts\python_d.exe",
    ],
)
def test_this_python(program: str) -> None:
    assert starts_this_python(program, {}, EXECUTABLE, BASE)


@pytest.mark.parametrize(
    "program",
    [
        BASE,
        r"D:\Work\my app\.venv\Scripts\python.exe",
        r"C:\Work\my app\.venv\Scripts\black.exe",
        r"C:\Work\my app\.venv\Scripts\python-config.exe",
        r"\\server\Work\my app\.venv\Scripts\python.exe",
        "python",
        "",
    ],
)
def test_another_program(program: str) -> None:
    assert not starts_this_python(program, {}, EXECUTABLE, BASE)


def test_multiprocessing_starts_the_base_in_the_environments_place() -> None:
    own, other = {LAUNCHER: EXECUTABLE.lower()}, {LAUNCHER: r"C:\other\Scripts\python.exe"}
    assert starts_this_python(BASE, own, EXECUTABLE, BASE)
    assert not starts_this_python(BASE, other, EXECUTABLE, BASE)
    assert not starts_this_python(r"C:\Python311\python.exe", own, EXECUTABLE, BASE)


def test_an_interpreter_that_does_not_know_itself() -> None:
    assert not starts_this_python("python", {}, "", "")


class Windows:
    """``_winapi.CreateProcess``, and who has called it."""

    def __init__(self, caller: Environment | None) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.frames: list[FrameType] = []
        self._caller = caller
        self.create = create_process(self._create, self._starter)

    def _create(self, *arguments: Any) -> str:
        self.calls.append(arguments)
        return "handles"

    def _starter(self, frame: FrameType) -> Environment | None:
        self.frames.append(frame)
        return self._caller

    def started(self, program: str, variables: dict[str, str] | None) -> Any:
        """Return the child's variables."""
        answer = self.create(program, "line", None, None, False, 8, variables, "folder", "startup")
        assert answer == "handles"
        (call,) = self.calls
        assert call[:6] == (program, "line", None, None, False, 8)
        assert call[7:] == ("folder", "startup")
        return call[6]


@pytest.fixture
def this_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", EXECUTABLE)
    monkeypatch.setattr(sys, "_base_executable", BASE)
    monkeypatch.setenv("OF_THE_PARENT", "1")


ISOLATED = Environment("dep-a", Environment("application", None, ["site"]), ["site-a"])


@pytest.mark.usefixtures("this_python")
def test_a_child_of_an_environments_is_told() -> None:
    windows = Windows(ISOLATED)
    variables = {"A": "1"}
    assert windows.started(EXECUTABLE, variables) == {"A": "1", STARTED_BY: "dep-a"}
    assert variables == {"A": "1"}  # the caller's own
    assert [frame.f_code.co_name for frame in windows.frames] == ["started"]


@pytest.mark.usefixtures("this_python")
def test_a_child_with_the_parents_variables_keeps_them() -> None:
    found = Windows(ISOLATED).started(EXECUTABLE, None)
    assert found["OF_THE_PARENT"] == "1"
    assert found[STARTED_BY] == "dep-a"


@pytest.mark.usefixtures("this_python")
def test_the_applications_children_are_told_nothing() -> None:
    assert Windows(None).started(EXECUTABLE, None) is None
    assert Windows(None).started(EXECUTABLE, {"A": "1"}) == {"A": "1"}


@pytest.mark.usefixtures("this_python")
def test_other_programs_are_told_nothing() -> None:
    windows = Windows(ISOLATED)
    assert windows.started("git", None) is None
    assert windows.frames == []  # nobody was looked for
