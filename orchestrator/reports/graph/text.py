"""The picture ``mvenv graph`` draws, from the document of :mod:`orchestrator.reports.graph.document`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from orchestrator.state.documents import (
        GraphDocument,
        Held,
        PartEntry,
        PlaceEntry,
    )


def picture(graph: GraphDocument) -> str:
    """Return the picture: application → direct requirements → environments → distributions, and the reasons.

    Plain text, the same on every run; distributions in several versions are marked with ``*``.
    """
    lines = [f"{graph['project']['name']} {graph['project']['version']}"]
    places: list[PlaceEntry] = [*graph["environments"], graph["application"]]
    drawn = [place for place in places if place["distributions"] or _asked_in(place, graph)]
    for number, place in enumerate(drawn, start=1):
        last = number == len(drawn)
        lines += _branch(place, graph, "└── " if last else "├── ", "    " if last else "│   ")
    several = {name: versions for name, versions in graph["versioned"].items() if len(versions) > 1}
    if several:
        lines += ["", "In several versions:"]
        width = max(map(len, several))
        for name, versions in several.items():
            copies = ", ".join(f"{version} ({_holders(name, version, graph)})" for version in versions)
            lines.append(f"  {name:<{width}}  {copies}")
    overridden = rules(graph["overrides"])
    if overridden:
        lines += ["", "Overridden:", *(f"  {rule}" for rule in overridden)]
    if graph["conflicts"]:
        lines += ["", "Apart because:"]
        for conflict in graph["conflicts"]:
            lines.append(f"  {' | '.join(conflict['requirements'])}")
            lines.append(f"      {conflict['reason']}")
    return "\n".join([*lines, "", verdict(graph)])


def _branch(place: PlaceEntry, graph: GraphDocument, first: str, rest: str) -> list[str]:
    asked = _asked_in(place, graph)
    names = {entry["distribution"] for entry, _ in asked}
    items = [
        f"{entry['requirement']}  → {entry['distribution']} {entry['version']}"
        f"{_mark(entry['distribution'], graph)}{note and f'  ({note})'}"
        for entry, note in asked
    ]
    items += [
        f"{entry['name']} {entry['version']}{_mark(entry['name'], graph)}"
        for entry in place["distributions"]
        if entry["name"] not in names
    ]
    borrowed = {each["name"]: each["borrowed"] for each in graph["environments"]}.get(place["name"], {})
    items += [
        f"{name} {_version(name, home, graph)}{_mark(name, graph)}  (in {home})"
        for name, home in borrowed.items()
    ]
    lines = [first + place["path"] + _remark(place, graph)]
    for number, item in enumerate(items, start=1):
        lines.append(rest + ("└── " if number == len(items) else "├── ") + item)
    return lines


def _asked_in(place: PlaceEntry, graph: GraphDocument) -> list[tuple[Held, str]]:
    """Return what is asked for and installed in an environment, with a note: for whom or as what."""
    noted: list[tuple[Held, str]] = [
        *((entry, "") for entry in graph["direct"]),
        *((entry, f"as {entry['name']}") for entry in graph["aliases"]),
        *((entry, f"for {_importer(entry)}") for entry in graph["parts"]),
    ]
    return [(entry, note) for entry, note in noted if entry["environment"] == place["name"]]


def _remark(place: PlaceEntry, graph: GraphDocument) -> str:
    if place is graph["application"]:
        return "  (shared by all)" if graph["environments"] else ""
    isolated = [entry["name"] for entry in place["distributions"] if entry["name"] in graph["isolated"]]
    return "  (isolated)" if isolated else ""


def _importer(part: PartEntry) -> str:
    return f"{part['importer']['name']} {part['importer']['version']}"


def _version(name: str, home: str, graph: GraphDocument) -> str:
    versions: dict[tuple[str, str], str] = {
        (environment["name"], entry["name"]): entry["version"]
        for environment in graph["environments"]
        for entry in environment["distributions"]
    }
    return versions[home, name]


def _mark(name: str, graph: GraphDocument) -> str:
    return " *" if len(graph["versioned"].get(name, ())) > 1 else ""


def _holders(name: str, version: str, graph: GraphDocument) -> str:
    return ", ".join(
        environment["name"]
        for environment in graph["environments"]
        if {"name": name, "version": version} in environment["distributions"]
    )


def verdict(graph: GraphDocument) -> str:
    """Say how many groups there are, and whether fewer would do."""
    groups = len(graph["groups"])
    if groups <= 1:
        return f"One {'group' if graph['environments'] else 'environment'}: there is no conflict."
    if graph["proved"]:
        return f"{groups} groups, and fewer are impossible."
    needed = graph["lower_bound"]
    return f"{groups} groups; at least {needed} {'is' if needed == 1 else 'are'} needed."
