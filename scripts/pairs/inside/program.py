"""Runs in the project of a pair: `program.py REPORT STEP…`, steps in order, or those of each thread at once.

A step is ``import dep_a`` or ``use dep_a``; a ``+`` among them separates threads. What begins and ends is written to
REPORT line by line, so that a crash shows where it happened.
"""

import faulthandler
import importlib
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor


def main() -> None:
    """Run the steps; the last line says that all ended, so a crash after it is one of the interpreter's end."""
    faulthandler.enable()
    file, *steps = sys.argv[1:]
    report = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    parts = " ".join(steps).split(" + ")
    if len(parts) == 1:
        perform(report, steps)
    else:
        at_once(report, [steps_of(part) for part in parts])
    tell(report, "all ended")


def steps_of(part: str) -> list[str]:
    """Return the steps of one thread."""
    words = part.split()
    return [" ".join(words[at : at + 2]) for at in range(0, len(words), 2)]


def perform(report: int, steps: list[str]) -> None:
    """Run steps one after another."""
    for step in steps:
        what, name = step.split()
        tell(report, f"begin {step}")
        module = importlib.import_module(name)
        if what == "use":
            module.use()
        else:
            tell(report, f"version {name} {module.version()}")
        tell(report, f"end {step}")


def at_once(report: int, parts: list[list[str]]) -> None:
    """Run every part in a thread of its own; raise the first part's error after all have ended."""
    barrier = threading.Barrier(len(parts))

    def work(steps: list[str]) -> None:
        barrier.wait()
        perform(report, steps)

    with ThreadPoolExecutor(len(parts)) as pool:
        for part in [pool.submit(work, steps) for steps in parts]:
            part.result()


def tell(report: int, line: str) -> None:
    """Write one line at once: buffers are lost in a crash, and threads' lines must not mix."""
    os.write(report, f"{line}\n".encode())


if __name__ == "__main__":
    main()
