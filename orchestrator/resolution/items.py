"""What the grouping partitions: items of one or more requirements that stay together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.config.model import DirectRequirement

Release = tuple[str, str]
"""Canonical name and version of a distribution."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement in a question to the resolver."""

    text: str
    """PEP 508."""
    name: str
    """Canonical distribution name."""
    chain: tuple[Release, ...]
    """Who requires it: the project, then the split distributions on the way, outermost first."""
    constraints: tuple[str, ...] = ()
    """Extra bounds that go with it, PEP 508."""
    additions: tuple[str, ...] = ()
    """Extra requirements that go with it, PEP 508."""
    bare: str = ""
    """Of a split distribution: its version. Its dependencies are wanted one by one, not by it."""

    @property
    def release(self) -> Release:
        """The distribution itself, if it is split."""
        return self.name, self.bare


@dataclass(frozen=True, slots=True)
class Item:
    """What is in one group as a whole."""

    wanted: tuple[Wanted, ...]
    direct: tuple[DirectRequirement, ...] = ()
    """The direct requirements among them; none for what was cut from a split one."""


def item_of(requirements: tuple[DirectRequirement, ...], project: Release) -> Item:
    """Return the item of one direct requirement, or of several that stay together."""
    wanted = tuple(
        Wanted(
            text=requirement.text,
            name=requirement.name,
            chain=(project,),
            constraints=requirement.constraints,
            additions=requirement.additions,
        )
        for requirement in requirements
    )
    return Item(wanted, requirements)
