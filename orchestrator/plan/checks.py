"""What to import after a build, to see whether the metadata told the truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.resolution.outcome import Part, ResolvedGroup


@dataclass(frozen=True, slots=True)
class Checks:
    """The imports by which all that is asked of one group is tried."""

    modules: dict[str, list[str]] = field(default_factory=dict)
    """Name in `[tool.mvenv.constraints]` → what people import."""
    commands: dict[str, list[str]] = field(default_factory=dict)
    """The same name → what commands call, ``module:attribute``; their modules alone as far as they are others."""
    distributions: dict[str, str] = field(default_factory=dict)
    """Each of those → canonical name of the distribution that it was taken from."""


def imports_to_check(
    plan: Plan, knowledge: Knowledge, commands: Mapping[tuple[str, str], Sequence[str]]
) -> list[Checks]:
    """Return for each group what to import of all that is asked of it.

    What is there under an alias, or for a split distribution, is imported by its versioned name
    (``pandas@2.0.3``): by its own name the application might see another.

    :param commands: (canonical name, version) → what its console scripts and the like call, ``module:attribute``.
    """
    found = []
    for group in plan.groups:
        checks = Checks()
        asked = [(name, name, False) for name in group.direct]
        asked += [(alias, name, True) for alias, name in group.aliased.items()]
        asked += [(_constrained_with(part, plan), part.name, True) for part in group.parts]
        for key, name, by_version in asked:
            modules = _modules(name, group, plan, knowledge, by_version=by_version)
            if modules:
                checks.modules.setdefault(key, []).extend(modules)
                checks.distributions.update(dict.fromkeys(modules, name))
        for key, name, by_version in asked:
            pin = group.resolution.pins.get(name)
            there = [] if pin is None else commands.get((name, pin.version), ())
            modules = [_named(each, name, group, plan, by_version=by_version) for each in there]
            new = [each for each in dict.fromkeys(modules) if each not in checks.distributions]
            if new:
                checks.commands.setdefault(key, []).extend(new)
                checks.distributions.update(dict.fromkeys(new, name))
        found.append(checks)
    return found


def _modules(
    name: str, group: ResolvedGroup, plan: Plan, knowledge: Knowledge, *, by_version: bool
) -> list[str]:
    pin = group.resolution.pins.get(name)
    contents = None if pin is None else knowledge.contents.get((name, pin.version))
    if pin is None or contents is None:
        return []
    return [
        _named(module, name, group, plan, by_version=by_version)
        for module in contents.imports
        if not module.rpartition(".")[2].startswith("_")
    ]


def _named(module: str, name: str, group: ResolvedGroup, plan: Plan, *, by_version: bool) -> str:
    module, colon, attribute = module.partition(":")
    top, dot, rest = module.partition(".")
    version = f"@{group.resolution.pins[name].version}" if by_version and name in plan.versioned else ""
    return f"{top}{version}{dot}{rest}{colon}{attribute}"


def _constrained_with(part: Part, plan: Plan) -> str:
    """Return the direct requirement that a part belongs to: its constraints are the part's."""
    importer = part.importer[0]
    for group in plan.groups:
        if importer in group.redirects:
            for name in group.direct:
                if importer in group.resolution.reachable(name):
                    return name
    return importer
