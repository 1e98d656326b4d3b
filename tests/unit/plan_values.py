"""Short ways to write what the plan is made from."""

from __future__ import annotations

from orchestrator.plan.homes import make_plan
from orchestrator.plan.model import Contents, Knowledge, Plan
from orchestrator.resolution.outcome import ConflictMember, Groups, ResolvedConflict, ResolvedGroup
from orchestrator.uv.model import Pin, Resolution


def resolved(pins: str, **requires: str) -> Resolution:
    """Return a resolution: `resolved("a==1 b==2", a="b")`; a dash in a name is written `_` in a keyword."""
    pairs = dict(text.split("==") for text in pins.split())
    needed = {name.replace("_", "-"): frozenset(texts.split()) for name, texts in requires.items()}
    return Resolution(
        pins={name: Pin(name, version, f"{name}=={version}") for name, version in sorted(pairs.items())},
        requires={name: needed.get(name, frozenset()) for name in sorted(pairs)},
        roots=frozenset(pairs),
    )


def group(direct: str, resolution: Resolution) -> ResolvedGroup:
    """Return a group of requirements without bounds."""
    return ResolvedGroup(tuple(direct.split()), tuple(direct.split()), resolution)


def conflict(
    *members: str | tuple[str, ...] | ConflictMember, reason: str = "", about: str = ""
) -> ResolvedConflict:
    """Return a conflict; a tuple of texts is of requirements that stay together."""
    return ResolvedConflict(
        tuple(
            (member,)
            if isinstance(member, ConflictMember)
            else tuple(map(ConflictMember, (member,) if isinstance(member, str) else member))
            for member in members
        ),
        reason,
        frozenset(about.split()),
    )


def known(*contents: Contents, clashes: str = "") -> Knowledge:
    """Return knowledge; clashes as `"a|b c|d"`."""
    return Knowledge(
        {(found.name, found.version): found for found in contents},
        frozenset(frozenset(pair.split("|")) for pair in clashes.split()),
    )


def holds(pin: str, imports: str = "", uses: str = "", registers: str = "") -> Contents:
    """Return the contents of a distribution."""
    name, version = pin.split("==")
    return Contents(
        name, version, tuple(imports.split()), frozenset(uses.split()), frozenset(registers.split())
    )


def plan_of(
    *groups: ResolvedGroup,
    knowledge: Knowledge | None = None,
    conflicts: tuple[ResolvedConflict, ...] = (),
    isolated: str = "",
) -> Plan:
    """Return the plan of some groups."""
    found = Groups(groups, conflicts, lower_bound=len(groups), proved=True)
    return make_plan(found, knowledge or Knowledge(), frozenset(isolated.split()))
