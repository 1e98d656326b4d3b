"""IPython, marimo, pdb, and what the standard library runs for a person: doctest, runpy, faulthandler."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tools.conftest import ToolProject


def isolated(*names: str) -> dict[str, Any]:
    """Return the settings with which a tool sees `lib` 2."""
    return {"isolate": names, "extra": f"together = [{json.dumps(['dep-b', names[0]])}]\n"}


def places(*names: str) -> pytest.MarkDecorator:
    """Run a test with a tool that is shared by all, and with an isolated one."""
    apart = pytest.param(isolated(*names), marks=pytest.mark.slow)
    return pytest.mark.parametrize("place", [{}, apart], ids=["shared", "isolated"])


SESSION = """
import lib, dep_a, dep_b
print("typed", lib.VERSION, dep_a.version(), dep_b.version())
def f():
    import lib.late
    return lib.late.VERSION

print("function", f())
%run script.py
%timeit -n1 -r1 print("timed", __import__("lib").VERSION)
"""
RELOADING = """
%load_ext autoreload
%autoreload 2
import reloaded
print(reloaded.f())
import os, pathlib
text = pathlib.Path("reloaded.py").read_text().replace("before", "afterwards")
n = pathlib.Path("reloaded.py").write_text(text); os.utime("reloaded.py", (4e9, 4e9))
print(reloaded.f())
"""
PRINTED = ["typed 1 1 2", "function 1", "script 1 2", "timed 1"]
RELOADED = ["before 1", "afterwards 1"]  # where each line is a cell


@pytest.mark.tool("IPython", how="`mvenv run ipython`: lines, scripts, `%run`, `%timeit`, `%autoreload`")
@pytest.mark.parametrize(
    "way", ["file", *(pytest.param(way, marks=pytest.mark.slow) for way in ("typed", "-c"))]
)
@places("ipython")
def test_ipython(tool_project: ToolProject, place: dict[str, Any], way: str) -> None:
    """What is typed, or stands in a script of IPython's, sees what the application sees."""
    project = tool_project("ipython", **place)
    project.write("script.py", "import lib, dep_b\nprint('script', lib.VERSION, dep_b.version())\n")
    project.write("reloaded.py", "def f():\n    import lib\n    return f'before {lib.VERSION}'\n")
    project.write("session.ipy", SESSION)
    words = {"typed": ["--simple-prompt"], "file": ["session.ipy"], "-c": ["-c", "%run -i session.ipy"]}[way]
    home = {"IPYTHONDIR": str(project.root / "home")}
    outcome = project.mvenv(
        "run", "ipython", "--no-banner", *words, env=home, stdin=SESSION + RELOADING if way == "typed" else ""
    )
    words_of_lines = [line.rpartition(": ")[2] for line in outcome.out.splitlines()]
    printed = [line for line in words_of_lines if line in PRINTED + RELOADED]
    assert printed == PRINTED + (RELOADED if way == "typed" else []), outcome


MARIMO = """
import marimo

app = marimo.App()

@app.cell
def _():
    import dep_a, dep_b, importlib, lib
    def f():
        import lib.late
        return lib.late.VERSION
    print("cell", lib.VERSION, importlib.import_module("lib").VERSION, dep_a.version(), dep_b.version())
    return (f,)

@app.cell
def _(f):
    import threading
    found = []
    thread = threading.Thread(target=lambda: found.append(f()))
    thread.start()
    thread.join()
    print("thread", found)
    return

if __name__ == "__main__":
    app.run()
"""


@pytest.mark.tool("marimo", how="`mvenv run marimo export`, `mvenv run python notebook.py`")
@pytest.mark.slow
@places("marimo")
def test_marimo(tool_project: ToolProject, place: dict[str, Any]) -> None:
    """A notebook as a program, and its cells in marimo's own process."""
    project = tool_project("marimo", "nbformat", **place)
    project.write("notebook.py", MARIMO)
    assert project.mvenv("run", "python", "notebook.py").out == "cell 1 1 1 2\nthread ['1']\n"
    project.mvenv("run", "marimo", "export", "ipynb", "notebook.py", "--include-outputs", "-o", "done.ipynb")
    cells = json.loads((project.root / "done.ipynb").read_text())["cells"]
    texts = ["".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", ())]
    assert texts == ["cell 1 1 1 2\n", "thread ['1']\n"]


PROGRAM = """
import dep_a, dep_b, lib
def f():
    import lib.late
    return lib.late.VERSION
print(lib.VERSION, dep_a.version(), dep_b.version(), f())
"""


@pytest.mark.tool("pdb", distribution="python", how="`mvenv run python -m pdb app.py`")
def test_pdb(tool_project: ToolProject) -> None:
    """Breakpoints by file and line in either version of a file; what is typed there sees what its code sees."""
    project = tool_project()
    project.write("app.py", PROGRAM)
    one, two = sorted(project.root.glob("py_modules/*/lib/*/site-packages/lib/__init__.py"))
    ask = "!import lib as typed; print('at', typed.VERSION)"
    lines = (
        f"b {one}:5",
        f"b {two}:5",
        "c",
        ask,
        "p __import__('lib').VERSION",
        "c",
        ask,
        "up",
        "up",
        ask,
        "c",
        "q",
    )
    outcome = project.mvenv("run", "python", "-m", "pdb", "app.py", stdin="\n".join(lines) + "\n")
    seen = [line.rpartition("(Pdb) ")[2] for line in outcome.out.splitlines()]
    assert [line for line in seen if line.startswith(("at ", "'", "1 "))] == [
        "at 1",
        "'1'",
        "at 2",
        "at 1",
        "1 1 2 1",
    ]


@pytest.mark.tool("pdb", distribution="python", how="`breakpoint()`")
def test_breakpoint(tool_project: ToolProject) -> None:
    """In the application's code, and in a library's."""
    project = tool_project()
    project.write(
        "app.py",
        "import dep_b, lib\nbreakpoint()\nx = 1\ndep_b.call(breakpoint)\nprint('end', lib.VERSION)\n",
    )
    ask = "!import lib as typed; print('at', typed.VERSION)"
    outcome = project.mvenv("run", "python", "app.py", stdin=f"{ask}\nc\n{ask}\nup\n{ask}\nc\n")
    seen = [line.rpartition("(Pdb) ")[2] for line in outcome.out.splitlines()]
    assert [line for line in seen if line.startswith(("at ", "end"))] == ["at 1", "at 2", "at 1", "end 1"], (
        outcome
    )


@pytest.mark.tool("pdb", distribution="python", how="`pdb.post_mortem()`, `python -i`")
def test_post_mortem(tool_project: ToolProject) -> None:
    """After an exception that has passed through both versions."""
    project = tool_project()
    project.write(
        "app.py",
        """
        import pdb, sys, dep_b, lib
        def fail():
            raise ValueError(lib.VERSION)
        try:
            dep_b.call(fail)
        except ValueError:
            pdb.post_mortem(sys.exc_info()[2])
        """,
    )
    ask = "!import lib as typed; print('at', typed.VERSION)"
    outcome = project.mvenv("run", "python", "app.py", stdin=f"{ask}\nup\n{ask}\nup\n{ask}\nq\n")
    seen = [line.rpartition("(Pdb) ")[2] for line in outcome.out.splitlines()]
    assert [line for line in seen if line.startswith("at ")] == ["at 1", "at 2", "at 1"], outcome
    typed = project.mvenv(
        "run", "python", "-i", "-c", "import dep_a", stdin="import lib; print('at', lib.VERSION)\n"
    )
    assert typed.out.endswith("at 1\n")


@pytest.mark.tool("doctest", distribution="python", how="`mvenv run python -m doctest`, of modules and texts")
def test_doctest(tool_project: ToolProject) -> None:
    """Examples in the application's modules and in texts see what the application sees."""
    project = tool_project()
    examples = """\
>>> import lib, dep_a, dep_b, importlib
>>> lib.VERSION, dep_a.version(), dep_b.version()
('1', '1', '2')
>>> importlib.import_module('lib.late').VERSION
'1'
"""
    project.write("texts.rst", f"Text.\n\n{examples}")
    project.write("documented.py", f'r"""Module.\n\n{examples}"""\n')
    for file in ("texts.rst", "documented.py"):
        outcome = project.mvenv("run", "python", "-m", "doctest", "-v", file)
        assert "0 failed" in outcome.out or "passed" in outcome.out.splitlines()[-1], outcome


@pytest.mark.tool("runpy", distribution="python", how="`runpy.run_path`, `runpy.run_module`")
def test_runpy(tool_project: ToolProject, tmp_path: Path) -> None:
    """Files inside and outside of the project, under any name, and a library's own module."""
    project = tool_project()
    project.write("inside.py", "import lib\nVERSION = lib.VERSION\n")
    (tmp_path / "outside.py").write_text("import lib\nVERSION = lib.VERSION\n")
    program = f"""
        import runpy, dep_b
        for run in (lambda f, *a, **k: f(*a, **k), dep_b.call):
            for name in ("__main__", "other"):
                for file in ("inside.py", {str(tmp_path / "outside.py")!r}):
                    print(run(runpy.run_path, file, run_name=name)["VERSION"], end=" ")
                print(run(runpy.run_module, "inside", run_name=name)["VERSION"], end=" ")
            print(run(runpy.run_module, "lib.late")["VERSION"])
        """
    project.write("app.py", program)
    assert project.mvenv("run", "python", "app.py").out == "1 1 1 1 1 1 1\n1 1 1 1 1 1 2\n"


@pytest.mark.tool("faulthandler", distribution="python", how="`python -X faulthandler`")
def test_faulthandler(tool_project: ToolProject) -> None:
    """The stack of a crash names the files of the version that was at work."""
    project = tool_project()
    project.write("app.py", "import ctypes, dep_b, lib\ndep_b.call(lambda: ctypes.string_at(0))\n")
    outcome = project.mvenv("run", "python", "-X", "faulthandler", "app.py", check=False)
    assert outcome.code == -11
    files = [
        line.partition('"')[2].partition('"')[0]
        for line in outcome.err.splitlines()
        if line.startswith("  File")
    ]
    assert [file for file in files if "dep_b" in file] and files[-1] == str(project.root / "app.py"), outcome
