"""The table of suites: what is tested, beside what, and where its tests come from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).with_name("catalogue.toml")


@dataclass(frozen=True, slots=True)
class Deselection:
    """Tests left out of both runs, and why."""

    tests: tuple[str, ...]
    """pytest ``--deselect`` prefixes, or with a leading ``-k `` an expression."""
    reason: str


@dataclass(frozen=True, slots=True)
class Suite:
    """One library's own tests, and the sibling version that is loaded beside it."""

    name: str
    tested: str
    """Requirement of the version under test."""
    beside: str
    """Requirement of the version that is loaded first, in another environment of the same process."""
    loads: tuple[str, ...]
    """Modules of the sibling that are imported before the tests start; the first one names the library."""
    between: tuple[str, ...] = ()
    """Distributions the library is built on that must be there twice, in one version for each side."""
    python: str = "3.11"
    needs: tuple[str, ...] = ()
    """Further requirements of the tests."""
    constraints: tuple[str, ...] = ()
    """Bounds for the environment of the version under test, in the notation of ``[tool.mvenv.constraints]``."""
    sibling_constraints: tuple[str, ...] = ()
    pytest: str = "pytest>=8.3,<9"
    sdist: tuple[str, ...] = ()
    """Files and folders of the sdist that the tests need; empty: the tests are in the wheel."""
    tests: tuple[str, ...] = ()
    """Folders or files with the tests: below the sdist's root, or below ``site-packages``."""
    patterns: tuple[str, ...] = ("test_*.py", "*_test.py")
    configuration: str = ""
    """The sdist's pytest configuration file; empty: none."""
    arguments: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    """Environment variables, ``NAME=value``; ``{tests}`` stands for the folder of the unpacked tests."""
    deselected: tuple[Deselection, ...] = ()
    minutes: float = 1.0
    """How long one whole run takes, about; ten times as long (at least two minutes) is its time limit."""

    @property
    def distribution(self) -> str:
        """Name of the distribution under test."""
        return self.tested.split("=")[0].split("[")[0]

    @property
    def sibling(self) -> str:
        """Name of the distribution that is loaded beside it."""
        return self.beside.split("=")[0].split("[")[0]

    @property
    def time_limit(self) -> float:
        """Seconds after which a run is stopped."""
        return max(120.0, self.minutes * 600)


def load(path: Path = CATALOGUE) -> tuple[Suite, ...]:
    """Read the table.

    :raises ValueError: a key is unknown, or a suite is incomplete.
    """
    document = tomllib.loads(path.read_text("utf-8"))
    return tuple(_suite(name, entry) for name, entry in document.items())


def _suite(name: str, entry: dict[str, Any]) -> Suite:
    unknown = entry.keys() - {field.name for field in fields(Suite)}
    if unknown:
        raise ValueError(f"catalogue.toml: [{name}] has unknown keys: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
    }
    values["deselected"] = tuple(
        Deselection(tuple(one["tests"]), one["reason"]) for one in entry.get("deselected", ())
    )
    try:
        return Suite(name=name, **values)
    except TypeError as error:
        raise ValueError(f"catalogue.toml: [{name}]: {error}") from None
