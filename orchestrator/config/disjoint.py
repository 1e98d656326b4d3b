"""One distribution required twice: can any version be both?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, groupby

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from orchestrator.config.document import TomlDocument, read_toml
from orchestrator.config.faults import join_words
from orchestrator.config.location import key_lines, printable, show_key, show_place
from orchestrator.config.model import DirectRequirement, Project
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.errors import ConfigError

_HINT = (
    "give the second version an import name of its own (an alias), "
    "or let the library that needs it require it"
)


def check_disjoint(requirements: Iterable[DirectRequirement], project: Project) -> None:
    """Refuse two requirements of one distribution that no version can satisfy together.

    :param requirements: those that hold for the target Python (see `requirements.applicable`): entries with
        opposite markers never meet.
    :param project: where they are from, to name their lines.
    :raises ConfigError: naming every entry that takes part.
    """
    disjoint: dict[str, list[DirectRequirement]] = {}
    by_name = sorted(requirements, key=lambda requirement: requirement.name)
    for name, group in groupby(by_name, key=lambda requirement: requirement.name):
        for pair in combinations(group, 2):
            if are_disjoint(*(Requirement(requirement.text).specifier for requirement in pair)):
                disjoint.setdefault(name, []).extend(pair)
    if not disjoint:
        return
    entries = dict.fromkeys(requirement for pairs in disjoint.values() for requirement in pairs)
    verb = "is" if len(disjoint) == 1 else "are"
    raise ConfigError(
        f"{join_words(disjoint, 'and')} {verb} required in versions that exclude each other",
        causes=_causes(tuple(entries), project),
        hints=(_HINT,),
    )


def are_disjoint(one: SpecifierSet, other: SpecifierSet) -> bool:
    """Tell whether no version satisfies both sets; True is certain.

    `SpecifierSet.is_disjoint` (packaging 26.3) answers for all but `===`. Otherwise only exact pins are compared,
    and of two ranges the answer is False: what is then missed, the resolver finds, in its own words.
    """
    is_disjoint = getattr(one, "is_disjoint", None)
    if is_disjoint is not None:
        try:
            return bool(is_disjoint(other))
        except ValueError:  # one of the sets has `===`
            pass
    return _pins_exclude(one, other)


def _pins_exclude(one: SpecifierSet, other: SpecifierSet) -> bool:
    """Tell whether an exact pin of one set is outside the other.

    `==1.0` also takes `1.0+local`, but a set that takes only the latter has a pin that spells it out. So if any
    version is in both sets, one of the pinned ones is.
    """
    pins = [
        specifier.version
        for specifier in (*one, *other)
        if specifier.operator in {"==", "==="} and not specifier.version.endswith(".*")
    ]
    both = one & other
    return bool(pins) and not any(both.contains(pin, prereleases=True) for pin in pins)


def _causes(requirements: tuple[DirectRequirement, ...], project: Project) -> tuple[str, ...]:
    try:
        document: TomlDocument | None = read_toml(project.pyproject)
    except ConfigError:  # it was readable a moment ago; the entries can be named without their lines
        document = None
    lines = {}
    if document is not None and isinstance(document.data.get("project"), dict):
        found = key_lines(document.text)
        written = document.data["project"].get("dependencies", [])
        # The file may have changed since it was loaded: a line counts only if the same text is still there.
        lines = {
            (show_key((*DEPENDENCIES, index)), text): found.get((*DEPENDENCIES, index))
            for index, text in enumerate(written if isinstance(written, list) else [])
            if isinstance(text, str)
        }
    return tuple(
        f"{show_place(project.pyproject, lines.get((requirement.entry, requirement.text)))}: "
        f"{requirement.entry}: {printable(requirement.text)}"
        for requirement in requirements
    )
