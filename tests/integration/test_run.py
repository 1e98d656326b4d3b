"""`mvenv run`: the command takes mvenv's place, in the project's environments."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, built_conflict, copy, wait_for
from tests.support.process import as_in_a_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

ECHO = "import sys; print(sys.argv[1:])"


@pytest.fixture(scope="module")
def conflict(workshop: Workshop) -> ProjectFolder:
    """The built project; the tests do not change it."""
    project = built_conflict(workshop)[1]
    project.write("module.py", "import sys, dep_a\nprint(__name__, dep_a.low_version, sys.argv[1:])\n")
    project.write("package/__main__.py", "import dep_b\nprint(__package__, dep_b.low_version)\n")
    project.write("sub/deep/script.py", "import os, dep_a\nprint(os.getcwd(), dep_a.low_version)\n")
    return project


@pytest.mark.parametrize("code", [0, 1, 2, 42, 255])
def test_the_exit_code_is_the_commands(code: int, conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("run", "python", "-c", f"raise SystemExit({code})", check=False)
    assert (outcome.code, outcome.out, outcome.err) == (code, "", "")


def test_ways_to_name_a_program(conflict: ProjectFolder) -> None:
    assert conflict.mvenv("run", "python", "app.py").out == APP_PRINTS
    assert conflict.mvenv("run", "app.py").out == APP_PRINTS
    assert conflict.mvenv("run", "./app.py").out == APP_PRINTS
    assert conflict.mvenv("run", "-m", "module", "x", "-y").out == "__main__ 1.0 ['x', '-y']\n"
    assert conflict.mvenv("run", "-m", "package").out == "package 2.0\n"
    assert conflict.mvenv("run", "dep-a", "x").out == "dep-a 1.0 x\n"
    assert conflict.mvenv("run", "sh", "-c", "python app.py").out == APP_PRINTS
    assert conflict.mvenv("run", "--", "python", "app.py").out == APP_PRINTS


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("-h", "-q", "--version"),
        ("--", "--no-build", "-m", "x"),
        ("a b", "", "*", "'", '"', "$HOME", "\\"),
        ("ä", "\n", "-"),
    ],
)
def test_arguments_reach_it_untouched(arguments: tuple[str, ...], conflict: ProjectFolder) -> None:
    assert conflict.mvenv("run", "python", "-c", ECHO, *arguments).out == f"{list(arguments)}\n"


def test_standard_input_reaches_it(conflict: ProjectFolder) -> None:
    code = "import sys; print(sys.stdin.read().upper())"
    assert conflict.mvenv("run", "python", "-c", code, stdin="some text").out == "SOME TEXT\n"


def test_the_program_on_standard_input(conflict: ProjectFolder) -> None:
    assert conflict.mvenv("run", "python", stdin="import dep_b\nprint(dep_b.low_version)\n").out == "2.0\n"


def test_from_a_folder_below(conflict: ProjectFolder) -> None:
    """The project is found above; the working directory and relative paths stay what they are."""
    below = conflict.root / "sub" / "deep"
    command = [sys.executable, "-P", "-m", "orchestrator", "run"]
    for how in (["python", "script.py"], ["script.py"]):
        done = subprocess.run(
            [*command, *how],
            cwd=below,
            env=dict(conflict.environment),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == f"{below} 1.0\n"
        assert done.stderr == ""


def test_what_the_program_sees(conflict: ProjectFolder) -> None:
    code = "import os, sys; print(os.environ['VIRTUAL_ENV'], os.environ['PATH'].split(os.pathsep)[0], sys.prefix)"
    venv = str(conflict.root / ".venv")
    outcome = conflict.mvenv("run", "python", "-c", code, env={"VIRTUAL_ENV": "/elsewhere"})
    assert outcome.out.split() == [venv, f"{venv}/bin", venv]


def test_a_command_that_is_misspelled(built: ProjectFolder) -> None:
    for name in ("serve", "server@1.0"):
        built.write(f".venv/bin/{name}", "#!/bin/sh\n").chmod(0o755)
    outcome = built.mvenv("run", "--no-build", "sevre", check=False)
    assert "\n\nhint: did you mean `serve`?\n" in outcome.err
    assert "did you mean" not in built.mvenv("run", "--no-build", "nothing-like-it", check=False).err


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("no-such-command", "command not found: `no-such-command`"),
        ("./no-such-file", "no such file: `./no-such-file`"),
        ("no_such_script.py", "no such file: `no_such_script.py`"),
    ],
)
def test_a_command_that_is_not_there(command: str, message: str, conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("run", command, check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"error: {message}\n  cause: ")
    assert "\n\nhint: " in outcome.err


def test_a_command_whose_name_looks_like_a_script(conflict: ProjectFolder, tmp_path: Path) -> None:
    """docutils had a console script `rst2html.py`."""
    project = copy(conflict, tmp_path / "project")
    (project.root / ".venv/bin/dep-a").rename(project.root / ".venv/bin/dep-a.py")
    assert project.mvenv("run", "dep-a.py", "x").out == "dep-a 1.0 x\n"


def test_a_file_that_is_not_executable(conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("run", "./pyproject.toml", check=False)
    assert outcome.code == 1
    assert outcome.err.startswith(
        "error: cannot run `./pyproject.toml`\n  cause: [Errno 13] Permission denied"
    )
    assert "Traceback" not in outcome.err


def test_a_script_of_an_isolated_environment_survives_a_move(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "else where")
    script = project.root / ".venv/bin/dep-a"
    done = subprocess.run([script, "x", "--y"], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "dep-a 1.0 x --y\n"
    link = tmp_path / "link"
    link.symlink_to(script)
    done = subprocess.run([link], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "dep-a 1.0\n"


def start(project: ProjectFolder, *arguments: str) -> subprocess.Popen[str]:
    """Start `mvenv run python -c CODE` and wait until the code says that it runs."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "run", *arguments],
        cwd=project.root,
        env=dict(project.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=as_in_a_terminal,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


# In pieces: a signal that comes just before the system's sleep is handled after it.
SLEEP = """
import time
print("running", flush=True)
for _ in range(600):
    time.sleep(0.1)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGUSR1])
def test_a_signal_to_mvenv_ends_the_command(number: signal.Signals, conflict: ProjectFolder) -> None:
    process = start(conflict, "python", "-c", SLEEP)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == -number


def test_control_c(conflict: ProjectFolder) -> None:
    """The terminal sends SIGINT to the whole group; Python turns it into KeyboardInterrupt."""
    process = start(conflict, "python", "-c", SLEEP)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT
    assert err.count("KeyboardInterrupt") == 1
    assert "orchestrator" not in err


def test_the_command_may_catch_signals(conflict: ProjectFolder) -> None:
    code = "import signal; signal.signal(signal.SIGTERM, lambda *_: exit(7))"
    process = start(conflict, "python", "-c", code + SLEEP)
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 7


def test_no_process_stays_between(conflict: ProjectFolder) -> None:
    """A supervisor that starts mvenv has the command's own process id."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "run", "python", "-c", "import os; print(os.getpid())"],
        cwd=conflict.root,
        env=dict(conflict.environment),
        stdout=subprocess.PIPE,
        text=True,
    )
    out, _ = process.communicate(timeout=30)
    assert out == f"{process.pid}\n"


def test_control_c_during_a_build(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a",))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "orchestrator", "build"],
        cwd=project.root,
        env=dict(project.environment),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=as_in_a_terminal,
    )
    wait_for(lambda: bool(list(project.root.glob(".venv-*"))), "the installation to begin")
    time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert project.python("app.py").out == APP_PRINTS


def imported_by(project: ProjectFolder, *arguments: str) -> set[str]:
    """Return the top-level modules that mvenv imports on its way to the command."""
    done = subprocess.run(
        [sys.executable, "-P", "-X", "importtime", *arguments],
        cwd=project.root,
        env=dict(project.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    names: Sequence[str] = re.findall(r"^import time:.*\| +([\w.]+)$", done.stderr, re.MULTILINE)
    return {name.partition(".")[0] for name in names}


HEAVY = frozenset(
    {"pydantic", "pydantic_core", "click", "rich", "virtualenv", "packaging", "tomlkit", "uv", "filelock"}
)


@pytest.mark.parametrize("arguments", [("run", "true"), ("build",)], ids=["run", "build"])
def test_with_nothing_to_do_only_the_standard_library_is_loaded(
    arguments: tuple[str, ...], conflict: ProjectFolder
) -> None:
    imported = imported_by(conflict, "-m", "orchestrator", *arguments)
    assert "orchestrator" in imported
    assert not imported & HEAVY
    # What else is not the standard library's is what this Python itself loads at its start.
    itself = imported_by(conflict, "-c", "") | {"sitecustomize", "usercustomize"}
    assert imported - sys.stdlib_module_names - itself == {"orchestrator"}


def test_the_second_start_loads_nearly_nothing(workshop: Workshop) -> None:
    project = built_conflict(workshop, "at rest")[1]
    time.sleep(2.1)  # until its files are at rest
    start = ("-m", "orchestrator", "run", "--no-build", "python", "-c", "")
    assert "json" in imported_by(project, *start)
    itself = imported_by(project, "-c", "import __future__, runpy, orchestrator") | {
        "sitecustomize",
        "usercustomize",
    }
    assert imported_by(project, *start) - itself == set()
    for command in (("python", "app.py"), ("app.py",), ("-m", "app")):
        assert project.mvenv("run", *command).out == APP_PRINTS
    # It says what the long way says, and builds as that does.
    missing = project.mvenv("run", "nothing-of-the-kind", check=False)
    assert missing.code == 1
    assert "command not found" in missing.err
    project.write("pyproject.toml", (project.root / "pyproject.toml").read_text("utf-8") + "\n")
    assert project.mvenv("run", "--no-build", "true", check=False).code == 1
    assert project.mvenv("run", "python", "app.py").out == APP_PRINTS


def test_run_costs_little(conflict: ProjectFolder) -> None:
    """A bound that only a heavy import or a needless build would break; the benchmark has the real figure."""

    # Measuring coverage is a heavy import itself.
    env = {name: value for name, value in conflict.environment.items() if not name.startswith("COVERAGE_")}

    def seconds(*command: str) -> float:
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            subprocess.run(command, cwd=conflict.root, env=env, check=True)
            times.append(time.perf_counter() - begin)
        return min(times)

    direct = seconds(str(conflict.root / ".venv/bin/python"), "-c", "")
    through = seconds(sys.executable, "-P", "-m", "orchestrator", "run", "python", "-c", "")
    assert through - direct < 0.2
