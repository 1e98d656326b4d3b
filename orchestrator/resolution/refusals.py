"""What is said of requirements that cannot be satisfied, however they are grouped and split."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.constraints import CONSTRAINTS
from orchestrator.config.document import read_text
from orchestrator.config.location import key_lines, show_key, show_place
from orchestrator.errors import ConfigError
from orchestrator.resolution import blame
from orchestrator.uv import failure, request_files
from orchestrator.uv.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.errors import ResolutionError
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Demand


class RequirementPlaces:
    """Where the direct requirements of a project are written, looked up when an error needs it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        try:
            text = read_text(project.pyproject)
        except ConfigError:  # it was readable a moment ago; the keys can be named without their lines
            text = ""
        self._keys = key_lines(text)
        self._lines = {show_key(key): line for key, line in self._keys.items()}

    def of(self, requirement: DirectRequirement) -> str:
        """Return ``pyproject.toml:4: project.dependencies[0]``."""
        return self.at(requirement.entry)

    def of_constraints(self, requirement: DirectRequirement) -> str:
        """Return the place of what `[tool.mvenv.constraints]` says of a requirement."""
        called = requirement.alias or requirement.name
        key = next(
            (
                key
                for key in self._keys
                if key[:-1] == CONSTRAINTS and canonicalize_name(str(key[-1])) == canonicalize_name(called)
            ),
            CONSTRAINTS,
        )
        return self.at(show_key(key))

    def at(self, entry: str) -> str:
        """Return the place of a key path."""
        return f"{show_place(self._project.pyproject, self._lines.get(entry))}: {entry}"


def explained(
    members: Sequence[Demand],
    resolver: Resolver,
    direct: Iterable[DirectRequirement],
    places: RequirementPlaces,
) -> blame.Explanation:
    """Return who fights over what among *members*, which the resolver refuses.

    :param direct: the direct requirements that they come from.
    """
    answer = resolver.resolve(members, {})
    known = list(direct)
    if not isinstance(answer, Refusal):  # together they are refused for another reason than their versions
        return blame.Explanation("", ())
    return blame.explained(
        answer,
        request_files.NAME,
        {each.name: places.of(each) for each in known},
        {bound: places.of_constraints(each) for each in known for bound in each.constraints},
    )


def cannot_be_installed(
    project: Project,
    refused: Sequence[tuple[DirectRequirement, tuple[Demand, ...], str]],
    resolver: Resolver,
) -> ResolutionError:
    """Return the error of requirements that are unsatisfiable alone and cannot be split.

    :param refused: each with the chain of wanted requirements that leads to the one without an answer, itself
        first, and what the resolver says of that.
    """
    places = RequirementPlaces(project)
    told = []
    for requirement, chain, reason in refused:
        place = places.of(requirement)
        why = explained(chain[:1], resolver, [requirement], places)
        if len(chain) > 1 and len(why.sides) < 2:
            why = _of_the_last(chain, explained(chain[-1:], resolver, [], places), reason)
        elif not why.sides and not why.note and not why.said:
            why = replace(why, note=reason)
        hint = _hint(requirement, chain, reason, why, resolver)
        told.append(blame.Refused(requirement.text, place, why, hint))
    return blame.cannot_be_installed(project.name, told)


def _of_the_last(chain: tuple[Demand, ...], last: blame.Explanation, reason: str) -> blame.Explanation:
    """Return why the last requirement of a chain is refused, with the way that leads to it."""
    links = " → ".join(" ".join(release) for release in chain[-1].chain[1:])
    first, *others = (last.note,) if last.note else last.said or (reason,)
    return blame.Explanation("", (), f"{links} → {chain[-1].text}: {first}", tuple(others), last.hints)


def _hint(
    requirement: DirectRequirement,
    chain: tuple[Demand, ...],
    reason: str,
    why: blame.Explanation,
    resolver: Resolver,
) -> str:
    missing = failure.not_found(reason)
    if missing == requirement.name:
        return f"check the spelling of `{requirement.name}`, and the index it should come from"
    if missing is not None:
        return f"check the index that `{missing}` should come from, for `{requirement.name}`"
    limit = resolver.project.exclude_newer
    if limit is not None and not isinstance(resolver.without_time_limit().resolve(chain[-1:], {}), Refusal):
        return (
            f'`exclude-newer = "{limit}"` in `[tool.mvenv]` hides `{chain[-1].text}`: choose a later one, '
            f"or an older version of `{requirement.name}`"
        )
    if any("`exclude-newer`" in hint for hint in why.hints):  # that of uv's own settings; uv has said it all
        return ""
    if any(map(failure.is_nowhere, why.said)):
        return "nothing is at that address: correct it, or ask for another version"
    built = failure.built(reason)
    if built is not None and any(map(failure.is_specific, why.hints)):
        return ""
    if built is not None:
        return f"try a version of `{built}` that has a wheel for this Python, which needs no build"
    if requirement.constraints or requirement.additions:
        return f"look at `[tool.mvenv.constraints]` for `{requirement.name}` as well"
    if len(chain) > 1:
        return f"try another version of `{requirement.name}`, or an earlier `exclude-newer`"
    if failure.is_without_version(reason):
        return "ask for a version that exists, or check the index it should come from"
    return f"try another version of `{requirement.name}`"
