"""What the modules of the single systems decide, with the values that each system has."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

import pytest

from orchestrator.system import macos, paths, posix, this_system, windows

if TYPE_CHECKING:
    from types import ModuleType

WINDOWS = {"PATHEXT": ".COM;.EXE;.BAT;.CMD;.PY"}


def signatures(module: ModuleType) -> dict[str, tuple[str, ...]]:
    """Return the functions of a module with their parameters, those for other systems included."""
    tree = ast.parse(inspect.getsource(module))
    return {
        node.name: tuple(each.arg for each in (*node.args.args, *node.args.kwonlyargs))
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("name", [name for name in this_system.__all__ if not name.isupper()])
def test_every_system_answers_the_same_questions(name: str) -> None:
    assert signatures(windows)[name] == signatures(posix)[name]


def test_macos_answers_as_posix_does() -> None:
    assert signatures(macos).items() <= signatures(posix).items()


@pytest.mark.parametrize("name", [name for name in this_system.__all__ if name.isupper()])
def test_every_system_has_the_same_values(name: str) -> None:
    assert type(getattr(windows, name)) is type(getattr(posix, name))


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("ruff", ["ruff.com", "ruff.exe", "ruff.bat", "ruff.cmd", "ruff.py"]),
        (
            "ruff.exe",
            ["ruff.exe", "ruff.exe.com", "ruff.exe.exe", "ruff.exe.bat", "ruff.exe.cmd", "ruff.exe.py"],
        ),
        (
            "RUFF.EXE",
            ["RUFF.EXE", "RUFF.EXE.com", "RUFF.EXE.exe", "RUFF.EXE.bat", "RUFF.EXE.cmd", "RUFF.EXE.py"],
        ),
        ("python3.12", [f"python3.12{extension}" for extension in (".com", ".exe", ".bat", ".cmd", ".py")]),
        ("tool@2.0", [f"tool@2.0{extension}" for extension in (".com", ".exe", ".bat", ".cmd", ".py")]),
    ],
)
def test_names_of_a_commands_file_on_windows(command: str, names: list[str]) -> None:
    assert list(windows.file_names(command, WINDOWS)) == names
    assert list(posix.file_names(command, WINDOWS)) == [command]


def test_extensions_where_nobody_sets_them() -> None:
    assert list(windows.file_names("a", {})) == ["a.com", "a.exe", "a.bat", "a.cmd"]
    assert list(windows.file_names("a", {"PATHEXT": ""})) == ["a.com", "a.exe", "a.bat", "a.cmd"]
    assert list(windows.file_names("a", {"PATHEXT": ".EXE;;py"})) == ["a.exe"]


@pytest.mark.parametrize(
    ("file", "command", "versioned"),
    [
        ("black.exe", "black", "black@23.1.exe"),
        ("Black.EXE", "black", "Black@23.1.EXE"),
        ("py.test.exe", "py.test", "py.test@23.1.exe"),
    ],
)
def test_what_a_command_is_called_on_windows(file: str, command: str, versioned: str) -> None:
    assert windows.command_name(file, WINDOWS) == command
    assert windows.versioned_name(file, "23.1") == versioned
    assert posix.command_name(file, WINDOWS) == file
    assert posix.versioned_name(file, "23.1") == f"{file}@23.1"


def test_what_has_no_extension_of_a_program_keeps_its_name() -> None:
    assert windows.command_name("python3.12", WINDOWS) == "python3.12"


@pytest.mark.parametrize("command", [r".venv\Scripts\x.exe", "sub/x", "C:x.exe", r"\\server\share\x"])
def test_commands_that_are_paths_on_windows(command: str) -> None:
    assert windows.is_path(command)


@pytest.mark.parametrize("command", ["x", "x.exe", "a-b_c@1.0"])
def test_commands_that_are_no_paths(command: str) -> None:
    assert not windows.is_path(command)
    assert not posix.is_path(command)


def test_a_backslash_is_part_of_a_name_elsewhere() -> None:
    assert not posix.is_path("a\\b")
    assert posix.is_path("a/b")


VIRTUALENV = """\
home = C:\\Python 312
implementation = CPython
version_info = 3.12.7.final.0
base-prefix = C:\\Python 312
base-executable = C:\\Python 312\\python.exe
include-system-site-packages = false
"""
VENV = """\
home = C:\\Python312
include-system-site-packages = false
version = 3.12.7
executable = C:\\Python312\\python.exe
command = C:\\Python312\\python.exe -m venv C:\\x = y
"""


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        (VIRTUALENV, "C:\\Python 312\\python.exe"),
        (VENV, "C:\\Python312\\python.exe"),
        ("home = D:\\py\r\n", "D:\\py\\python.exe"),
        ("version = 3.12\n", ""),
        ("", ""),
    ],
)
def test_the_interpreter_that_an_environment_starts_on_windows(configuration: str, expected: str) -> None:
    assert windows.base_executable(configuration) == expected


def test_an_environment_of_windows_whose_python_is_gone(tmp_path: Path) -> None:
    environment = tmp_path / ".venv"
    own = environment / "Scripts" / "python.exe"
    assert windows.interpreter_behind(str(environment)) == str(own)  # which is not there either
    own.parent.mkdir(parents=True)
    own.touch()
    assert windows.interpreter_behind(str(environment)) == str(own)
    (environment / "pyvenv.cfg").write_text("base-executable = D:\\gone\\python.exe\n")
    assert windows.interpreter_behind(str(environment)) == "D:\\gone\\python.exe"


@pytest.mark.parametrize(
    ("path", "root", "relative", "nearby"),
    [
        ("C:\\Work\\app\\lib", "C:\\Work\\app", "lib", True),
        ("c:\\work\\APP\\lib", "C:\\Work\\app", "lib", True),  # one folder
        ("C:\\Work\\lib", "C:\\Work\\app", "../lib", True),
        ("C:\\lib", "C:\\Work\\app", "../../lib", False),
        ("D:\\lib", "C:\\Work\\app", "D:/lib", False),
        ("\\\\server\\share\\lib", "C:\\Work\\app", "//server/share/lib", False),
        ("\\\\server\\share\\lib", "\\\\server\\share\\app", "../lib", True),
    ],
)
def test_paths_of_windows(path: str, root: str, relative: str, nearby: bool) -> None:
    at, project = PureWindowsPath(path), PureWindowsPath(root)
    assert paths.relative(at, project) == relative
    assert paths.is_nearby(at, project) is nearby
    assert paths.relative_nearby(at, project) == (relative if nearby else at.as_posix())


@pytest.mark.parametrize(
    ("path", "relative", "nearby"),
    [("/srv/app/lib", "lib", True), ("/srv/lib", "../lib", True), ("/lib", "../../lib", False)],
)
def test_paths_of_posix(path: str, relative: str, nearby: bool) -> None:
    at, project = PurePosixPath(path), PurePosixPath("/srv/app")
    assert paths.relative(at, project) == relative
    assert paths.relative_nearby(at, project) == (relative if nearby else path)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///C:/Work/my%20app", "C:\\Work\\my app"),
        ("file://localhost/C:/Work", "C:\\Work"),
        ("file://server/share/lib", "\\\\server\\share\\lib"),
    ],
)
def test_file_urls_of_windows(url: str, path: str) -> None:
    assert paths.of_url(url, PureWindowsPath) == path
    assert paths.of_url(PureWindowsPath(path).as_uri(), PureWindowsPath) == path


def test_file_urls_of_posix() -> None:
    assert paths.of_url("file:///srv/my%20app", PurePosixPath) == "/srv/my app"
    assert paths.of_url("file:///C:/work", PurePosixPath) == "/C:/work"


@pytest.mark.parametrize(
    ("text", "is_url"),
    [
        ("https://host/simple", True),
        ("file:///work", True),
        ("C:\\wheels", False),
        ("c:/wheels", False),
        ("../wheels", False),
        ("wheels", False),
    ],
)
def test_a_drive_is_no_scheme(text: str, is_url: bool) -> None:
    assert paths.is_url(text) is is_url


def test_is_running() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert this_system.is_running(child.pid)
    assert this_system.is_running(os.getpid())
    child.communicate(b"\n")
    assert not this_system.is_running(child.pid)


@pytest.mark.parametrize("number", [0, -1, 1 << 80])
def test_what_is_no_process(number: int) -> None:
    """[no process] Numbers that somebody else has written into a file: 0 and negative ones mean groups."""
    assert not this_system.is_running(number)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a process of somebody else's")
def test_somebody_elses_process() -> None:
    assert this_system.is_running(1)


def test_no_question_that_is_a_signal_on_windows() -> None:
    """[control-c] ``os.kill(process, 0)`` is asked where it is a question alone."""
    package = Path(this_system.__file__).parents[1]
    asking = [
        file.name
        for file in sorted(package.rglob("*.py"))
        for line in file.read_text("utf-8").splitlines()
        if "os.kill(" in line.partition("#")[0] and "``" not in line and "CTRL_BREAK" not in line
    ]
    assert asking == ["posix.py", "windows.py"]  # the second: SIGTERM, which is TerminateProcess


def test_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "file").write_text("text")
    this_system.place_link("../file", str(tmp_path / "a" / "link"))
    assert (tmp_path / "a" / "link").read_text() == "text"
    with pytest.raises(FileExistsError):
        this_system.place_link("../file", str(tmp_path / "a" / "link"))


def test_ending_a_session() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=this_system.NEW_SESSION,
        creationflags=this_system.CREATION_FLAGS,
    )
    with child:
        assert child.stdout is not None
        child.stdout.readline()
        assert this_system.session_is_there(child.pid)
        this_system.end_session(child.pid, gently=True)
        assert child.wait(30) != 0
    assert not this_system.session_is_there(child.pid)
    this_system.end_session(child.pid, gently=False)  # nobody is left
