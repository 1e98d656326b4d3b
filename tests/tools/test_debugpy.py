"""debugpy, the debugger of VS Code and others: what an editor asks for, over its protocol."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.tools import dap

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

ISOLATED = {"isolate": ("debugpy",), "extra": 'together = [["dep-b", "debugpy"]]\n'}
"""Where debugpy itself sees `lib` 2."""
PLACES = pytest.mark.parametrize(
    "place", [{}, pytest.param(ISOLATED, marks=pytest.mark.slow)], ids=["shared", "isolated"]
)

PROGRAM = """
import subprocess, sys, threading
import dep_a, dep_b, lib
found = []
def work():
    import lib.late
    found.append(lib.late.VERSION)
for start in (threading.Thread.start, lambda thread: dep_b.call(thread.start)):  # by the application, by a library
    thread = threading.Thread(target=work)
    start(thread)
    thread.join()
print(found, lib.VERSION, dep_a.version(), dep_b.version())
"""
OUT = "['1', '1'] 1 1 2\n"


def both_versions(project: ProjectFolder) -> list[Path]:
    """Return the file of `lib` in both versions; line 5 is in its function `which`."""
    return sorted(project.root.glob("py_modules/*/lib/*/site-packages/lib/__init__.py"))


@pytest.mark.tool("debugpy", how="`mvenv run debugpy --listen PORT app.py`")
@pytest.mark.parametrize(
    "words", [["app.py"], ["-m", "app"], ["-c", PROGRAM]], ids=["script", "module", "code"]
)
@PLACES
def test_programs(tool_project: ToolProject, place: dict[str, Any], words: list[str]) -> None:
    """A program that nobody attaches to runs as ever: a relative path, a module, code; threads too."""
    project = tool_project("debugpy", **place)
    project.write("app.py", PROGRAM)
    port = str(dap.free_port())
    assert project.mvenv("run", "debugpy", "--listen", port, *words).out == OUT


@pytest.mark.tool("debugpy", how="`mvenv run debugpy --listen PORT app.py`")
@pytest.mark.slow
@PLACES
def test_a_program_elsewhere(tool_project: ToolProject, place: dict[str, Any], tmp_path: Path) -> None:
    """A script in no project of any kind, and its neighbour."""
    project = tool_project("debugpy", **place)
    (tmp_path / "app.py").write_text(PROGRAM + "import neighbour; print(neighbour.VERSION)\n")
    (tmp_path / "neighbour.py").write_text("import lib; VERSION = lib.VERSION\n")
    port = str(dap.free_port())
    outcome = project.mvenv("run", "debugpy", "--listen", port, str(tmp_path / "app.py"))
    assert outcome.out == OUT + "1\n"


@pytest.mark.tool("debugpy", how="breakpoints in both versions of a file, evaluate, threads")
@pytest.mark.slow
@PLACES
def test_breakpoints(tool_project: ToolProject, interpreter: Interpreter, place: dict[str, Any]) -> None:
    """A breakpoint is in the file of one version, and what is typed there sees what the code sees that has stopped."""
    project = tool_project("debugpy", **place)
    program = project.write("app.py", PROGRAM)
    files = both_versions(project)
    command = (str(project.root / ".venv/bin/python"), "-m", "debugpy", "--listen", "127.0.0.1:PORT")
    child, debugging = dap.listening(
        [*command, "--wait-for-client", "app.py"], project.root, project.environment
    )
    with child, debugging:
        debugging.start({**{file: [5] for file in files}, program: [6]})
        stops = []
        for _ in range(4):
            thread, frame = debugging.stopped()
            shown = [
                debugging.evaluate(expression, frame)
                for expression in (
                    "__import__('lib').VERSION",
                    "[__import__('importlib').import_module('lib').VERSION for _ in range(1)][0]",
                    "(lambda: __import__('lib').Shape(1).version)()",
                )
            ]
            debugging.evaluate("import lib as typed", frame, "repl")
            shown.append(debugging.evaluate("typed.VERSION", frame, "repl"))
            stops.append((frame["source"]["path"], frame["name"], {text.strip("'") for text in shown}))
            debugging.go_on(thread)
        debugging.event("terminated")
        assert (child.wait(timeout=60), (project.root / dap.OUTPUT).read_text()) == (0, OUT)
    first, second = ("dep-a" in str(file) for file in files)
    assert (first, second) == (True, False)
    assert stops == [
        (str(program), "work", {"1"}),
        (str(program), "work", {"1"}),
        (str(files[0]), "which", {"1"}),
        (str(files[1]), "which", {"2"}),
    ]


@pytest.mark.tool("debugpy", how="child processes of the program are debugged too")
@pytest.mark.slow
@PLACES
def test_child_processes(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """A child of the program is attached to by itself, and sees what the application sees."""
    project = tool_project("debugpy", **place)
    project.write(
        "app.py", "import subprocess, sys, lib\nsubprocess.run([sys.executable, 'child.py'], check=True)\n"
    )
    program = project.write("child.py", "import lib, dep_b\nprint(lib.VERSION, dep_b.version())\n")
    command = (str(project.root / ".venv/bin/python"), "-m", "debugpy", "--listen", "127.0.0.1:PORT")
    child, debugging = dap.listening(
        [*command, "--wait-for-client", "app.py"], project.root, project.environment
    )
    with child, debugging:
        debugging.start({})
        attached = debugging.event("debugpyAttach")
        with dap.Debugging(attached["connect"]["port"]) as inner:
            files = both_versions(project)
            inner.start({program: [2], files[1]: [5]}, subProcessId=attached["subProcessId"])
            for version in "12":
                thread, frame = inner.stopped()
                assert inner.evaluate("__import__('lib').VERSION", frame) == f"'{version}'"
                inner.go_on(thread)
            inner.event("terminated")
        debugging.event("terminated")
        assert (child.wait(timeout=60), (project.root / dap.OUTPUT).read_text()) == (0, "1 2\n")


@pytest.mark.tool("debugpy", how="`debugpy --listen PORT --pid N` (needs gdb)")
@pytest.mark.slow
@PLACES
def test_attaching_to_a_running_process(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """A program that runs without a debugger gets one."""
    if subprocess.run(["gdb", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("there is no gdb")
    project = tool_project("debugpy", **place)
    program = project.write(
        "app.py",
        """
        import time, dep_b, lib
        print("ready", flush=True)
        for _ in range(1200):
            time.sleep(0.05)
            n = dep_b.version()
        """,
    )
    python = str(project.root / ".venv/bin/python")
    environment = dict(project.environment)
    running = subprocess.Popen(
        [python, "app.py"], cwd=project.root, env=environment, stdout=subprocess.PIPE, text=True
    )
    with running:
        try:
            assert running.stdout is not None
            running.stdout.readline()
            port = dap.free_port()
            project.mvenv(
                "run", "debugpy", "--listen", f"127.0.0.1:{port}", "--pid", str(running.pid), timeout=90
            )
            with dap.Debugging(port) as debugging:
                debugging.start({program: [4], both_versions(project)[1]: [5]})
                seen = set()
                for _ in range(2):
                    thread, frame = debugging.stopped()
                    seen.add((frame["name"], debugging.evaluate("__import__('lib').VERSION", frame)))
                    debugging.go_on(thread)
            assert seen == {("<module>", "'1'"), ("which", "'2'")}
        finally:
            running.kill()
