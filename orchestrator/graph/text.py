"""The picture ``mvenv graph`` draws, from the document of :mod:`orchestrator.graph.document`."""

from __future__ import annotations

from typing import Any


def picture(graph: dict[str, Any]) -> str:
    """Return the picture: application → direct requirements → environments → distributions, and the reasons.

    Plain text, the same on every run; distributions in several versions are marked with ``*``.
    """
    lines = [f"{graph['project']['name']} {graph['project']['version']}"]
    places = [*graph["environments"], graph["application"]]
    drawn = [place for place in places if place["distributions"] or _direct_in(place, graph)]
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
    if graph["conflicts"]:
        lines += ["", "Apart because:"]
        for conflict in graph["conflicts"]:
            lines.append(f"  {' | '.join(conflict['requirements'])}")
            lines.append(f"      {conflict['reason']}")
    return "\n".join([*lines, "", _verdict(graph)])


def _branch(place: dict[str, Any], graph: dict[str, Any], first: str, rest: str) -> list[str]:
    direct = _direct_in(place, graph)
    names = {entry["distribution"] for entry in direct}
    title = place["path"]
    if place is graph["application"] and graph["environments"]:
        title += "  (shared by all)"
    lines = [first + title]
    others = [entry for entry in place["distributions"] if entry["name"] not in names]
    items = [
        f"{entry['requirement']}  → {entry['distribution']} {entry['version']}{_mark(entry['distribution'], graph)}"
        for entry in direct
    ]
    items += [f"{entry['name']} {entry['version']}{_mark(entry['name'], graph)}" for entry in others]
    items += [f"{name}  (in {home})" for name, home in place.get("borrowed", {}).items()]
    for number, item in enumerate(items, start=1):
        lines.append(rest + ("└── " if number == len(items) else "├── ") + item)
    return lines


def _direct_in(place: dict[str, Any], graph: dict[str, Any]) -> list[dict[str, str]]:
    return [entry for entry in graph["direct"] if entry["environment"] == place["name"]]


def _mark(name: str, graph: dict[str, Any]) -> str:
    return " *" if len(graph["versioned"].get(name, ())) > 1 else ""


def _holders(name: str, version: str, graph: dict[str, Any]) -> str:
    return ", ".join(
        environment["name"]
        for environment in graph["environments"]
        if {"name": name, "version": version} in environment["distributions"]
    )


def _verdict(graph: dict[str, Any]) -> str:
    groups = len(graph["groups"])
    if groups <= 1:
        return "One environment: there is no conflict."
    if graph["proved"]:
        return f"{groups} groups, and fewer are impossible."
    return f"{groups} groups; at least {graph['lower_bound']} are needed."
