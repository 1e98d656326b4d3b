"""One distribution required twice: can any version be both?"""

from __future__ import annotations

import re
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from orchestrator.config.faults import join_words
from orchestrator.config.location import printable, show_place
from orchestrator.config.places import requirement_places
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet

    from orchestrator.config.model import DirectRequirement, Project

_GROUP = re.compile(r"dependency-groups\.(?P<name>[\w.-]+)\[")
_HINT = (
    "give the second version an import name of its own (`mvenv alias NAME REQUIREMENT`), "
    "or let the library that needs it require it"
)


def check_disjoint(requirements: Iterable[DirectRequirement], project: Project) -> None:
    """Refuse two requirements of one distribution that no version can satisfy together.

    Those of aliases are meant to differ and are left out.

    :param requirements: those that hold for the target Python (see `requirements.applicable`): entries with
        opposite markers never meet.
    :param project: where they are from, to name their lines.
    :raises ConfigError: naming every entry that takes part.
    """
    disjoint: dict[str, list[DirectRequirement]] = {}
    own_names = (requirement for requirement in requirements if not requirement.alias)
    by_name = sorted(own_names, key=lambda requirement: requirement.name)
    for name, group in groupby(by_name, key=lambda requirement: requirement.name):
        for pair in combinations(group, 2):
            if are_disjoint(*(requirement.parsed.specifier for requirement in pair)):
                disjoint.setdefault(name, []).extend(pair)
    if not disjoint:
        return
    entries = dict.fromkeys(requirement for pairs in disjoint.values() for requirement in pairs)
    named = (_GROUP.match(requirement.entry) for requirement in entries)
    leaving_out = [f"`--no-group {name}`" for name in dict.fromkeys(each["name"] for each in named if each)]
    choice = f"build without one of them: {' or '.join(leaving_out)}"
    verb = "is" if len(disjoint) == 1 else "are"
    raise ConfigError(
        f"{join_words(disjoint, 'and')} {verb} required in versions that exclude each other",
        causes=_causes(tuple(entries), project),
        hints=(choice, _HINT) if leaving_out else (_HINT,),
    )


def are_disjoint(one: SpecifierSet, other: SpecifierSet) -> bool:
    """Tell whether no version satisfies both sets; True is certain.

    `SpecifierSet.is_disjoint` (packaging 26.3) answers for all but `===`. Otherwise exact pins are tried and
    the outermost bounds compared, which decides all but ranges that `!=` has cut to nothing.
    """
    is_disjoint = getattr(one, "is_disjoint", None)
    if is_disjoint is not None:
        try:
            return bool(is_disjoint(other))
        except ValueError:  # one of the sets has `===`
            pass
    both = one & other
    return _pins_exclude(both) or _bounds_exclude(both)


def _pins_exclude(both: SpecifierSet) -> bool:
    """Tell whether no version that the set spells out exactly is in it, though it spells one out.

    `==1.0` also takes `1.0+local`, but a set that takes only the latter has a pin that spells it out. So if
    any version is in the set, one of the pinned ones is.
    """
    pins = [
        specifier.version
        for specifier in both
        if specifier.operator in {"==", "==="} and not specifier.version.endswith(".*")
    ]
    try:
        return bool(pins) and not any(both.contains(pin, prereleases=True) for pin in pins)
    except InvalidVersion:  # `===` takes any text, which older releases of packaging cannot compare
        return False


def _bounds_exclude(both: SpecifierSet) -> bool:
    """Tell whether the highest lower bound is above the lowest upper bound.

    A bound is a version and whether it belongs to the range. `<1` leaves out the pre-releases of 1 as well
    (PEP 440); that `>1` leaves out its post-releases is ignored, which can only make the range wider.
    """
    lower: list[tuple[Version, bool]] = []
    upper: list[tuple[Version, bool]] = []
    for specifier in both:
        operator, text = specifier.operator, specifier.version
        if operator in {"===", "!="}:
            continue
        version = Version(text.removesuffix(".*"))
        public = Version(version.public)
        if operator in {">=", ">", "~="}:
            lower.append((public, operator != ">"))
        if operator == "<=":
            upper.append((public, True))
        if operator == "<":
            upper.append((public if public.is_prerelease else Version(f"{public}.dev0"), False))
        if operator == "~=":
            upper.append((_after_prefix(version, version.release[:-1]), False))
        if operator == "==" and text.endswith(".*"):
            lower.append((Version(f"{public}.dev0"), True))
            upper.append((_after_prefix(version, version.release), False))
        elif operator == "==":
            lower.append((public, True))
            upper.append((public, True))
    if not lower or not upper:
        return False
    highest = max(lower, key=lambda bound: (bound[0], not bound[1]))
    lowest = min(upper)
    return highest[0] > lowest[0] or (highest[0] == lowest[0] and not (highest[1] and lowest[1]))


def _after_prefix(version: Version, prefix: tuple[int, ...]) -> Version:
    """Return the first version after all that start with a prefix: after `1.4.*` comes `1.5.dev0`."""
    *start, last = prefix
    return Version(f"{version.epoch}!{'.'.join(str(part) for part in (*start, last + 1))}.dev0")


def _causes(requirements: tuple[DirectRequirement, ...], project: Project) -> tuple[str, ...]:
    # The file may have changed since it was loaded: a line counts only if the same text is still there.
    lines = {(place.entry, place.text): place.line for place in requirement_places(project.pyproject)}
    return tuple(
        f"{show_place(project.pyproject, lines.get((requirement.entry, requirement.text)))}: "
        f"{requirement.entry}: {printable(requirement.text)}"
        for requirement in requirements
    )
