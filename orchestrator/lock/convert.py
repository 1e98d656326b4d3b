"""Between a lock and the tables of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.names import name_of
from orchestrator.lock import form
from orchestrator.lock.model import Lock, LockedEnvironment, LockedRequirement, LockInputs
from orchestrator.lock.pins import PinSource, pin_at, source_of
from orchestrator.plan.model import Contents, Knowledge
from orchestrator.resolution.kin import Kin
from orchestrator.resolution.outcome import ConflictMember, Groups, Part, ResolvedConflict, ResolvedGroup
from orchestrator.system.names import SECTIONS_SINCE
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from pathlib import Path


def to_table(lock: Lock, root: Path) -> form.LockTable:
    """Return the tables of *lock* without the others beside it, paths relative to *root*."""
    groups = lock.groups
    return form.LockTable(
        version=SECTIONS_SINCE,
        lower_bound=groups.lower_bound,
        proved=groups.proved,
        clashes=sorted(sorted(pair) for pair in lock.knowledge.clashes),
        kin=[
            form.KinTable(name=each.name, host=each.host, kind=each.kind)
            for each in sorted(lock.knowledge.kin)
        ],
        inputs=_inputs_table(lock.inputs),
        group=[_group_table(group, root) for group in groups.groups],
        conflict=[
            form.ConflictTable(
                requirements=[_member_table(member) for member in conflict.members],
                reason=conflict.reason,
                about=sorted(conflict.about),
            )
            for conflict in groups.conflicts
        ],
        package=_package_tables(lock),
        environment=[
            form.EnvironmentTable(
                name=environment.name,
                holds=list(environment.pins),
                borrows=dict(environment.borrowed),
                imports=dict(environment.imports),
            )
            for environment in lock.environments
        ],
    )


def from_table(table: form.LockTable, root: Path) -> Lock:
    """Return the lock that *table* describes; the inverse of :func:`to_table`. What it does not pin it does not know.

    :raises ValueError: a group points to one that is not there, or a requirement does not parse.
    """
    for group in table.group:
        for elsewhere in group.redirects.values():
            for number in elsewhere.values():
                if not 0 <= number < len(table.group):
                    raise ValueError(f"there is no group {number}")
    pinned = {(pin.name, pin.version) for group in table.group for pin in group.packages}
    packages = [package for package in table.package if (package.name, package.version) in pinned]
    return Lock(
        inputs=_inputs(table.inputs, table.version),
        groups=Groups(
            groups=tuple(_group(group, root) for group in table.group),
            conflicts=tuple(
                ResolvedConflict(
                    tuple(map(_member, conflict.requirements)), conflict.reason, frozenset(conflict.about)
                )
                for conflict in table.conflict
            ),
            lower_bound=table.lower_bound,
            proved=table.proved,
        ),
        knowledge=Knowledge(
            {
                (package.name, package.version): Contents(
                    package.spelling,
                    package.version,
                    tuple(package.imports),
                    frozenset(package.uses),
                    frozenset(package.registers),
                    frozenset(package.forbids),
                )
                for package in packages
                if package.spelling is not None
            },
            frozenset(frozenset(pair) for pair in table.clashes),
            frozenset(Kin(each.name, each.host, each.kind) for each in table.kin),
        ),
        hashes={
            (package.name, package.version): tuple(package.hashes) for package in packages if package.hashes
        },
        environments=tuple(
            LockedEnvironment(
                environment.name, tuple(environment.holds), environment.borrows, environment.imports
            )
            for environment in table.environment
        ),
    )


_Dependency = str | form.DependencyTable


def _member_table(member: tuple[ConflictMember, ...]) -> _Dependency | list[_Dependency]:
    tables: list[_Dependency] = [
        each.requirement
        if each.importer is None
        else form.DependencyTable(
            requirement=each.requirement, importer=each.importer[0], importer_version=each.importer[1]
        )
        for each in member
    ]
    return tables[0] if len(tables) == 1 else tables


def _member(table: _Dependency | list[_Dependency]) -> tuple[ConflictMember, ...]:
    return tuple(
        ConflictMember(each)
        if isinstance(each, str)
        else ConflictMember(each.requirement, (each.importer, each.importer_version))
        for each in (table if isinstance(table, list) else [table])
    )


def _inputs_table(inputs: LockInputs) -> form.InputsTable:
    return form.InputsTable(
        python=inputs.python,
        platform=inputs.platform,
        groups=list(inputs.groups),
        extras=list(inputs.extras),
        requirements=[
            each.text
            if each == LockedRequirement(each.text)
            else form.RequirementTable(
                text=each.text,
                constraints=list(each.constraints),
                additions=list(each.additions),
                alias=each.alias,
                module=each.module,
                sections=list(each.sections),
            )
            for each in inputs.requirements
        ],
        exclude_newer=inputs.exclude_newer,
        isolate=list(inputs.isolate),
        together=[list(names) for names in inputs.together],
        singletons=list(inputs.singletons),
        prefer=inputs.prefer,
        lag=list(inputs.lag),
        uv_settings=inputs.settings,
        overrides=list(inputs.overrides),
        sources=dict(inputs.sources),
        folders=dict(inputs.folders),
    )


def _inputs(table: form.InputsTable, version: int) -> LockInputs:
    # The first format held one selection, and did not say which of its requirements was in it for the sake of what.
    is_one_selection = version < SECTIONS_SINCE and bool(table.groups or table.extras)
    return LockInputs(
        python=table.python,
        platform=table.platform,
        requirements=tuple(
            LockedRequirement(
                written.text,
                tuple(written.constraints),
                tuple(written.additions),
                written.alias,
                written.module,
                () if is_one_selection else tuple(written.sections),
            )
            for written in (
                form.RequirementTable(text=each) if isinstance(each, str) else each
                for each in table.requirements
            )
        ),
        groups=tuple(table.groups),
        extras=tuple(table.extras),
        exclude_newer=table.exclude_newer,
        isolate=tuple(table.isolate),
        together=tuple(tuple(names) for names in table.together),
        singletons=tuple(table.singletons),
        prefer=table.prefer,
        lag=(table.lag[0], table.lag[1]),
        sources=table.sources,
        settings=table.uv_settings,
        overrides=tuple(table.overrides),
        folders=table.folders,
    )


def _group_table(group: ResolvedGroup, root: Path) -> form.GroupTable:
    resolution = group.resolution
    packages = []
    for name, pin in sorted(resolution.pins.items()):
        place = source_of(pin, root)
        packages.append(
            form.PinTable(
                name=name,
                version=pin.version,
                requires=sorted(resolution.requires.get(name, ())),
                path=place.path,
                editable=place.editable,
                url=place.url,
            )
        )
    return form.GroupTable(
        requirements=list(group.requirements),
        roots=sorted(resolution.roots),
        parts=[
            form.PartTable(
                requirement=part.requirement,
                name=part.name,
                importer=part.importer[0],
                importer_version=part.importer[1],
            )
            for part in group.parts
        ],
        packages=packages,
        redirects={importer: dict(elsewhere) for importer, elsewhere in sorted(group.redirects.items())},
        aliases=dict(group.aliases),
        reaches={section: sorted(names) for section, names in sorted(group.reaches.items())},
    )


def _group(table: form.GroupTable, root: Path) -> ResolvedGroup:
    pins = {
        package.name: pin_at(
            package.name, package.version, PinSource(package.path, package.editable, package.url), root
        )
        for package in table.packages
    }
    return ResolvedGroup(
        requirements=tuple(table.requirements),
        direct=tuple(name_of(text) for text in table.requirements),
        resolution=Resolution(
            pins=pins,
            requires={package.name: frozenset(package.requires) for package in table.packages},
            roots=frozenset(table.roots),
        ),
        parts=tuple(
            Part(part.requirement, part.name, (part.importer, part.importer_version)) for part in table.parts
        ),
        redirects=table.redirects,
        aliases=table.aliases,
        reaches={section: frozenset(names) for section, names in table.reaches.items()},
    )


def _package_tables(lock: Lock) -> list[form.PackageTable]:
    pinned = {
        (name, pin.version) for group in lock.groups.groups for name, pin in group.resolution.pins.items()
    }
    tables = []
    for name, version in sorted(pinned):
        contents = lock.knowledge.contents.get((name, version))
        hashes = lock.hashes.get((name, version), ())
        if contents is None and not hashes:
            continue
        tables.append(
            form.PackageTable(
                name=name,
                version=version,
                spelling=None if contents is None else contents.name,
                imports=[] if contents is None else list(contents.imports),
                uses=[] if contents is None else sorted(contents.uses),
                registers=[] if contents is None else sorted(contents.registers),
                forbids=[] if contents is None else sorted(contents.forbids),
                hashes=list(hashes),
            )
        )
    return tables
