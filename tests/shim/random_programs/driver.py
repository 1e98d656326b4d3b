"""Runs random programs, one line of JSON each, every one in a fork of its own; prints one line of JSON each.

    python driver.py '{"a": "dep_a", …}' '{"1": ["lib", …], …, "everybody": […]}'

The first argument says which package each actor's agent is in; the second, which names to look for in the end, by
version of the libraries, and by actors who have no environment of their own.

Copied into the application's folder. Only the steps of the actors given are performed: the same program, in the
project for everybody and in a plain venv for those whose environment it stands for.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import sys
import tempfile
import threading

ACTORS = json.loads(sys.argv[1])
NAMES = json.loads(sys.argv[2])
# Actors that share their modules, by the version of the libraries; the first has an environment of its own.
SHARING = {"1": ("a", "c"), "2": ("b", "app"), "3": ("d",)}
SECONDS = 20

sys.executed = []
agents = {actor: importlib.import_module(f"{package}.agent") for actor, package in ACTORS.items()}
observers = importlib.import_module(f"{next(iter(ACTORS.values()))}.agent.observations")
sharing = {actor: version for version, actors in SHARING.items() for actor in actors}


class Run:
    """One program's run."""

    def __init__(self):
        self.observers = {version: observers.Observer() for version in SHARING}
        self.traces = {version: [] for version in SHARING}

    def step(self, step):
        """Perform a step if its actor is here."""
        actor = step["who"]
        if actor not in agents:
            return
        version = sharing[actor]
        before = len(sys.executed)
        seen = agents[actor].perform({**step, "names": NAMES[version]}, self.observers[version], agents)
        executed = [name for name, of in sys.executed[before:] if of == version]
        self.traces[version].append([actor, step["do"], step["name"], seen, executed])

    def together(self, programs):
        """Run a program of each environment in a thread of its own, all at once."""
        self._threads([lambda steps=steps: [self.step(step) for step in steps] for steps in programs])

    def crowd(self, steps):
        """Perform every step in a thread of its own, all at once; what is observed must not depend on the order."""
        here = [step for step in steps if step["who"] in agents]
        for step in here:  # the package itself: importing it and its parts at once is a race in any Python
            self.step({**step, "do": "import_module", "name": "calm", "via": ()})
        found = {}

        def perform(position, step):
            version = sharing[step["who"]]
            # An observer for this step alone: the order in which modules are met is nobody's.
            seen = agents[step["who"]].perform(step, observers.Observer(), agents)
            found[position] = [version, step["who"], step["name"], seen]

        self._threads([lambda one=one: perform(*one) for one in enumerate(here)])
        for position in sorted(found):
            version, *rest = found[position]
            self.traces[version].append(["crowd", *rest])

    @staticmethod
    def _threads(actions):
        start = threading.Barrier(len(actions)) if actions else None

        def at_once(action):
            start.wait()
            action()

        threads = [threading.Thread(target=at_once, args=(action,)) for action in actions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def last(self):
        """Observe which modules each actor finds in the end, and which bodies ran how often."""
        for actor in agents:
            version = sharing[actor]
            names = NAMES[version] if actor == SHARING[version][0] else NAMES["everybody"]
            step = {"who": actor, "do": "loaded"}
            entries = [
                agents[actor].perform({**step, "name": name}, self.observers[version], agents)
                for name in names
            ]
            self.traces[version].append([actor, "finds", dict(zip(names, entries))])
        for version in SHARING:
            self.traces[version].append(
                ["executed", sorted(name for name, of in sys.executed if of == version)]
            )


def run(program):
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


def forked(line):
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
