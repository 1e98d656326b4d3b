"""Profilers and what else measures a program: it gets what it gets alone, and both versions' code is told apart.

Those of the standard library, and others that are installed for everybody or in environments of their own.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from tests.tools import measured

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

TOOLS = ("memray", "pyinstrument", "scalene", "line_profiler", "viztracer", "py-spy")
RIGHT = "['1', '1', '2', '1', '1', '2']"

_PROGRAM = """
    import time

    import dep_a
    import dep_b
    import lib
    import lib.late


    def work():
        end = time.monotonic() + 0.5
        while time.monotonic() < end:
            for _ in range(1000):
                dep_a.version()
                dep_b.version()


    def main():
        work()
        print([lib.VERSION, dep_a.version(), dep_b.version(), lib.late.VERSION, dep_a.imported(), dep_b.imported()])


    if __name__ == "__main__":
        main()
    """


def _written(project: ProjectFolder) -> ProjectFolder:
    project.write("program.py", _PROGRAM)
    return project


@pytest.fixture
def plain(tool_project: ToolProject) -> ProjectFolder:
    """A project without tools."""
    return _written(tool_project())


@pytest.fixture(params=["shared", "isolated"])
def project(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """A project with all profilers, for everybody or each in an environment of its own."""
    return _written(tool_project(*TOOLS, isolate=TOOLS if request.param == "isolated" else ()))


def sides(project: ProjectFolder) -> tuple[str, str]:
    """Return the files of both versions, relative to the project."""
    return measured.library(project, "dep_a"), measured.library(project, "dep_b")


@pytest.mark.tool("cProfile", distribution="python", how="`mvenv run python -m cProfile`, `pstats`")
def test_cprofile(plain: ProjectFolder) -> None:
    assert plain.python("-m", "cProfile", "-o", "out.prof", "program.py").out == f"{RIGHT}\n"
    reading = "import pstats; print({key[0] for key in pstats.Stats('out.prof').stats})"
    found = plain.python("-c", reading).out
    assert all(file in found for file in sides(plain))
    assert RIGHT in plain.python("-m", "profile", "program.py").out


@pytest.mark.tool("trace", distribution="python", how="`mvenv run python -m trace --count`, `--trackcalls`")
def test_trace(plain: ProjectFolder) -> None:
    plain.write("program.py", _PROGRAM.replace("0.5", "0"))
    outcome = plain.python("-m", "trace", "--count", "--missing", "--summary", "-C", "counts", "program.py")
    assert RIGHT in outcome.out and all(file in outcome.out for file in sides(plain)), outcome
    assert RIGHT in plain.python("-m", "trace", "--trackcalls", "program.py").out
    assert RIGHT in plain.python("-m", "trace", "--listfuncs", "program.py").out


@pytest.mark.tool("-X importtime", distribution="python", how="`mvenv run python -X importtime program.py`")
def test_importtime(plain: ProjectFolder) -> None:
    outcome = plain.python("-X", "importtime", "program.py")
    assert outcome.out == f"{RIGHT}\n"
    names = [line.rpartition("|")[2].strip() for line in outcome.err.splitlines()]
    assert names.count("lib") == names.count("lib.late") == 2


@pytest.mark.tool("tracemalloc", distribution="python", how="`mvenv run python -X tracemalloc program.py`")
def test_tracemalloc(plain: ProjectFolder) -> None:
    plain.write(
        "allocating.py",
        """
        import tracemalloc
        import dep_a, dep_b, program
        made = [[module.call(module.Shape, number) for number in range(1000)] for module in (dep_a, dep_b)]
        program.main()
        for found in tracemalloc.take_snapshot().statistics("filename"):
            print(found.traceback[0].filename)
        """,
    )
    found = plain.python("-X", "tracemalloc=5", "-X", "faulthandler", "allocating.py").out
    assert found.startswith(RIGHT) and all(file in found for file in sides(plain))


@pytest.mark.slow
@pytest.mark.tool("memray", how="`mvenv run memray run`, `memray tree`, `memray stats`")
def test_memray(project: ProjectFolder) -> None:
    for command in (("memray",), ("python", "-m", "memray")):
        assert RIGHT in project.mvenv("run", *command, "run", "-f", "-o", "out.bin", "program.py").out
    assert "program.py" in project.mvenv("run", "memray", "table", "-f", "-o", "out.html", "out.bin").out + (
        project.root / "out.html"
    ).read_text("utf-8")
    assert project.mvenv("run", "memray", "stats", "out.bin").out


@pytest.mark.slow
@pytest.mark.tool("pyinstrument", how="`mvenv run pyinstrument program.py`")
def test_pyinstrument(project: ProjectFolder) -> None:
    for command in (("pyinstrument",), ("python", "-m", "pyinstrument")):
        words = (*command, "--show-all", "-r", "json", "-o", "out.json", "program.py")
        assert project.mvenv("run", *words).out.startswith(RIGHT)
        found = (project.root / "out.json").read_text("utf-8")
        assert all(file in found for file in sides(project))


@pytest.mark.slow
@pytest.mark.tool("scalene", how="`mvenv run scalene run --profile-all program.py`")
def test_scalene(project: ProjectFolder) -> None:
    project.write("program.py", _PROGRAM.replace("0.5", "2"))  # it takes few samples
    words = ("scalene", "run", "--profile-all", "--cpu-only", "-o", "out.json", "program.py")
    outcome = project.mvenv("run", *words)
    assert RIGHT in outcome.out, outcome
    found = json.loads((project.root / "out.json").read_text("utf-8"))["files"]
    assert any(name.endswith("program.py") for name in found)


@pytest.mark.slow
@pytest.mark.tool("line_profiler", how="`mvenv run kernprof -l -v`, functions of both versions")
def test_line_profiler(project: ProjectFolder) -> None:
    project.write(
        "profiled.py",
        """
        import dep_a, dep_b, line_profiler, program
        profile = line_profiler.LineProfiler(dep_a.lib.which, dep_b.lib.which)
        profile.runcall(program.main)
        profile.print_stats()
        """,
    )
    outcome = project.mvenv("run", "python", "profiled.py")
    assert RIGHT in outcome.out and all(file in outcome.out for file in sides(project)), outcome
    project.write("program.py", _PROGRAM.replace("def work", "@profile\n    def work"))
    outcome = project.mvenv("run", "kernprof", "-l", "-v", "program.py")
    assert RIGHT in outcome.out and "Function: work" in outcome.out, outcome


@pytest.mark.slow
@pytest.mark.tool("viztracer", how="`mvenv run viztracer program.py`")
def test_viztracer(project: ProjectFolder) -> None:
    project.write("program.py", _PROGRAM.replace("0.5", "0"))
    for command in (("viztracer",), ("python", "-m", "viztracer")):
        outcome = project.mvenv("run", *command, "--quiet", "-o", "out.json", "program.py")
        assert RIGHT in outcome.out, outcome
    found = (project.root / "out.json").read_text("utf-8")
    assert all(file in found for file in sides(project))


@pytest.mark.slow
@pytest.mark.tool("py-spy", how="`mvenv run py-spy record -- .venv/bin/python program.py`")
def test_py_spy(project: ProjectFolder) -> None:
    python = str(project.root / ".venv/bin/python")
    options = ("--full-filenames", "-r", "500", "-f", "raw", "-o", "out.txt")
    outcome = project.mvenv("run", "py-spy", "record", *options, "--", python, "program.py", check=False)
    if "Permission denied" in outcome.err or sys.platform != "linux":
        pytest.skip("this machine does not let processes look into others")
    found = (project.root / "out.txt").read_text("utf-8")
    assert RIGHT in outcome.out and all(file in found for file in sides(project)), outcome
