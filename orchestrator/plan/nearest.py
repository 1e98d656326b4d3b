"""Which copy of a transitive dependency the application means: that of the direct requirement that depends on it.

In a plain environment ``import botocore`` works where ``boto3`` is declared, and gets boto3's. Where there are several
copies it is the nearest one: the fewest steps from a direct requirement.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from orchestrator.plan.model import Plan
    from orchestrator.plan.versioned import Node


@dataclass(frozen=True, slots=True)
class Candidate:
    """A copy that the application may mean as well as others."""

    environment: str
    version: str
    required_by: tuple[str, ...]
    """The direct requirements that are nearest to it, in the order of pyproject.toml."""


@dataclass(frozen=True, slots=True)
class Nearest:
    """Which copies of transitive dependencies the application sees."""

    homes: Mapping[str, str]
    """Distribution → environment, the nearest ones first."""
    ties: Mapping[str, tuple[Candidate, ...]]
    """Distribution → copies in different versions that are equally near: the application sees none of them."""


def nearest_copies(plan: Plan, direct: Iterable[str]) -> Nearest:
    """Return the copies of versioned distributions that the application gets through its direct requirements.

    Of equally near ones in one version, it is the copy that most direct requirements use; then the first in
    pyproject.toml. Direct requirements themselves are not among them.

    :param direct: canonical names of the direct requirements, in the order of pyproject.toml.
    """
    order = {name: position for position, name in reversed(list(enumerate(direct)))}
    starts = sorted(
        (
            (number, name)
            for number, group in enumerate(plan.groups)
            for name in group.direct
            if name in order and name in group.resolution.pins
        ),
        key=lambda node: order[node[1]],
    )

    def needed(node: Node) -> Iterator[Node]:
        return _needed(node, plan)

    counts: dict[tuple[str, str], int] = {}
    homes: dict[str, str] = {}
    ties: dict[str, tuple[Candidate, ...]] = {}
    for name, found in nearest(starts, needed).items():
        if name in order or not any(name in plan.homes[number] for number, _ in found):
            continue
        copies: dict[str, dict[str, None]] = {}
        versions: dict[str, str] = {}
        for (number, _), users in found.items():
            home = plan.homes[number][name]
            copies.setdefault(home, {}).update(dict.fromkeys(user for _, user in users))
            versions[home] = plan.groups[number].resolution.pins[name].version
        in_order = sorted(copies, key=lambda home: min(order[user] for user in copies[home]))
        if len(set(versions.values())) > 1:
            ties[name] = tuple(
                Candidate(home, versions[home], tuple(sorted(copies[home], key=order.__getitem__)))
                for home in in_order
            )
        elif len(copies) == 1:
            homes[name] = in_order[0]
        else:
            counts = counts or _users(starts, needed, plan)  # most projects never need them
            homes[name] = max(in_order, key=lambda home: counts[name, home])
    return Nearest(homes, ties)


def nearest(
    starts: Sequence[Node], needed: Callable[[Node], Iterable[Node]]
) -> dict[str, dict[Node, tuple[Node, ...]]]:
    """Return the nearest nodes of each distribution, and from which of *starts* they are as near as that.

    Nearest first: the distributions by the steps that it takes to them, then by name.
    """
    users: dict[Node, dict[Node, None]] = {start: {start: None} for start in starts}
    found: dict[str, dict[Node, tuple[Node, ...]]] = {}
    level = list(dict.fromkeys(starts))
    while level:
        here: dict[str, dict[Node, tuple[Node, ...]]] = defaultdict(dict)
        for node in level:
            if node[1] not in found:
                here[node[1]][node] = tuple(users[node])
        found.update(sorted(here.items()))
        following: dict[Node, dict[Node, None]] = {}
        for node in level:
            for other in needed(node):
                if other not in users:
                    following.setdefault(other, {}).update(users[node])
        users.update(following)
        level = list(following)
    return found


def _needed(node: Node, plan: Plan) -> Iterator[Node]:
    """Yield what a distribution of a group requires, in its own group or where it was cut off to."""
    number, name = node
    group = plan.groups[number]
    elsewhere = group.redirects.get(name, {})
    for other in sorted(group.resolution.requires.get(name, frozenset()) - elsewhere.keys()):
        if other in group.resolution.pins:
            yield number, other
    for other, there in sorted(elsewhere.items()):
        if other in plan.groups[there].resolution.pins:
            yield there, other


def _users(
    starts: Sequence[Node], needed: Callable[[Node], Iterable[Node]], plan: Plan
) -> dict[tuple[str, str], int]:
    """Return (distribution, environment) → how many direct requirements use that copy, directly or not."""
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for start in starts:
        closure = reachable([start], needed)
        for copy in {(name, plan.homes[number].get(name, "")) for number, name in closure}:
            counts[copy] += 1
    return counts
