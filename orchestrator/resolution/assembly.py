"""From the solver's groups of items to the groups of the plan: who holds what, and who finds what elsewhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.resolution.outcome import Groups, Part, ResolvedConflict, ResolvedGroup
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.grouping import Grouping
    from orchestrator.resolution.items import Item


def assembled(found: Grouping, items: Sequence[Item], conflicts: Iterable[ResolvedConflict]) -> Groups:
    """Return the groups of the plan.

    :param conflicts: what splitting has learned, besides what the grouping has.
    """
    members = [
        [demand for index in group.members for demand in items[index].demands] for group in found.groups
    ]
    holders = {
        (demand.chain, demand.release): number
        for number, group in enumerate(members)
        for demand in group
        if demand.bare
    }
    parts: dict[int, list[Part]] = defaultdict(list)
    redirects: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    added: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for number, group in enumerate(members):
        for demand in group:
            *above, importer = demand.chain
            home = holders.get((tuple(above), importer))
            if home is None:
                continue
            if home == number:
                added[number][importer[0]].add(demand.name)
            else:
                redirects[home][importer[0]][demand.name] = number
                parts[number].append(Part(demand.text, demand.name, importer))
    groups = []
    for number, solved in enumerate(found.groups):
        resolution = solved.verdict.resolution
        assert isinstance(resolution, Resolution)
        direct = [each for index in solved.members for each in items[index].direct]
        groups.append(
            ResolvedGroup(
                requirements=tuple(each.text for each in direct if not each.alias),
                direct=tuple(each.name for each in direct if not each.alias),
                resolution=_with_edges(resolution, added[number]),
                parts=tuple(dict.fromkeys(parts[number])),
                redirects={name: dict(elsewhere) for name, elsewhere in redirects[number].items()},
                aliases={each.alias: each.text for each in direct if each.alias},
            )
        )
    learned = [
        ResolvedConflict(
            tuple(items[index].members for index in sorted(conflict.members)), conflict.reason, conflict.about
        )
        for conflict in found.conflicts
    ]
    told = {conflict.about for conflict in learned}
    learned = list(dict.fromkeys(learned))
    return Groups(
        groups=tuple(groups),
        conflicts=(
            *learned,
            *(each for each in dict.fromkeys(conflicts) if not each.about or each.about not in told),
        ),
        lower_bound=found.lower_bound,
        proved=found.proved,
        calls=found.calls,
        seconds=found.seconds,
    )


def _with_edges(resolution: Resolution, added: dict[str, set[str]]) -> Resolution:
    """Give split distributions back the dependencies that are in their own group."""
    return replace(
        resolution,
        requires={
            name: needed | frozenset(added.get(name, ())) for name, needed in resolution.requires.items()
        },
    )
