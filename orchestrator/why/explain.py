"""From what a build has left to the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.why.built import BuiltEnvironment, BuiltGroup, BuiltProject, mentions
from orchestrator.why.chains import chains_to
from orchestrator.why.model import Answer, Apart, Asked, Chain, Copy, Explained, Place, Release

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_CHAINS = 5


def explain(name: str, project: BuiltProject, places: Mapping[str, Place]) -> Answer:
    """Say why what is called *name* is there.

    :param name: a distribution, or an import name: `sklearn`, `google.cloud.storage`, `pandas.core`.
    :param places: direct requirement as written → where.
    """
    found = tuple(_explained(meant, project, places) for meant in _meant(name, project))
    return Answer(project.name, name, found)


def known_names(project: BuiltProject) -> tuple[str, ...]:
    """Return all names that can be asked about: distributions, then import names."""
    distributions = project.distributions()
    imports = {name for distribution in distributions for name in project.import_names(distribution)}
    return tuple(dict.fromkeys((*distributions, *sorted(imports))))


def _meant(name: str, project: BuiltProject) -> tuple[str, ...]:
    """Return the distribution of that name, then those from which it can be imported."""
    own = [canonicalize_name(name)]
    providers = [
        distribution
        for distribution in project.distributions()
        # `google` is a part of what `google.cloud.storage` provides, `pandas.core` a part of `pandas`.
        if any(
            f"{name}.".startswith(f"{known}.") or f"{known}.".startswith(f"{name}.")
            for known in project.import_names(distribution)
        )
    ]
    installed = set(project.distributions())
    return tuple(dict.fromkeys(each for each in (*own, *providers) if each in installed))


def _explained(name: str, project: BuiltProject, places: Mapping[str, Place]) -> Explained:
    homes = [place for place in project.everywhere() if name in place.versions]
    return Explained(
        name=name,
        imports=project.import_names(name),
        versioned=name in project.versioned,
        copies=tuple(_copy(name, home, project, places) for home in homes),
    )


def _copy(name: str, home: BuiltEnvironment, project: BuiltProject, places: Mapping[str, Place]) -> Copy:
    users = [group for group in project.groups if group.homes.get(name) == home]
    chains = sorted(
        (chain for group in users for chain in _chains(name, group, places)),
        key=lambda chain: len(chain.releases),
    )
    apart, over_it = _apart(name, users, project, places)
    several = len(project.versioned.get(name, ())) > 1
    return Copy(
        version=home.versions[name],
        environment=home.name,
        path=home.path,
        chains=tuple(chains[:MOST_CHAINS]),
        more_chains=len(chains[MOST_CHAINS:]),
        apart=apart,
        apart_over_it=over_it,
        follows=() if several else _follows(name, users, project),
        seen_by=tuple(
            place.name
            for place in project.everywhere()
            if home in (place, project.application) or place.borrowed.get(name) == home.name
        ),
    )


def _chains(name: str, group: BuiltGroup, places: Mapping[str, Place]) -> Iterable[Chain]:
    found = chains_to(name, group.direct, group.requires)
    for text, direct in zip(group.requirements, group.direct, strict=True):
        if direct in found:
            links = tuple(Release(each, group.homes[each].versions[each]) for each in found[direct])
            yield Chain(Asked(text, places.get(text)), links)


def _apart(
    name: str, users: Sequence[BuiltGroup], project: BuiltProject, places: Mapping[str, Place]
) -> tuple[tuple[Apart, ...], bool]:
    """Return the conflicts between *users* and the groups of other copies; and whether they are over it."""
    if name not in project.versioned:
        return (), False
    own = {text for group in users for text in group.requirements}
    others = {
        text
        for group in project.groups
        if group not in users and name in group.homes
        for text in group.requirements
    }
    over_it = [
        (texts, reason)
        for texts, reason in project.conflicts
        if mentions(reason, name) and own.intersection(texts)
    ]
    between = [
        (texts, reason)
        for texts, reason in project.conflicts
        if own.intersection(texts) and others.intersection(texts)
    ]
    shown = over_it or between
    return (
        tuple(
            Apart(reason, tuple(Asked(text, places.get(text)) for text in texts)) for texts, reason in shown
        ),
        bool(over_it),
    )


def _follows(name: str, users: Sequence[BuiltGroup], project: BuiltProject) -> tuple[str, ...]:
    """Say what makes a distribution in a single version versioned: the rule of `orchestrator.plan.versioned`."""
    phrases: dict[str, None] = {}
    for group in users if name in project.versioned else ():
        version = group.homes[name].versions[name]
        declared = set(group.requires.get(name, ()))
        imported = set(project.uses.get((name, version), ())) - declared
        for verb, needed in (("requires", declared), ("imports", imported)):
            for other in sorted(needed & project.versioned.keys() & group.homes.keys() - {name}):
                phrases[f"it {verb} {other} {group.homes[other].versions[other]}"] = None
    return tuple(phrases) or _neighbours(name, project)


def _neighbours(name: str, project: BuiltProject) -> tuple[str, ...]:
    phrases = [
        f"it installs the same modules as {other}"
        for pair in project.clashes
        if name in pair
        for other in sorted(pair - {name})
        if other in project.versioned
    ]
    tops = {each.partition(".")[0] for each in project.import_names(name)}
    for other in sorted(project.versioned.keys() - {name}):
        shared = tops & {each.partition(".")[0] for each in project.import_names(other)}
        phrases += [f"it shares the import name `{top}` with {other}" for top in sorted(shared)]
    return tuple(phrases)
