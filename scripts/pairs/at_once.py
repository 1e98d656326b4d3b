"""How often both versions of a pair were first imported by many threads at once, and what came of it.

Kept in `at_once.toml`, since such runs take hours; the page of the documentation has a section of them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tables import row, table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from pairs.catalogue import Pair

COUNTS = Path(__file__).with_name("at_once.toml")
TITLE = "## Both imported by many threads at once"
_SECTION = """\
{title}

`scripts/native_threads --record`: in each of so many new processes eight threads first of all import one dependant or
the other, ask it for its version, and use it. These are the pairs of which that has failed before.

{table}
"""
_COLUMNS = ("distribution", "versions", "CPython", "processes", "wrong", "last run")
_HEAD = "# Written by `scripts/native_threads --record`: new processes of a pair, and how many of them were wrong.\n"


@dataclass(frozen=True, slots=True)
class Count:
    """What came of a pair's processes."""

    processes: int
    wrong: int
    last: dt.date


def load(path: Path = COUNTS) -> dict[str, Count]:
    """Return what is known of the pairs, by their names."""
    return {name: Count(**each) for name, each in tomllib.loads(path.read_text("utf-8")).items()}


def add(name: str, processes: int, wrong: int, day: dt.date, path: Path = COUNTS) -> dict[str, Count]:
    """Add the processes of a run to those that are known of a pair; return what is known of all."""
    known = load(path)
    before = known.get(name, Count(0, 0, day))
    known[name] = Count(before.processes + processes, before.wrong + wrong, day)
    text = "".join(
        f'\n["{name}"]\nprocesses = {each.processes}\nwrong = {each.wrong}\nlast = {each.last}\n'
        for name, each in sorted(known.items())
    )
    path.write_text(_HEAD + text, "utf-8")
    return known


def section(counts: Mapping[str, Count], pairs: Iterable[Pair]) -> str:
    """Return the section of the page, in the order of the pairs."""
    rows = (
        row(
            [
                pair.distribution,
                " and ".join(pair.versions),
                pair.python,
                f"{counts[pair.name].processes:,}",
                str(counts[pair.name].wrong),
                str(counts[pair.name].last),
            ]
        )
        for pair in pairs
        if pair.name in counts
    )
    return _SECTION.format(title=TITLE, table=table(_COLUMNS, rows))


def put(section: str, page: str) -> str:
    """Return the page with another section of these runs in the place of its own."""
    before, title, rest = page.partition(f"{TITLE}\n")
    if not title:
        raise ValueError(f"the page has no section {TITLE!r}")
    after = rest.partition("\n## ")[2]
    return f"{before}{section}\n## {after}"
