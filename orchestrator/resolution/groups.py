"""Grouping the project's direct requirements with uv as the oracle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.location import key_lines, show_place
from orchestrator.errors import ResolutionError
from orchestrator.grouping import Conflict, SilentReporter, Unsatisfiable, partition
from orchestrator.plan.model import Groups, PlannedConflict, PlannedGroup
from orchestrator.resolution.model import Resolution
from orchestrator.resolution.oracle import UvOracle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.console import Reporter
    from orchestrator.grouping import Verdict
    from orchestrator.resolution.interpreter import Interpreter


# How uv words it; see `orchestrator.resolution.derivation`.
_NOT_FOUND = re.compile(r"([\w.-]+) was not found in the (?:package registry|cache)")
_NO_VERSION = re.compile(r"^there (?:is|are) no versions? of|^only \S+ is available$")


class _Progress(SilentReporter):
    """Shows the search on the progress line."""

    def __init__(self, reporter: Reporter, count: int) -> None:
        self._reporter = reporter
        self._count = count
        self._questions = 0
        self._conflicts = 0

    def asking(self, members: frozenset[int]) -> None:  # noqa: ARG002 - the protocol's signature
        self._questions += 1
        text = f"Resolving {self._count} requirements"
        if self._conflicts:
            text += f": {self._conflicts} conflicts, {self._questions} questions"
        self._reporter.detail(text)

    def learned(self, conflict: Conflict) -> None:  # noqa: ARG002 - the protocol's signature
        self._conflicts += 1


def find_groups(
    project: Project,
    requirements: Sequence[DirectRequirement],
    interpreter: Interpreter,
    clashes: Iterable[frozenset[str]],
    reporter: Reporter,
) -> Groups:
    """Return the fewest groups of *requirements* that can each be installed.

    :param requirements: the direct requirements that apply to the interpreter.
    :param clashes: distributions known to install the same modules.
    :raises ResolutionError: if some requirement is unsatisfiable alone, or the index cannot be reached.
    """
    oracle = UvOracle(project, requirements, interpreter, clashes)
    try:
        found = partition(
            len(requirements),
            oracle,
            reporter=_Progress(reporter, len(requirements)),
            union_certificate=oracle.union_is_satisfiable,
        )
    except Unsatisfiable as error:
        raise _unsatisfiable(project, requirements, error.failures) from None
    groups = []
    for group in found.groups:
        resolution = group.verdict.resolution
        assert isinstance(resolution, Resolution)
        members = [requirements[index] for index in group.members]
        groups.append(
            PlannedGroup(
                tuple(member.text for member in members), tuple(member.name for member in members), resolution
            )
        )
    conflicts = tuple(
        PlannedConflict(
            tuple(requirements[index].text for index in sorted(conflict.members)), conflict.reason
        )
        for conflict in found.conflicts
    )
    return Groups(tuple(groups), conflicts, found.lower_bound, found.proved, found.calls, found.seconds)


def _unsatisfiable(
    project: Project, requirements: Sequence[DirectRequirement], failures: Sequence[tuple[int, Verdict]]
) -> ResolutionError:
    lines = key_lines(project.pyproject.read_text("utf-8"))
    causes = []
    for index, verdict in failures:
        requirement = requirements[index]
        position = int(requirement.entry.partition("[")[2].rstrip("]"))
        place = show_place(project.pyproject, lines.get(("project", "dependencies", position)))
        causes += [f"{place}: {requirement.entry} = {requirement.text!r}", verdict.reason]
    texts = [f"`{requirements[index].text}`" for index, _ in failures]
    return ResolutionError(
        f"{' and '.join(texts)} cannot be installed, even alone",
        causes=tuple(cause for cause in causes if cause),
        hints=_hints(requirements, failures),
    )


def _hints(
    requirements: Sequence[DirectRequirement], failures: Sequence[tuple[int, Verdict]]
) -> tuple[str, ...]:
    hints = []
    for index, verdict in failures:
        requirement = requirements[index]
        missing = _NOT_FOUND.search(verdict.reason)
        if missing is not None and canonicalize_name(missing[1]) == requirement.name:
            hints.append(f"check the spelling of `{requirement.name}`, and the index it should come from")
        elif missing is not None:
            hints.append(f"check the index that `{missing[1]}` should come from, for `{requirement.name}`")
        elif _NO_VERSION.search(verdict.reason):
            hints.append("ask for a version that exists, or check the index it should come from")
        elif requirement.constraints or requirement.additions:
            hints.append(f"look at `[tool.mvenv.constraints]` for `{requirement.name}` as well")
        else:
            hints.append(f"try another version of `{requirement.name}`")
    return tuple(dict.fromkeys(hints))
