"""What the grouping partitions: items of one or more requirements that stay together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.resolution.outcome import ConflictMember
from orchestrator.uv.model import Demand

if TYPE_CHECKING:
    from orchestrator.config.model import DirectRequirement
    from orchestrator.uv.model import Release, Resolution


@dataclass(frozen=True, slots=True)
class Item:
    """What is in one group as a whole."""

    demands: tuple[Demand, ...]
    direct: tuple[DirectRequirement, ...] = ()
    """The direct requirements among them; none for what was cut from a split one."""

    @property
    def members(self) -> tuple[ConflictMember, ...]:
        """What it is in a conflict."""
        if self.direct:
            return tuple(ConflictMember(each.text) for each in self.direct)
        return tuple(map(member_of, self.demands))

    def brings(self, resolution: Resolution) -> frozenset[str]:
        """Return the distributions of *resolution* that are there for this item (canonical names)."""
        names = (name for demand in self.demands for name in demand.names)
        return frozenset[str]().union(*map(resolution.reachable, names))


def member_of(demand: Demand) -> ConflictMember:
    """Return what a demand is in a conflict: a dependency of a split distribution goes with its importer."""
    return ConflictMember(demand.text, demand.chain[-1] if len(demand.chain) > 1 else None)


def item_of(requirements: tuple[DirectRequirement, ...], project: Release) -> Item:
    """Return the item of one direct requirement, or of several that stay together."""
    demands = tuple(
        Demand(
            text=requirement.text,
            name=requirement.name,
            chain=(project,),
            constraints=requirement.constraints,
            additions=requirement.additions,
        )
        for requirement in requirements
    )
    return Item(demands, requirements)
