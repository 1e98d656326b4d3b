"""The project as a diagram, in the languages of Graphviz and of Mermaid (GitHub and GitLab draw it in Markdown)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.plan.model import APPLICATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.reports.graph.built import BuiltProject

# Colours that are told apart in print, and by those who see few: a light blue, an orange.
_DIFFERING, _CONFLICT = "#cfe3f7", "#c2570c"


@dataclass(frozen=True, slots=True)
class Copy:
    """An installed copy of a distribution, as a node of a diagram."""

    key: str
    """Letters and digits, the same on every run."""
    label: str
    differs: bool
    """Whether it is there in another version, too."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """What there is to draw."""

    title: str
    rooms: tuple[tuple[str, tuple[Copy, ...]], ...]
    """For each environment that holds anything its folder, and what it holds."""
    asked: tuple[str, ...]
    """The copies that the project requires itself, by key."""
    requires: tuple[tuple[str, str], ...]
    """Who requires whom, by key."""
    conflicts: tuple[tuple[str, str, str], ...]
    """Two copies that are apart, by key, and why; of a conflict of several the first with each other."""


def diagram(project: BuiltProject) -> Diagram:
    """Return what is drawn of a project."""
    places = [place for place in (*project.environments, project.application) if place.versions]
    keys = {
        (place.name, name): f"e{number}_{position}"
        for number, place in enumerate(places)
        for position, name in enumerate(sorted(place.versions))
    }
    of = {
        node: keys[home.name, node[1]] for node, home in project.homes.items() if (home.name, node[1]) in keys
    }
    requirements = {each.text: of[each.node] for each in project.requirements if each.node in of}
    requirements |= {part.text: of[part.node] for part in project.parts if part.node in of}
    conflicts = []
    for conflict in project.conflicts:
        ends = [
            requirements[member.requirement]
            for members in conflict.members
            for member in members[:1]
            if member.requirement in requirements
        ]
        conflicts += [(ends[0], other, conflict.reason) for other in ends[1:] if other != ends[0]]
    return Diagram(
        f"{project.name} {project.version}",
        tuple(
            (
                f"{place.path} (shared by all)"
                if place.name == APPLICATION and project.environments
                else place.path,
                tuple(
                    Copy(
                        keys[place.name, name],
                        f"{name} {place.versions[name]}",
                        len(project.versioned.get(name, ())) > 1,
                    )
                    for name in sorted(place.versions)
                ),
            )
            for place in places
        ),
        tuple(dict.fromkeys(of[each.node] for each in project.requirements if each.node in of)),
        tuple(
            dict.fromkeys(
                (of[node], of[other])
                for node, needed in project.requires.items()
                for other in needed
                if node in of and other in of
            )
        ),
        tuple(dict.fromkeys(conflicts)),
    )


def dot(drawn: Diagram) -> str:
    """Return the diagram in Graphviz's language: ``mvenv graph --format dot | dot -Tsvg -o graph.svg``."""
    lines = [
        "digraph mvenv {",
        "  rankdir=LR; compound=true; node [shape=box, style=rounded, fontname=sans]; edge [color=gray40];",
        f"  project [label={_dot_text(drawn.title)}, shape=ellipse];",
    ]
    for number, (folder, copies) in enumerate(drawn.rooms):
        lines.append(f"  subgraph cluster_{number} {{")
        lines.append(f"    label={_dot_text(folder)}; style=rounded; fontname=sans;")
        for copy in copies:
            fill = f', style="rounded,filled", fillcolor="{_DIFFERING}"' if copy.differs else ""
            lines.append(f"    {copy.key} [label={_dot_text(copy.label)}{fill}];")
        lines.append("  }")
    lines += [f"  project -> {key};" for key in drawn.asked]
    lines += [f"  {one} -> {other};" for one, other in drawn.requires]
    colour = _dot_text(_CONFLICT)
    lines += [
        f"  {one} -> {other} [dir=none, style=dashed, constraint=false, color={colour}, fontcolor={colour}, "
        f"fontname=sans, fontsize=10, label={_dot_text(_in_lines(reason))}];"
        for one, other, reason in drawn.conflicts
    ]
    return "\n".join([*lines, "}"])


def mermaid(drawn: Diagram) -> str:
    """Return the diagram in Mermaid's language, to stand in Markdown between ```` ```mermaid ```` and ```` ``` ````."""
    lines = ["flowchart LR", f"  project([{_mermaid_text(drawn.title)}])"]
    for number, (folder, copies) in enumerate(drawn.rooms):
        lines.append(f"  subgraph e{number}[{_mermaid_text(folder)}]")
        lines += [
            f"    {copy.key}[{_mermaid_text(copy.label)}]{':::differing' if copy.differs else ''}"
            for copy in copies
        ]
        lines.append("  end")
    lines += [f"  project --> {key}" for key in drawn.asked]
    lines += [f"  {one} --> {other}" for one, other in drawn.requires]
    lines += [f"  {one} -. {_mermaid_text(reason)} .- {other}" for one, other, reason in drawn.conflicts]
    first = len(drawn.asked) + len(drawn.requires)
    styled = range(first, first + len(drawn.conflicts))
    lines.append(f"  classDef differing fill:{_DIFFERING},color:#000")
    if drawn.conflicts:
        lines.append(f"  linkStyle {','.join(map(str, styled))} stroke:{_CONFLICT},color:{_CONFLICT}")
    return "\n".join(lines)


def _in_lines(reason: str) -> str:
    return reason.replace(", ", ",\n")


def _dot_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _mermaid_text(text: str) -> str:
    """Quote a text; a quote in it, and what Mermaid or Markdown would read, becomes a character's number."""
    return '"' + "".join(f"#{ord(each)};" if each in '"#`<>&*_~' else each for each in text) + '"'


FORMS: dict[str, Callable[[Diagram], str]] = {"dot": dot, "mermaid": mermaid}
"""What the languages are called on the command line."""
