"""What was measured, kept in a file: a part at a time, so that an ended run loses nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.values import Result, result_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter

_FILE = "results.json"


@dataclass(frozen=True, slots=True)
class Measured:
    """A part on a Python."""

    result: Result
    runs: int
    date: str
    others: float
    """The share of the processors that other work took meanwhile, from 0 to 1."""
    seconds: float


@dataclass(frozen=True, slots=True)
class OfPython:
    """All that is known of a Python."""

    version: str
    compiler: str
    parts: dict[str, Measured]


def read(work: Path) -> dict[str, OfPython]:
    """Return what is kept of each Python."""
    file = work / _FILE
    documents: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return {
        name: OfPython(
            one["version"],
            one["compiler"],
            {
                part: Measured(**{**each, "result": result_of(each["result"])})
                for part, each in one["parts"].items()
            },
        )
        for name, one in documents.items()
    }


def keep(work: Path, python: Interpreter, part: str, measured: Measured) -> None:
    """Put a part in the place of what was kept of it; of another release of that Python nothing is kept."""
    kept = read(work)
    version = python.full_version + python.threading
    before = kept.get(python.name)
    parts = before.parts if before and (before.version, before.compiler) == (version, python.compiler) else {}
    kept[python.name] = OfPython(version, python.compiler, {**parts, part: measured})
    text = json.dumps({name: asdict(each) for name, each in kept.items()}, indent=1)
    (work / _FILE).write_text(text + "\n", "utf-8")
