"""What a build has to say although it was taken from the cache: all that the lock and the plan tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from orchestrator.config.request import LockUse
from orchestrator.limits.applies import limits_hit
from orchestrator.lock.hashes import unhashed
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.same_outcome import expected
from orchestrator.reports.bounds import behind, requirement_lines
from orchestrator.reports.graph.built import read
from orchestrator.reports.twice import twice

if TYPE_CHECKING:
    from orchestrator.limits.model import LimitHit
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.reports.bounds import Behind
    from orchestrator.reports.twice import Twice
    from orchestrator.resolution.outcome import Setback


class ToldAgain(TypedDict):
    """Those parts of the outcome of a build (:class:`orchestrator.pipeline.outcome.Built`)."""

    setbacks: tuple[Setback, ...]
    limits: tuple[LimitHit, ...]
    twice: tuple[Twice, ...]
    behind: tuple[Behind, ...]
    itself: str
    hidden: tuple[tuple[str, tuple[str, ...]], ...]
    unverified: tuple[str, ...]


def told_again(inputs: BuildInputs) -> ToldAgain:
    """Return what there is to say of a build that was taken from the cache for *inputs*."""
    asked, root, python = expected(inputs), inputs.project.root, inputs.interpreter
    there = read(asked.graph, remember(asked.knowledge))
    may_change = inputs.request.lock is LockUse.UPDATE
    return {
        "setbacks": asked.chosen.setbacks,
        "limits": limits_hit(asked.plan, ".".join(map(str, python.version))),
        "twice": twice(there),
        "behind": behind(there, lambda: requirement_lines(there, root, python.markers)),
        "itself": inputs.project.name if inputs.takes_itself else "",
        "hidden": asked.view.hidden,
        "unverified": () if may_change else unhashed(asked.chosen, asked.hashes),
    }
