"""What isolated environments have besides modules: their commands, `mvenv run --as`, their data files."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import copy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

TOOL = """
import os, sys
import low

VERSION = {version!r}

def main():
    print("tool", VERSION, "low", low.__version__, os.path.basename(sys.argv[0]), *sys.argv[1:])

if __name__ == "__main__":
    main()
"""
# Like uvicorn, pytest, celery and IPython: it runs code of the person's, by name, by file and as typed; and children.
RUNNER = """
import code, importlib, multiprocessing, os, runpy, subprocess, sys, threading
import low

def worker():
    import low
    return low.__version__

def main():
    how, *rest = sys.argv[1:]
    if how == "module":
        sys.path.insert(0, os.getcwd())
        importlib.import_module(rest[0])
    elif how == "file":
        runpy.run_path(os.path.abspath(rest[0]), run_name="__main__")
    elif how == "typed":
        code.InteractiveInterpreter({"__name__": "__main__"}).runsource(rest[0])
    elif how == "thread":
        thread = threading.Thread(target=lambda: print("runner", worker()))
        thread.start(), thread.join()
    elif how == "child":
        subprocess.run([sys.executable, "-c", "import low; print('child', low.__version__)"], check=True)
    elif how == "spawn":
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            print("worker", pool.apply(worker))
    print("runner", low.__version__)
"""


def publish(index: Index) -> None:
    index.add("low", "1.0")
    index.add("low", "2.0")
    for version in ("1.0", "2.0"):
        data, scripts = f"tool-{version}.data/data", f"tool-{version}.data/scripts"
        index.add(
            "tool",
            version,
            requires=[f"low=={version}"],
            files={
                "tool.py": TOOL.format(version=version),
                f"{scripts}/tool-raw": "#!python\nimport os, sys, tool\ntool.main()\n",
                f"{scripts}/tool.sh": '#!/bin/sh\nexec "$(dirname "$0")/python" -m tool sh "$@"\n',
                f"{scripts}/tool-path.sh": '#!/bin/sh\nexec python -m tool "$@"\n',
                f"{scripts}/tool-program": b"\x7fELF, not really",
                f"{data}/share/tool/same.txt": "same",
                f"{data}/share/tool/version.txt": version,
                f"{data}/share/tool/more.txt": version,
                f"{data}/share/tool/only-{version}/a.txt": version,
                f"{data}/etc/tool.conf": "same",
                f"{data}/share/jupyter/kernels/tool-{version}/kernel.json": json.dumps(
                    {"argv": ["/no/such/build/bin/python3", "-m", "tool"], "display_name": "Tööl"}
                ),
            },
            entry_points={"tool": "tool:main"},
            entry_point_groups={"gui_scripts": {"tool-window": "tool:main"}},
        )
    index.add(
        "runner",
        "1.0",
        requires=["low<2"],
        files={"runner.py": RUNNER},
        entry_points={"runner": "runner:main"},
    )
    # It has a file of the same name, and is everybody's.
    files: Mapping[str, str] = {
        "plain.py": "",
        "plain-1.0.data/data/share/tool/plain.txt": "plain",
        "plain-1.0.data/scripts/tool-plain": "#!python\n",
    }
    index.add("plain", "1.0", files=files)
    # Neither is seen by the application: both are there in two versions, required by others alone.
    for name, version in (("one", "1.0"), ("two", "2.0")):
        index.add(name, "1.0", requires=[f"hidden=={version}", f"low=={version}"])
        index.add(
            "hidden",
            version,
            files={"hidden.py": f"def main(): print({version!r})"},
            entry_points={"id": "hidden:main"},
        )


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the build has said, line by line."""
    return []


@pytest.fixture(scope="module")
def project(workshop: Workshop, said: list[str]) -> ProjectFolder:
    """The built project; the tests do not change it. The application sees tool 2.0 and low 2.0."""
    index, project = workshop.new("beside modules")
    publish(index)
    project.pyproject(
        ["tool==2.0", "low==2.0", "runner", "plain", "one", "two"],
        '[tool.mvenv]\naliases = {tool_old = "tool==1.0"}\n',
    )
    project.write("mine.py", "import low; print('mine', low.__version__, flush=True)")
    starts = "import subprocess, sys; subprocess.run([sys.executable, 'mine.py'], check=True)"
    project.write("starts_mine.py", starts)
    said += project.mvenv("build").err.splitlines()
    return project


def ran(path: Path, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    done = subprocess.run(
        [path, *arguments], env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# What it is called → its output, without what stands for its arguments.
COMMANDS = {
    "tool": "tool 2.0 low 2.0 tool x\n",
    "tool-raw": "tool 2.0 low 2.0 tool-raw x\n",
    "tool-window": "tool 2.0 low 2.0 tool-window x\n",
    "tool.sh": "tool 2.0 low 2.0 tool.py sh x\n",
    "tool@1.0": "tool 1.0 low 1.0 tool@1.0 x\n",
    "tool-raw@1.0": "tool 1.0 low 1.0 tool-raw@1.0 x\n",
    "tool-window@1.0": "tool 1.0 low 1.0 tool-window@1.0 x\n",
    "tool.sh@1.0": "tool 1.0 low 1.0 tool.py sh x\n",
    "tool-path.sh@1.0": "tool 1.0 low 1.0 tool.py x\n",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_commands(name: str, project: ProjectFolder) -> None:
    """Entry points and wheel scripts of what the application sees; those of another version carry it in their name."""
    activated = {"PATH": f"{project.root / '.venv/bin'}:{os.environ['PATH']}"}
    assert ran(project.root / ".venv/bin" / name, "x", env={**os.environ, **activated}) == COMMANDS[name]


def test_commands_by_mvenv_run(project: ProjectFolder) -> None:
    for name in ("tool", "tool-raw@1.0", "tool-path.sh@1.0"):
        assert project.mvenv("run", name, "x").out == COMMANDS[name]


def test_a_program_is_found_beside_its_libraries(project: ProjectFolder) -> None:
    link = project.root / ".venv/bin/tool-program"
    assert not link.readlink().is_absolute()
    assert link.resolve() == next(project.root.glob("py_modules/tool-*/bin/tool-program"))


def test_commands_of_a_moved_project(project: ProjectFolder, tmp_path: Path) -> None:
    moved = copy(project, tmp_path / "else where")
    for name in ("tool", "tool-raw@1.0", "tool.sh@1.0"):
        assert ran(moved.root / ".venv/bin" / name, "x") == COMMANDS[name]
        link = tmp_path / name
        link.symlink_to(moved.root / ".venv/bin" / name)
        assert ran(link, "x") == COMMANDS[name]
    below = subprocess.run(
        ["./runner", "thread"],
        cwd=moved.root / ".venv/bin",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert below.stdout == "runner 1.0\nrunner 1.0\n"
    assert (moved.root / ".venv/share/tool/version.txt").resolve().is_relative_to(moved.root)


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (("module", "mine"), "mine 2.0"),
        (("file", "mine.py"), "mine 2.0"),
        (("typed", "import low; print('mine', low.__version__, flush=True)"), "mine 2.0"),
        (("thread",), "runner 1.0"),
        (("child",), "child 1.0"),
        (("file", "starts_mine.py"), "mine 2.0"),
        (("spawn",), "worker 1.0"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_command_has_its_environments_view_and_the_persons_code_the_applications(
    arguments: tuple[str, ...], printed: str, project: ProjectFolder
) -> None:
    assert project.mvenv("run", "runner", *arguments).out == f"{printed}\nrunner 1.0\n"


RUN_AS = {
    "tool_old tool": "tool 1.0 low 1.0 tool x\n",
    "tool==1.0 tool-raw": "tool 1.0 low 1.0 tool-raw x\n",
    "Tool==1.0 tool.sh": "tool 1.0 low 1.0 tool.py sh x\n",
    "tool==1.0 -m tool": "tool 1.0 low 1.0 tool.py x\n",
    "tool==1.0 mine.py": "mine 1.0\n",
    "runner mine.py": "mine 1.0\n",
    "application mine.py": "mine 2.0\n",
    "plain mine.py": "mine 2.0\n",
}


@pytest.mark.parametrize("words", RUN_AS)
def test_run_as(words: str, project: ProjectFolder) -> None:
    asked, *command = words.split()
    assert project.mvenv("run", "--as", asked, *command, "x").out == RUN_AS[words]


def test_run_as_ends_with_the_command(project: ProjectFolder) -> None:
    """The command's own children of the application's are the application's: the variable is gone from there."""
    code = "import low, os; print(low.__version__, os.environ.get('MVENV_STARTED_BY'))"
    assert project.mvenv("run", "--as=tool_old", "python", "-c", code).out == "1.0 None\n"


@pytest.mark.parametrize(
    ("asked", "message", "cause"),
    [
        ("nothing", "no environment `nothing`", "  cause: there are: application, "),
        ("tool==3.0", "no environment `tool==3.0`", "  cause: there are: application, "),
        ("hidden", "`hidden` is in several environments", "has hidden 1.0"),
    ],
)
def test_run_as_nobody(asked: str, message: str, cause: str, project: ProjectFolder) -> None:
    outcome = project.mvenv("run", "--as", asked, "tool", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"error: {message}\n  cause: ")
    assert cause in outcome.err
    assert "\n\nhint: " in outcome.err


def test_run_as_without_an_environment(project: ProjectFolder) -> None:
    outcome = project.mvenv("run", "--as", check=False)
    assert outcome.code == 2
    assert outcome.err.startswith("error: Option '--as' requires an argument\n")


def test_a_command_of_an_environment_is_not_another_program(project: ProjectFolder) -> None:
    """`id` is on every PATH, and two environments have it, neither of which the application sees."""
    outcome = project.mvenv("run", "id", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    error, *causes = outcome.err.partition("\n\n")[0].splitlines()
    assert error == "error: `id` is no command of the application"
    assert len(causes) == 3
    assert causes[-1].endswith("/id is another program, and was not run")
    for version in ("1.0", "2.0"):
        assert project.mvenv("run", f"id@{version}").out == f"{version}\n"
        assert project.mvenv("run", "--as", f"hidden=={version}", "id").out == f"{version}\n"


def test_what_the_build_says(project: ProjectFolder, said: list[str]) -> None:
    assert project.root.is_dir()
    others = "tool@1.0, tool-program@1.0, tool-raw@1.0, tool-window@1.0, tool.sh@1.0, tool-path.sh@1.0"
    (commands,) = [line for line in said if line.startswith("Commands of other versions: ")]
    assert set(commands.partition(": ")[2].split(", ")) == {*others.split(", "), "id@1.0", "id@2.0"}
    clash = "share/tool/more.txt and 1 more: those of tool 2.0, not those of tool 1.0 (in runner)"
    assert [line for line in said if "/share/" in line or "/etc/" in line] == [f"  .venv/{clash}"]


def test_data_files(project: ProjectFolder) -> None:
    """Folders are merged; one file of a name is the one of the distribution that the application sees."""
    folder = project.root / ".venv/share/tool"
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.txt")}
    assert texts == {
        "same.txt": "same",
        "version.txt": "2.0",
        "more.txt": "2.0",
        "only-1.0/a.txt": "1.0",
        "only-2.0/a.txt": "2.0",
        "plain.txt": "plain",
    }
    assert (project.root / ".venv/etc/tool.conf").read_text() == "same"
    links = [path for path in project.root.glob(".venv/**/*.txt") if path.is_symlink()]
    assert len(links) == 5
    assert not any(path.readlink().is_absolute() for path in links)
    code = "import sys; print(open(sys.prefix + '/share/tool/version.txt').read())"
    assert project.python("-c", code).out == "2.0\n"


def test_a_kernel_starts_the_python_that_asks(project: ProjectFolder) -> None:
    """An absolute path in a kernel's specification is that of a build which is gone."""
    for version in ("1.0", "2.0"):
        file = project.root / f".venv/share/jupyter/kernels/tool-{version}/kernel.json"
        assert json.loads(file.read_text("utf-8")) == {
            "argv": ["python", "-m", "tool"],
            "display_name": "Tööl",
        }


def test_data_files_go_with_their_distribution(project: ProjectFolder, tmp_path: Path) -> None:
    changed = copy(project, tmp_path / "project")
    changed.pyproject(["tool==2.0", "low==2.0", "runner", "plain"])
    changed.mvenv("build")
    folder = changed.root / ".venv/share/tool"
    assert not (folder / "only-1.0").exists()
    assert (folder / "only-2.0/a.txt").read_text() == "2.0"
    assert not list(changed.root.glob(".venv/bin/*@*"))
