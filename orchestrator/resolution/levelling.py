"""One version wherever one serves: between groups that are apart for other reasons.

Groups are resolved one after the other, so each takes the newest it can have, and a bound that a later group has does
not reach an earlier one: ``numpy`` 2.4 here and 2.0.2 there, although 2.0.2 serves both. Every distribution in two
versions makes all that depend on it stand twice. So the groups are asked again, each with the others' versions as
preferences; a version that the project itself has chosen, by requiring it, comes before any other. What is far older
than it has to be is no preference: nobody is pulled down to what another one is held at.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.resolution.lag import SHARED, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.grouping import Group, Grouping, Oracle, Verdict
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver

# A version that one group takes over can free another one's.
_MOST_ROUNDS = 3


def levelled(found: Grouping, oracle: Oracle, items: Sequence[Item], resolver: Resolver) -> Grouping:
    """Return *found* with fewer versions of what its groups have in common, where there can be fewer.

    :param items: those that the groups are of.
    """
    groups = [_unburdened(group, oracle, items, resolver) for group in found.groups]
    for _ in range(_MOST_ROUNDS):
        changed = False
        for number, group in enumerate(groups):
            others = [each for other, each in enumerate(groups) if other != number]
            better = _with_versions_of(group, others, oracle, items, resolver)
            if better is not None:
                groups[number] = better
                changed = True
        if not changed:
            break
    return replace(found, groups=tuple(groups))


def _unburdened(group: Group, oracle: Oracle, items: Sequence[Item], resolver: Resolver) -> Group:
    """Return a group without what another group's versions have pulled far back in it."""
    pins = group.verdict.pins
    own = oracle.ask(frozenset(group.members), {})
    too_far = _too_far(own, pins, group, items, resolver) if own.satisfiable else set()
    if not too_far:
        return group
    kept = {name: version for name, version in pins.items() if name not in too_far}
    asked = oracle.ask(frozenset(group.members), kept)
    return replace(group, verdict=asked) if asked.satisfiable else group


def _with_versions_of(
    group: Group, others: Sequence[Group], oracle: Oracle, items: Sequence[Item], resolver: Resolver
) -> Group | None:
    """Return a group with more of the others' versions; None if that makes no fewer versions altogether."""
    pins = group.verdict.pins
    wanted = _wanted(pins, others, items)
    steps = _too_far(group.verdict, wanted, group, items, resolver)
    wanted = {name: version for name, version in wanted.items() if name not in steps}
    if not wanted:
        return None
    asked = oracle.ask(frozenset(group.members), {**pins, **wanted})
    if not asked.satisfiable or _too_far(group.verdict, asked.pins, group, items, resolver):
        return None
    rest = [each.verdict for each in others]
    return (
        replace(group, verdict=asked)
        if _versions([asked, *rest]) < _versions([group.verdict, *rest])
        else None
    )


def _wanted(pins: Mapping[str, str], others: Sequence[Group], items: Sequence[Item]) -> dict[str, str]:
    """Return what the others have in another version: in that which most of them have, of these the newest.

    A group that holds the project's own requirement of a distribution counts before those that need it for others.
    """
    wanted = {}
    for name, version in pins.items():
        holding = [each for each in others if name in each.verdict.pins]
        chosen = [each for each in holding if name in _direct(each, items)]
        there = Counter(each.verdict.pins[name] for each in chosen or holding)
        if there and version not in there:
            most = max(there.values())
            found = [each for each, number in there.items() if number == most]
            wanted[name] = next(
                (one for one in found if not any(Step(name, other, one).is_back for other in found)), found[0]
            )
    return wanted


def _direct(group: Group, items: Sequence[Item]) -> set[str]:
    """Return the distributions of which the project's own requirement is in a group."""
    return {each.name for index in group.members for each in items[index].direct if not each.alias}


def _too_far(
    verdict: Verdict, pins: Mapping[str, str], group: Group, items: Sequence[Item], resolver: Resolver
) -> set[str]:
    """Return which distributions would be pulled too far back: less is allowed for what the project requires itself."""
    direct = {each.name for index in group.members for each in items[index].direct}
    steps = [
        Step(name, version, pins[name])
        for name, version in verdict.pins.items()
        if pins.get(name, version) != version
    ]
    lag, calendar = resolver.project.lag, resolver.calendar
    return {
        step.name
        for step in (
            *calendar.too_far((step for step in steps if step.name in direct), lag),
            *calendar.too_far((step for step in steps if step.name not in direct), lag, times=SHARED),
        )
    }


def _versions(verdicts: Sequence[Verdict]) -> int:
    return len({pin for verdict in verdicts for pin in verdict.pins.items()})
