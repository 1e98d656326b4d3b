"""What to import after a build, to see whether the metadata told the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.resolution.outcome import Part, ResolvedGroup


def imports_to_check(plan: Plan, knowledge: Knowledge) -> list[dict[str, list[str]]]:
    """Return for each group: name in `[tool.mvenv.constraints]` → modules, of all that is asked of the group.

    What is there under an alias, or for a split distribution, is imported by its versioned name
    (``pandas@2.0.3``): by its own name the application might see another.
    """
    found = []
    for group in plan.groups:
        asked = {name: _modules(name, group, plan, knowledge, by_version=False) for name in group.direct}
        for alias, name in group.aliased.items():
            asked[alias] = _modules(name, group, plan, knowledge, by_version=True)
        for part in group.parts:
            modules = asked.setdefault(_constrained_with(part, plan), [])
            modules += _modules(part.name, group, plan, knowledge, by_version=True)
        found.append({name: modules for name, modules in asked.items() if modules})
    return found


def _modules(
    name: str, group: ResolvedGroup, plan: Plan, knowledge: Knowledge, *, by_version: bool
) -> list[str]:
    pin = group.resolution.pins.get(name)
    contents = None if pin is None else knowledge.contents.get((name, pin.version))
    if pin is None or contents is None:
        return []
    version = f"@{pin.version}" if by_version and name in plan.versioned else ""
    parted = (module.partition(".") for module in contents.imports)
    return [
        f"{top}{version}{dot}{rest}"
        for top, dot, rest in parted
        if not (rest or top).rpartition(".")[2].startswith("_")
    ]


def _constrained_with(part: Part, plan: Plan) -> str:
    """Return the direct requirement that a part belongs to: its constraints are the part's."""
    importer = part.importer[0]
    for group in plan.groups:
        if importer in group.redirects:
            for name in group.direct:
                if importer in group.resolution.reachable(name):
                    return name
    return importer
