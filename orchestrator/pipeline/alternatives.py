"""What a trial leads to: distributions doubled, other groups. Made and tried beside what is in place by then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse
from orchestrator.install.joint_import import failing, registered_in
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.ready import make_ready
from orchestrator.pipeline.trial import tried
from orchestrator.resolution.outcome import Unusable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.ready import Ready
    from orchestrator.pipeline.trial import Trial
    from orchestrator.plan.model import Knowledge
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Candidate:
    """Environments that a build has made, and what came of trying them."""

    ready: Ready
    trial: Trial


def better(
    first: Candidate, inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter
) -> Candidate | None:
    """Return what works where *first* does not, made and tried but not in use; None if nothing works better.

    What two copies turn out not to share is doubled, and other groups are tried, if that helps.

    :param in_use: folders of environments that programs may be running from, those of *first* among them.
    """
    best = first
    if best.trial.met:
        best = _with_doubled(best, inputs, in_use, reporter) or best
    if best.trial.failures:
        best = _in_other_groups(best, inputs, in_use, reporter) or best
    return None if best is first else best


def _in_other_groups(
    first: Candidate, inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter
) -> Candidate | None:
    """Try the next best partition with as few groups, once, for requirements that do not import where they are.

    Metadata promises too much: of two places that it allows one may not work.
    """
    resolved = first.ready.resolved
    groups, known = resolved.groups, resolved.knowledge
    # Of the whole project a part is installed, and tried; what is not cannot be to blame.
    unusable = [
        Unusable(
            frozenset(group.requirements),
            f"`{advised.failure.requirement}` does not import beside them: {advised.failure.message}",
        )
        for advised in first.trial.failures
        for group in resolved.chosen.groups
        if advised.failure.requirement in group.direct and len(group.direct) > 1
    ]
    if not unusable or not groups.proved or not _is_open(inputs):
        return None
    others = resolve(inputs, known, reporter, unusable=unusable, anew=True)
    if others.groups == groups.groups or len(others.groups) != len(groups.groups):
        return None
    made = make_ready(inputs, known, in_use, reporter, others)
    second = Candidate(made, tried(inputs, made, reporter, together=bool(first.trial.met)))
    return second if _failing(second) < _failing(first) else None


def _is_open(inputs: BuildInputs) -> bool:
    """Whether another answer than this one may be given: a lock's holds, unless its build ended before its trial."""
    return inputs.answer is None or (inputs.is_untried and inputs.request.lock is LockUse.UPDATE)


def _failing(candidate: Candidate) -> int:
    return len({advised.failure.requirement for advised in candidate.trial.failures})


def _with_doubled(
    first: Candidate, inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter
) -> Candidate | None:
    ready, trial = first.ready, first.trial
    lessons = registered_in(trial.met, ready.staged, ready.converged.plan, inputs.interpreter)
    if not lessons:
        return None
    doubled = _with_registers(ready.resolved.knowledge, lessons)
    made = make_ready(inputs, doubled, in_use, reporter, ready.resolved.groups)
    again = Candidate(made, tried(inputs, made, reporter, together=True))
    is_better = failing(again.trial.met) < failing(trial.met)
    return again if is_better and len(again.trial.failures) <= len(trial.failures) else None


def _with_registers(knowledge: Knowledge, lessons: Mapping[str, frozenset[str]]) -> Knowledge:
    contents = {
        release: replace(found, registers=found.registers | lessons.get(release[0], frozenset()))
        for release, found in knowledge.contents.items()
    }
    return replace(knowledge, contents=contents)
