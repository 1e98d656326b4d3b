"""The table of pairs: which versions of a compiled package meet, and what each side does with its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).with_name("catalogue.toml")
PYTHON = "3.11"
"""The Python of pairs that name none: many old releases have no wheels for later ones."""


@dataclass(frozen=True, slots=True)
class Package:
    """An entry of the table: one distribution, and the pairs of its versions that are tried."""

    name: str
    """The entry's name, and the distribution's unless `distribution` says another."""
    pairs: tuple[str, ...]
    """``"first, second"``, perhaps with `` on 3.13``: the versions that the two dependants pin, and the Python."""
    library: str
    """The module of both dependants: it imports the package; its `use()` calls native code and checks the result."""
    distribution: str = ""
    extra: str = ""
    """An extra of the distribution that both sides require."""
    beside: dict[str, tuple[str, ...]] | None = None
    """Version → further requirements of the side that pins it; metadata of old releases promises too much."""
    minutes: float = 1.5
    """Time limit of one process."""
    big: bool = False
    """Installing a pair takes gigabytes; such a pair runs only when it is named."""
    sample: bool = False
    """The first pair belongs to the slice that is tested with every change."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions of one distribution."""

    package: Package
    versions: tuple[str, str]
    python: str
    """Version of the interpreter, ``3.11``."""

    @property
    def name(self) -> str:
        """What it is called in results: ``numpy-1.24.4-2.1.3``, or ``lxml-5.3.0-6.0.0-on-3.13``."""
        on = () if self.python == PYTHON else ("on", self.python)
        return "-".join((self.package.name, *self.versions, *on))

    @property
    def distribution(self) -> str:
        """Name of the distribution that both versions are of."""
        return self.package.distribution or self.package.name

    def requires(self, side: int) -> list[str]:
        """Return what the dependant of a side (0 or 1) requires."""
        version = self.versions[side]
        extra = f"[{self.package.extra}]" if self.package.extra else ""
        return [f"{self.distribution}{extra}=={version}", *(self.package.beside or {}).get(version, ())]


def load(path: Path = CATALOGUE) -> tuple[Pair, ...]:
    """Read the table, in its order.

    :raises ValueError: a key is unknown, an entry is incomplete, or two pairs have one name.
    """
    document = tomllib.loads(path.read_text("utf-8"))
    pairs = tuple(pair for name, entry in document.items() for pair in _pairs(_package(name, entry)))
    twice = {pair.name for pair in pairs if [one.name for one in pairs].count(pair.name) > 1}
    if twice:
        raise ValueError(f"{path.name}: more than once: {', '.join(sorted(twice))}")
    return pairs


def _package(name: str, entry: dict[str, Any]) -> Package:
    unknown = entry.keys() - {field.name for field in fields(Package)}
    if unknown:
        raise ValueError(f"catalogue.toml: [{name}] has unknown keys: {', '.join(sorted(unknown))}")
    beside = {version: tuple(requirements) for version, requirements in entry.get("beside", {}).items()}
    try:
        return Package(name=name, **{**entry, "pairs": tuple(entry["pairs"]), "beside": beside})
    except (KeyError, TypeError) as error:
        raise ValueError(f"catalogue.toml: [{name}]: {error}") from None


def _pairs(package: Package) -> list[Pair]:
    pairs = []
    for text in package.pairs:
        versions, _, python = text.partition(" on ")
        first, _, second = versions.partition(", ")
        if not first or not second or first == second:
            raise ValueError(f"catalogue.toml: [{package.name}]: {text!r} does not name two versions")
        pairs.append(Pair(package, (first, second), python or PYTHON))
    return pairs
