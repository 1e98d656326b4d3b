"""CPython's own test modules, run in a plain venv and in a project of mvenv, compared test by test.

A *state* says what the shim has done before the tests begin: `installed` (nothing yet), `started` (two
environments have been imported), `environment` (the tests are run by code of an environment, so that every
look-up of the tests is that environment's).
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.shim import universe
from tests.shim.world import build_world
from tests.support.cpython_outcomes import Comparison, Run, compare, differing, read
from tests.support.cpython_suites import MULTIPROCESSING_MODULES
from tests.support.plain import PlainVenvs
from tests.support.process import clean_environment
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.shim.world import World
    from tests.support.cpython_suites import Suite
    from tests.support.interpreters import Interpreter

RECORDER = Path(__file__).with_name("cpython_recorder.py")
STATES = ("installed", "started", "environment")

_FROM_ENVIRONMENT = """
import sys

if __name__ == "__main__":  # a process of multiprocessing imports this file, too
    import dep_b
    from dep_a import recorder

    recorder.main(*sys.argv[1:])
"""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A tiny project of two environments and a plain venv, both ready to run CPython's tests."""

    world: World
    folder: Path
    """Where the programs and their output are."""

    @property
    def plain(self) -> Path:
        """The interpreter of the plain venv."""
        return self.world.plain["dep_a"].folder / "bin/python"

    @property
    def project(self) -> Path:
        """The interpreter of the project."""
        return self.world.project.root / ".venv/bin/python"

    def has(self, wanted: Suite) -> bool:
        """Whether this Python has the modules of a suite."""
        interpreter = self.world.interpreter
        library = interpreter.executable.parents[1] / "lib" / f"python{interpreter.version}"
        names = {module.partition(":")[0] for module in wanted.modules} - MULTIPROCESSING_MODULES.keys()
        paths = [library / name.replace(".", "/") for name in names]
        return all(path.is_dir() or path.with_suffix(".py").is_file() for path in paths)

    def compare(self, wanted: Suite, states: Iterable[str] = STATES, repeat: int = 2) -> list[Comparison]:
        """Run a suite plain and in each state, two processes at a time.

        :param repeat: how often a state and plain are run again if they differ. A test has to differ in all
            runs: tests of processes and of threads fail now and then on a busy machine.
        """
        with ThreadPoolExecutor(2) as pool:
            started = {state: pool.submit(self.run, wanted, state) for state in ("plain", *states)}
            runs = {state: [run.result()] for state, run in started.items()}
            plain = runs.pop("plain")
            for state, shim in runs.items():
                while differing(plain, shim) and len(shim) <= repeat:
                    again = pool.submit(self.run, wanted, state)
                    if len(plain) <= len(shim):
                        plain.append(self.run(wanted, "plain"))
                    shim.append(again.result())
        return [compare(wanted.name, state, plain, shim) for state, shim in runs.items()]

    def run(self, wanted: Suite, state: str) -> Run:
        """Run a suite once; `plain` is the state without the shim."""
        folder = self.folder / f"{wanted.name}-{state}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        output, printed = folder / "outcomes.jsonl", folder / "printed"
        imports = {"started": "dep_a,dep_b", "plain": "dep_a"}.get(state, "")
        program = self.folder / ("from_environment.py" if state == "environment" else RECORDER.name)
        interpreter = self.plain if state == "plain" else self.project
        command = [str(word) for word in (interpreter, program, output, imports, *wanted.modules)]
        # Not below the folder: sockets of multiprocessing lie in it, whose paths may have 107 bytes.
        with tempfile.TemporaryDirectory(prefix="mvenv-", ignore_cleanup_errors=True) as temporary:
            environment = {**clean_environment(), **self.world.interpreter.variables, "TMPDIR": temporary}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)  # some tests are about byte code
            ended = _run_to_file(command, folder, environment, printed, wanted.timeout)
        return read(output, ended, printed.read_text(encoding="utf-8", errors="replace"))


def make_laboratory(folder: Path, interpreter: Interpreter) -> Laboratory:
    """Build the project and the plain venv below a folder; needs no package index."""
    index = Index(folder / "index")
    universe.publish_library(index)
    recorder = RECORDER.read_text(encoding="utf-8")
    for letter, version in zip("ab", universe.VERSIONS, strict=True):
        files = {
            f"dep_{letter}/__init__.py": "import lib\nimport shared\n",
            f"dep_{letter}/recorder.py": recorder,
        }
        index.add(f"dep-{letter}", version, requires=[f"lib=={version}", "shared"], files=files)
    direct = ["dep-a", "dep-b"]
    world = build_world(folder, index, interpreter, PlainVenvs(folder), direct, {"dep_a": direct[:1]})
    programs = folder / "programs"
    programs.mkdir()
    sources = {f"{name}.py": source for name, source in MULTIPROCESSING_MODULES.items()}
    sources |= {RECORDER.name: recorder, "from_environment.py": _FROM_ENVIRONMENT}
    for name, source in sources.items():
        (programs / name).write_text(source, encoding="utf-8")
    return Laboratory(world, programs)


def _run_to_file(
    command: list[str], folder: Path, environment: dict[str, str], printed: Path, timeout: float
) -> str:
    """Run a command in a session of its own, so that its children can be ended with it; say how it ended."""
    with printed.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        return f"exit code {process.wait(timeout)}"
    except subprocess.TimeoutExpired:
        return f"killed after {timeout:.0f} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
