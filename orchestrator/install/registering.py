"""Which distributions need a copy of another all to themselves, because they register in it or it reads their plug-ins.

Two copies of a distribution must not share one that keeps a register (:mod:`orchestrator.plan.registries`), or that
remembers entry points of theirs: what it has would be of the first copy.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from orchestrator.install.entry_points import offered_groups, reading
from orchestrator.plan.registries import REGISTRIES
from orchestrator.plan.versioned import edges
from orchestrator.system.graphs import reachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.install.entry_points import Reading
    from orchestrator.install.record import InstalledDistribution
    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.uv.model import Release


def with_registers(
    knowledge: Knowledge, plan: Plan, found: Sequence[tuple[Release, InstalledDistribution, Path]]
) -> Knowledge:
    """Find where distributions of which there are several copies register.

    :param found: everything that is installed, with the folder that it is in.
    """
    needed = [edges(group.resolution, knowledge) for group in plan.groups]
    copies = Counter(name for each in plan.environments for name in each.pins)
    anywhere = {key[0]: (distribution, folder) for key, distribution, folder in found}
    readings: dict[str, Reading] = {}
    contents = dict(knowledge.contents)
    for key, distribution, folder in found:
        if copies[key[0]] < 2:
            continue
        dependencies = _dependencies(key, plan, needed)
        offered = offered_groups(distribution, folder)
        hosts: set[str] = set()
        for name in sorted(dependencies & anywhere.keys()) if offered else ():
            if name not in readings:
                readings[name] = reading(*anywhere[name])
            if readings[name].concerns(offered):
                hosts.add(name)
        registers = dependencies & (_in_table(distribution, offered) | hosts)
        contents[key] = replace(contents[key], registers=contents[key].registers | registers)
    return replace(knowledge, contents=contents)


def _dependencies(
    release: Release, plan: Plan, needed: Sequence[Mapping[str, frozenset[str]]]
) -> frozenset[str]:
    """Return what a release depends on in any group, directly or not."""
    name, version = release
    found: set[str] = set()
    for number, group in enumerate(plan.groups):
        pin = group.resolution.pins.get(name)
        if pin is not None and pin.version == version:
            found.update(reachable([name], needed[number].__getitem__))
    return frozenset(found - {name})


def _in_table(distribution: InstalledDistribution, offered: Iterable[str]) -> frozenset[str]:
    """Return in which distributions of the table *distribution* registers if it depends on them."""
    offers = bool(set(offered))
    name = distribution.canonical_name
    return frozenset(
        row.shared
        for row in REGISTRIES
        if row.shared != name
        and (
            row.anybody
            or name in row.registrants
            or (row.with_entry_points and offers)
            or (row.files and any(fnmatch(file, row.files) for file in distribution.files))
        )
    )
