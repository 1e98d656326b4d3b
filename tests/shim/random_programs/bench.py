"""A project with random libraries in three versions, plain venvs, and a process in each that runs programs.

Actors, whose code performs the steps: `a`, `b` and `d` have an environment each, with version 1, 2 and 3 of
everything; `c` has one that borrows version 1 of `lib` and `calm`; `app` is the application, which has declared
version 2 of these two. So `a` and `c` share modules, and `b` and `app`: what one of them does the other sees, and
both have their counterpart in one plain venv.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.shim.random_programs import libraries
from tests.shim.universe import source
from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.process import clean_environment
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import ExitStack

    from tests.shim.random_programs.agent.model import Program
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

HERE = Path(__file__).parent
VERSIONS = {"1": "a", "2": "b", "3": "d"}
"""Version of the libraries → the actor whose environment holds it."""

EVERYBODYS = ("lib", "calm")
"""What `c` and `app` may import, too."""

SHARED = {
    "shared/__init__.py": """
        import importlib
        import sys

        def call(function, *arguments):
            return function(*arguments)

        def load(name):
            return importlib.import_module(name)
        """,
}


def _agent(package: str) -> dict[str, str]:
    files = {f"{package}/agent/{file.name}": file.read_text("utf-8") for file in HERE.glob("agent/*.py")}
    return {f"{package}/__init__.py": "", **files}


def publish(index: Index, seed: int) -> None:
    """Put the random libraries of *seed* and the packages that need them into *index*."""
    index.add("shared", "1", files=source(SHARED, ""))
    for version, actor in VERSIONS.items():
        writer = libraries.Writer(version, random.Random(f"{seed} {version}"))
        pins = [f"{name}=={version}" for name in libraries.DISTRIBUTIONS]
        for name in libraries.DISTRIBUTIONS:
            needs = [] if name == "calm" else [f"calm=={version}", "shared"]
            points = {"random.programs": {f"of-{name}": f"{name.replace('-', '.')}:where"}}
            files = writer.distribution(name)
            index.add(name, version, requires=needs, files=files, entry_point_groups=points)
        only = f"only{version}"
        text = f'TAG = "{only}"\ndef where():\n    return TAG\n'
        # What it needs is in several versions, so it is in no more than one environment.
        index.add(only, version, requires=[f"lib=={version}"], files={f"{only}.py": text})
        index.add(
            f"dep-{actor}",
            version,
            requires=[*pins, "shared", f"{only}=={version}"],
            files=_agent(f"dep_{actor}"),
        )
    index.add("kit", "4", requires=["shared"], files={"kit/__init__.py": ""})
    index.add("dep-c", "1", requires=["lib==1", "calm==1", "kit==4", "shared"], files=_agent("dep_c"))


class Runner:
    """A process that runs programs one after the other."""

    def __init__(
        self, interpreter: Path, folder: Path, actors: Mapping[str, str], variables: Mapping[str, str]
    ) -> None:
        driver = folder / "driver.py"
        driver.write_text((HERE / "driver.py").read_text("utf-8"), "utf-8")
        names = {version: names_of(actor) for version, actor in VERSIONS.items()}
        words = (json.dumps(dict(actors)), json.dumps({**names, "everybody": names_of("c")}))
        self._command = (str(interpreter), str(driver), *words)
        self._folder, self._variables = folder, {**clean_environment(), **variables}
        self._start()

    def _start(self) -> None:
        # A file: a pipe that nobody reads until the end is full one day, and then the process waits forever.
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
        )

    def ask(self, program: Program) -> None:
        """Begin to run a program."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended; `answer` says why
            self._process.stdin.write(json.dumps(program) + "\n")
            self._process.stdin.flush()

    def heard(self, program: Program) -> str:
        """Wait for the end of the program and return the line in which the process tells what was observed."""
        line = self._line()
        if not line and self._process.wait(timeout=30) == 0:
            # Its input has ended, which no program brings about: each runs in a fork, and is told of if that dies.
            # It was seen once, under load, before the first program. Once more; a second time is a failure.
            self.end()
            self._start()
            self.ask(program)
            line = self._line()
        return line

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def answer(self, line: str) -> dict[str, Any]:
        """Return what was observed."""
        assert line, f"the runner has ended ({self._process.poll()}): {self._told()}"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def lose_input(self) -> None:
        """Let the process find that its input has ended, and what it is asked reach nobody."""
        assert self._process.stdin is not None
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), self._process.stdin.fileno())

    def end(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()
        self._process.wait(timeout=30)
        self._said.close()

    def _told(self) -> str:
        self._said.seek(0)
        return self._said.read()[-5000:]


@dataclass(frozen=True, slots=True)
class Bench:
    """The runners of one universe."""

    world: World
    project: Runner
    plain: Mapping[str, Runner]
    """Version of the libraries → the runner in a plain venv that holds it."""

    def __repr__(self) -> str:
        return "bench"  # Hypothesis prints it with each failing program

    def same(self, program: Program) -> None:
        """Run a program everywhere and assert that every environment observes what its plain venv does."""
        for runner in (self.project, *self.plain.values()):
            runner.ask(program)
        # All of them before one is looked at: what nobody has read would be taken for the next program's.
        of_project, *of_plain_venvs = [
            runner.heard(program) for runner in (self.project, *self.plain.values())
        ]
        found = self.project.answer(of_project)
        expected = {
            version: runner.answer(line)
            for (version, runner), line in zip(self.plain.items(), of_plain_venvs, strict=True)
        }
        for version, of_plain in expected.items():
            assert of_plain["traces"], f"in a plain venv: {of_plain['stderr']}"
            assert found["traces"], f"in the project, exit status {found['code']}: {found['stderr']}"
            pairs = zip(found["traces"][version], of_plain["traces"][version], strict=True)
            for observed, plainly in pairs:
                difference = _difference(observed, plainly)
                assert not difference, f"{json.dumps(program)}\n{difference}"
        printed = "".join(sorted(of_plain["stderr"] for of_plain in expected.values()))
        assert found["stderr"] == printed, json.dumps(program)


def _difference(observed: Any, plainly: Any) -> str:
    """Return the first difference of two observations, empty if there is none."""
    if observed == plainly:
        return ""
    where = observed
    if isinstance(observed, list) and isinstance(observed[2], dict):  # the modules found in the end
        differing = [name for name in observed[2] if observed[2][name] != plainly[2][name]]
        where, plainly = (
            [[name, observed[2][name]] for name in differing],
            [plainly[2][name] for name in differing],
        )
    return f"observed: {json.dumps(where)}\nplainly:  {json.dumps(plainly)}"


def names_of(actor: str) -> list[str]:
    """Return the names that an actor may use; for the owners of an environment, some that only others have."""
    everybodys = [name for name in (*libraries.MODULES, *libraries.VIRTUAL) if name.startswith(EVERYBODYS)]
    if actor not in VERSIONS.values():
        return [*everybodys, "lib.absent", "calm.pack.absent"]
    others = [f"only{version}" for version in VERSIONS] + [f"dep_{letter}" for letter in "ab"]
    wild = [name for name in (*libraries.MODULES, *libraries.VIRTUAL) if name not in everybodys]
    return [*everybodys, *wild, "space", "lib.absent", "calm.pack.absent", "absent", *others]


def open_bench(folder: Path, interpreter: Interpreter, seed: int, stack: ExitStack) -> Bench:
    """Build the universe of *seed* and start its runners; *stack* ends them."""
    index = Index(folder / "index")
    publish(index, seed)
    plain = {f"dep_{actor}": [f"dep-{actor}"] for actor in VERSIONS.values()}
    direct = [*(f"dep-{letter}" for letter in "abcd"), *(f"{name}==2" for name in EVERYBODYS), "shared"]
    world = build_world(folder, index, interpreter, PlainVenvs(folder), direct, plain)
    _copy_agent(world.project.root / "app_agent")
    _copy_agent(world.plain_folder / "app_agent")
    _copy_agent(world.plain_site("dep_a") / "dep_c")
    actors = {letter: f"dep_{letter}" for letter in "abcd"}
    runners = {
        "1": {letter: actors[letter] for letter in "ac"},
        "2": {"b": "dep_b", "app": "app_agent"},
        "3": {"d": "dep_d"},
    }
    started = {
        version: Runner(
            world.plain[f"dep_{actor}"].folder / "bin/python",
            world.plain_folder,
            runners[version],
            interpreter.variables,
        )
        for version, actor in VERSIONS.items()
    }
    project = Runner(
        world.project.root / ".venv/bin/python",
        world.project.root,
        {**actors, "app": "app_agent"},
        interpreter.variables,
    )
    for runner in (project, *started.values()):
        stack.callback(runner.end)
    return Bench(world, project, started)


def _copy_agent(package: Path) -> None:
    shutil.copytree(HERE / "agent", package / "agent")
    (package / "__init__.py").write_text("", "utf-8")
