"""Groups for which uv goes back to an old release that it has to build, where another partition needs no build.

The metadata of old releases seldom forbids anything. So a resolver that finds no recent release to go with a pin walks
back to one from before there were wheels, and builds that: for minutes, or in vain. By itself each requirement gets a
release with a wheel. Such an answer is right, and so is the number of groups that rests on it; but of the partitions
with as many groups one without such a build is better. Which of them the search finds first depends on the order of the
requirements; whether there is one does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.grouping import Grouping
    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver


def walked_back_to(found: Grouping, items: Sequence[Item], resolver: Resolver) -> frozenset[str]:
    """Return the distributions of which a group has a source distribution, and each of its items by itself has a wheel.

    Asks about items alone only where a group has source distributions, and only about those that bring one.
    """
    names: set[str] = set()
    for group in found.groups:
        resolution = group.verdict.resolution
        if not isinstance(resolution, Resolution) or len(group.members) < 2:
            continue
        suspicious = {
            name: [index for index in group.members if name in items[index].brings(resolution)]
            for name in sorted(resolution.built)
        }
        asked = sorted({index for bringing in suspicious.values() for index in bringing})
        answers = resolver.resolve_many([(items[index].demands, {}) for index in asked])
        alone = dict(zip(asked, answers, strict=True))
        for name, bringing in suspicious.items():
            by_itself = [alone[index] for index in bringing]
            with_it = [each for each in by_itself if isinstance(each, Resolution) and name in each.pins]
            if with_it and not any(name in each.built for each in with_it):
                names.add(name)
    return frozenset(names)
