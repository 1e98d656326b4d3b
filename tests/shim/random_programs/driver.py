"""Runs random programs, one line of JSON each, every one in a fork of its own; prints one line of JSON each.

    python driver.py '{"a": "dep_a", …}' '{"1": ["lib", …], …, "everybody": […]}'

The first argument says which package each actor's agent is in; the second, which names to look for in the end, by
version of the libraries, and by actors who have no environment of their own.

Copied into the application's folder. Only the steps of the actors given are performed: the same program, in the
project for everybody and in a plain venv for those whose environment it stands for.
"""

from __future__ import annotations

import faulthandler
import functools
import importlib
import json
import os
import sys
import tempfile
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.shim.random_programs.agent.model import Program, Step

Traces = dict[str, list[list[Any]]]
"""Version of the libraries → what was observed of it, one after the other: values for JSON."""

ACTORS: dict[str, str] = json.loads(sys.argv[1])
NAMES: dict[str, list[str]] = json.loads(sys.argv[2])
# Actors that share their modules, by the version of the libraries; the first has an environment of its own.
SHARING = {"1": ("a", "c"), "2": ("b", "app"), "3": ("d",)}
SECONDS = 20

executed: list[tuple[str, str]] = []
setattr(sys, "executed", executed)  # where the bodies of the libraries' modules say their name and version
agents = {actor: importlib.import_module(f"{package}.agent") for actor, package in ACTORS.items()}
observers = importlib.import_module(f"{next(iter(ACTORS.values()))}.agent.observations")
sharing = {actor: version for version, actors in SHARING.items() for actor in actors}


class Run:
    """One program's run."""

    def __init__(self) -> None:
        self.observers = {version: observers.Observer() for version in SHARING}
        self.traces: Traces = {version: [] for version in SHARING}

    def step(self, step: Step) -> None:
        """Perform a step if its actor is here."""
        actor = step["who"]
        if actor not in agents:
            return
        version = sharing[actor]
        before = len(executed)
        seen = agents[actor].perform({**step, "names": NAMES[version]}, self.observers[version], agents)
        ran = [name for name, of in executed[before:] if of == version]
        self.traces[version].append([actor, step["do"], step["name"], seen, ran])

    def together(self, programs: Sequence[Sequence[Step]]) -> None:
        """Run a program of each environment in a thread of its own, all at once."""

        def run_all(steps: Sequence[Step]) -> None:
            for step in steps:
                self.step(step)

        self._threads([functools.partial(run_all, steps) for steps in programs])

    def crowd(self, steps: Sequence[Step]) -> None:
        """Perform every step in a thread of its own, all at once; what is observed must not depend on the order."""
        here = [step for step in steps if step["who"] in agents]
        for step in here:  # the package itself: importing it and its parts at once is a race in any Python
            self.step({**step, "do": "import_module", "name": "calm", "via": ()})
        found: dict[int, list[Any]] = {}

        def perform(position: int, step: Step) -> None:
            version = sharing[step["who"]]
            # An observer for this step alone: the order in which modules are met is nobody's.
            seen = agents[step["who"]].perform(step, observers.Observer(), agents)
            found[position] = [version, step["who"], step["name"], seen]

        self._threads([functools.partial(perform, *one) for one in enumerate(here)])
        for position in sorted(found):
            version, *rest = found[position]
            self.traces[version].append(["crowd", *rest])

    @staticmethod
    def _threads(actions: Sequence[Callable[[], None]]) -> None:
        if not actions:
            return
        start = threading.Barrier(len(actions))

        def at_once(action: Callable[[], None]) -> None:
            start.wait()
            action()

        threads = [threading.Thread(target=at_once, args=(action,)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def last(self) -> None:
        """Observe which modules each actor finds in the end, and which bodies ran how often."""
        for actor in agents:
            version = sharing[actor]
            names = NAMES[version] if actor == SHARING[version][0] else NAMES["everybody"]
            steps: list[Step] = [{"who": actor, "do": "loaded", "name": name} for name in names]
            entries = [agents[actor].perform(step, self.observers[version], agents) for step in steps]
            self.traces[version].append([actor, "finds", dict(zip(names, entries))])
        for version in SHARING:
            self.traces[version].append(["executed", sorted(name for name, of in executed if of == version)])


def run(program: Program) -> Traces:
    """Run a program and return its traces, by version of the libraries."""
    current = Run()
    for step in program:
        if "together" in step:
            current.together(step["together"])
        elif "crowd" in step:
            current.crowd(step["crowd"])
        else:
            current.step(step)
    current.last()
    return current.traces


def forked(line: str) -> dict[str, Any]:
    """Run a program in a child, and return what it printed, to stderr, too."""
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            os.close(reader)
            os.dup2(errors.fileno(), 2)
            faulthandler.dump_traceback_later(SECONDS, exit=True)
            with os.fdopen(writer, "w") as answer:
                json.dump(run(json.loads(line)), answer)
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as answer:
            text = answer.read()
        code = os.waitpid(child, 0)[1]
        errors.seek(0)
        printed = errors.read().decode(errors="replace")
    return {"traces": json.loads(text) if text and not code else None, "code": code, "stderr": printed}


for line in sys.stdin:
    print(json.dumps(forked(line)), flush=True)
