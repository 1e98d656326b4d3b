"""What isolated code does all day, in pure Python: seconds for each, measured in a module of `top_a`."""

# mypy: ignore-errors
from __future__ import annotations

import importlib.metadata
import json
import pickle
import re
from dataclasses import dataclass

from .rounds import told


@dataclass
class Small:
    """An instance of a few bytes."""

    number: int
    word: str


INSTANCES = [Small(number, f"word {number}") for number in range(20000)]
PICKLED = pickle.dumps(INSTANCES)
TEXT = " ".join(f"word-{number} {number * 7}" for number in range(4000))


def pickling():
    """Pickle many instances of a class of this environment."""
    pickle.dumps(INSTANCES)


def unpickling():
    """And read them."""
    pickle.loads(PICKLED)


def versions():
    """Ask for the version of what this environment holds."""
    for _ in range(100):
        importlib.metadata.version("bottom")


def calls():
    """Call functions that call themselves."""

    def fibonacci(number):
        return number if number < 2 else fibonacci(number - 1) + fibonacci(number - 2)

    fibonacci(22)


def floats():
    """Move bodies about."""
    bodies = [[float(number), number * 0.5, 0.1 * number] for number in range(8)]
    for _ in range(300):
        for one in bodies:
            for other in bodies:
                far = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + 0.01
                one[2] += (other[0] - one[0]) / (far * far**0.5)
            one[0] += one[2] * 0.001


def objects():
    """Make instances, read and change their attributes."""
    total = 0
    for number in range(20000):
        one = Small(number, "word")
        one.number += 1
        total += one.number
    return total


def texts():
    """Take text apart, count words, make JSON of it."""
    counts = {}
    for word in re.findall(r"[a-z]+-(\d+)", TEXT):
        counts[word[:2]] = counts.get(word[:2], 0) + 1
    json.loads(json.dumps(counts))


def exceptions():
    """Raise and catch, and run through generators."""
    for number in range(20000):
        try:
            next(iter([number][1:]))
        except StopIteration:
            continue


def main():
    """Print the seconds of each, as JSON."""
    told((pickling, unpickling, versions, calls, floats, objects, texts, exceptions), rounds=7)
