"""The picture ``mvenv graph`` draws, from the document of :mod:`orchestrator.reports.graph.document`.

What people ask first comes first: what cannot be together and why, which versions there are, and which of them their
code imports. The environments follow, without what is there only because something else needs it.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from orchestrator.reports.marks import MINE, NO_PAINT, SEVERAL, legend
from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.reports.marks import Paint
    from orchestrator.state.documents import (
        GraphDocument,
        Held,
        PartEntry,
        PlaceEntry,
    )

_MOST_UNASKED = 3
"""So many distributions that nobody has asked for are shown; more are counted."""
_NARROW = 40
"""With fewer columns than this, indents are half as deep."""


def picture(
    graph: GraphDocument, *, everything: bool = False, width: int = 0, paint: Paint = NO_PAINT
) -> str:
    """Return the picture: conflicts, versions, then environment → direct requirements → distributions.

    The same on every run.

    :param everything: show also what is there only because something else needs it.
    :param width: where sentences are broken, in columns; 0: nowhere.
    :param paint: gives a text the colour of its role.
    """
    title = f"{graph['project']['name']} {graph['project']['version']}"
    several = _several(graph)
    blocks = [
        [f"{paint(title, 'title')}: {verdict(graph)}"],
        _conflicts(graph, width, paint),
        _versions(graph, width, paint),
        _overridden(graph),
        _tree(graph, paint, everything=everything),
        legend(several=bool(several), mine=not several.keys().isdisjoint(graph["application"]["sees"])),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def verdict(graph: GraphDocument) -> str:
    """Say how many groups there are, and whether fewer would do."""
    groups = len(graph["groups"])
    if groups <= 1:
        return f"one {'group' if graph['environments'] else 'environment'}, there is no conflict"
    if graph["proved"]:
        return f"{groups} groups, and fewer are impossible"
    needed = graph["lower_bound"]
    return f"{groups} groups; at least {needed} {'is' if needed == 1 else 'are'} needed"


def _conflicts(graph: GraphDocument, width: int, paint: Paint) -> list[str]:
    lines = ["Apart because:"] if graph["conflicts"] else []
    for conflict in graph["conflicts"]:
        lines += _wrapped(" | ".join(conflict["requirements"]), "  ", "    ", width)
        lines += [paint(line, "reason") for line in _wrapped(conflict["reason"], " " * 6, " " * 8, width)]
    return lines


def _wrapped(text: str, first: str, rest: str, width: int) -> list[str]:
    if not width:
        return [first + text]
    if width < _NARROW:
        first, rest = first[::2], rest[::2]
    return textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _versions(graph: GraphDocument, width: int, paint: Paint) -> list[str]:
    several = _several(graph)
    if not several:
        return []
    column = max(map(len, several))
    lines = ["In several versions:"]
    for name, versions in several.items():
        copies = [
            (*_copy(name, version, graph, paint), len(_copy(name, version, graph, NO_PAINT)[0]))
            for version in versions
        ]
        ordered = sorted(copies, key=lambda copy: not copy[1])
        lines += _filled([(text, length) for text, _, length in ordered], f"  {name:<{column}}  ", width)
    return lines


def _filled(texts: Sequence[tuple[str, int]], first: str, width: int) -> list[str]:
    """Put texts, each with its length without colours, on lines with commas between them; none is parted."""
    lines, used = [first], len(first)
    for number, (text, length) in enumerate(texts, start=1):
        is_last = number == len(texts)
        needed = length + (not is_last)
        if width and number > 1 and used + needed > width:
            lines.append(" " * len(first))
            used = len(first)
        lines[-1] += text if is_last else f"{text}, "
        used += needed + 1
    return [line.rstrip() for line in lines]


def _copy(name: str, version: str, graph: GraphDocument, paint: Paint) -> tuple[str, bool]:
    """Return one of several versions, with its environments, and whether the application imports it."""
    holders = [
        place["name"]
        for place in graph["environments"]
        if {"name": name, "version": version} in place["distributions"]
    ]
    is_mine = graph["application"]["sees"].get(name) in holders
    aliases = [
        entry["name"]
        for entry in graph["aliases"]
        if (entry["distribution"], entry["version"]) == (name, version)
    ]
    where = ", ".join(paint(f"[{holder}]", "environment") for holder in holders)
    text = f"{version} {where}{' ' + paint(MINE, 'mine') if is_mine else ''}"
    return text + "".join(f" as {alias}" for alias in aliases), is_mine


def _overridden(graph: GraphDocument) -> list[str]:
    overridden = rules(graph["overrides"])
    return ["Overridden:", *(f"  {rule}" for rule in overridden)] if overridden else []


def _tree(graph: GraphDocument, paint: Paint, *, everything: bool) -> list[str]:
    places: list[PlaceEntry] = [*graph["environments"], graph["application"]]
    drawn = [place for place in places if place["distributions"] or _asked_in(place, graph)]
    lines = ["Environments:"] if drawn else []
    for number, place in enumerate(drawn, start=1):
        last = number == len(drawn)
        items = _items(place, graph, paint, everything=everything)
        lines.append(("└── " if last else "├── ") + _head(place, graph, paint))
        rest = "    " if last else "│   "
        lines += [
            rest + ("└── " if position == len(items) else "├── ") + item
            for position, item in enumerate(items, start=1)
        ]
    return lines


def _head(place: PlaceEntry, graph: GraphDocument, paint: Paint) -> str:
    if place is graph["application"]:
        return paint(place["path"], "environment") + ("  shared by all" if graph["environments"] else "")
    isolated = any(entry["name"] in graph["isolated"] for entry in place["distributions"])
    return f"{paint('[' + place['name'] + ']', 'environment')}  {place['path']}{'  isolated' if isolated else ''}"


def _items(place: PlaceEntry, graph: GraphDocument, paint: Paint, *, everything: bool) -> list[str]:
    asked = _asked_in(place, graph)
    names = {entry["distribution"] for entry, _ in asked}
    items = [
        f"{entry['requirement']}  → {entry['distribution']} {entry['version']}"
        f"{_mark(entry['distribution'], graph, paint)}{note and f'  ({note})'}"
        for entry, note in asked
    ]
    unasked = [
        f"{entry['name']} {entry['version']}{_mark(entry['name'], graph, paint)}"
        for entry in place["distributions"]
        if entry["name"] not in names and (everything or _is_several(entry["name"], graph))
    ]
    folded = [
        f"{entry['name']} {entry['version']}"
        for entry in place["distributions"]
        if entry["name"] not in names and not everything and not _is_several(entry["name"], graph)
    ]
    if len(folded) > _MOST_UNASKED:
        folded = [paint(f"{len(folded)} more, needed by others (`--all` shows them)", "reason")]
    borrowed = {each["name"]: each["borrowed"] for each in graph["environments"]}.get(place["name"], {})
    seen = [
        f"{name} {_version(name, home, graph)}{_mark(name, graph, paint)}  (in {paint(f'[{home}]', 'environment')})"
        for name, home in borrowed.items()
    ]
    return [*items, *unasked, *folded, *seen]


def _asked_in(place: PlaceEntry, graph: GraphDocument) -> list[tuple[Held, str]]:
    """Return what is asked for and installed in an environment, with a note: for whom or as what."""
    noted: list[tuple[Held, str]] = [
        *((entry, "") for entry in graph["direct"]),
        *((entry, f"as {entry['name']}") for entry in graph["aliases"]),
        *((entry, f"for {_importer(entry)}") for entry in graph["parts"]),
    ]
    return [(entry, note) for entry, note in noted if entry["environment"] == place["name"]]


def _importer(part: PartEntry) -> str:
    return f"{part['importer']['name']} {part['importer']['version']}"


def _version(name: str, home: str, graph: GraphDocument) -> str:
    versions: dict[tuple[str, str], str] = {
        (environment["name"], entry["name"]): entry["version"]
        for environment in graph["environments"]
        for entry in environment["distributions"]
    }
    return versions[home, name]


def _several(graph: GraphDocument) -> dict[str, list[str]]:
    return {name: versions for name, versions in graph["versioned"].items() if len(versions) > 1}


def _is_several(name: str, graph: GraphDocument) -> bool:
    return len(graph["versioned"].get(name, ())) > 1


def _mark(name: str, graph: GraphDocument, paint: Paint) -> str:
    return f" {paint(SEVERAL, 'several')}" if _is_several(name, graph) else ""
