"""Timing of functions, in the interpreters that are measured."""

# mypy: ignore-errors
from __future__ import annotations

import json
import sys
import time


def told(functions, count=0, rounds=3):
    """Print the seconds of each function as JSON, under its name: the least of a few rounds.

    :param count: given to the function, which does what is measured so many times; none: it does it once.
    """
    found = {}
    for function in functions:
        arguments = (count,) if count else ()
        function(*arguments)
        found[function.__name__] = min(once(function, arguments) for _ in range(rounds)) / (count or 1)
    sys.stdout.write(json.dumps(found))


def once(function, arguments):
    """Return how long a call takes of the processor: what else is at work on the machine has no part in it."""
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start
