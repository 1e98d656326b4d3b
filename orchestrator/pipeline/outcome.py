"""What a build has come to, for people: its graph, what is to be said of it, what has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse
from orchestrator.install import attribution, recorded_imports
from orchestrator.limits.applies import limits_hit
from orchestrator.lock.hashes import unhashed
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline.converge import parted
from orchestrator.pipeline.environment_files import Beside
from orchestrator.pipeline.unmet import unmet
from orchestrator.reports.bounds import behind, requirement_lines
from orchestrator.reports.changes import changes
from orchestrator.reports.graph.built import read
from orchestrator.reports.twice import twice
from orchestrator.system.names import SHIM

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.install.advice import Advised
    from orchestrator.limits.model import LimitHit
    from orchestrator.native.model import Separated
    from orchestrator.pipeline.converge import Converged
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.ready import Ready
    from orchestrator.pipeline.trial import Trial
    from orchestrator.reports.bounds import Behind
    from orchestrator.reports.changes import Change
    from orchestrator.reports.twice import Twice
    from orchestrator.resolution.outcome import Setback
    from orchestrator.state.documents import GraphDocument, Record


@dataclass(frozen=True, slots=True)
class Built:
    """The outcome of a build."""

    graph: GraphDocument
    was_fresh: bool = False
    seconds: float = 0.0
    failures: tuple[Advised, ...] = ()
    warnings: tuple[str, ...] = ()
    setbacks: tuple[Setback, ...] = ()
    """Direct requirements that are far older than they could be."""
    limits: tuple[LimitHit, ...] = ()
    """Known limits that what was installed meets."""
    twice: tuple[Twice, ...] = ()
    """What stands in several environments in one version."""
    behind: tuple[Behind, ...] = ()
    """What the project asks for in another version than somebody can have."""
    itself: str = ""
    """The project's name if it is installed, too."""
    changes: tuple[Change, ...] = ()
    """What is another than in the build before; nothing if there was none."""
    separated: tuple[Separated, ...] = ()
    """Environments whose native libraries were given names of their own."""
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Import names of several direct requirements: that of the first is what the application sees."""
    beside: Beside = field(default_factory=Beside)
    """Commands and data files of isolated environments, as they are found in the application's."""
    unverified: tuple[str, ...] = ()
    """With a lock that is not to change: what it has no hashes of, because it is the user's own."""


def as_it_is(record: Record) -> Built:
    """Return the outcome of a build that has nothing to do; what could not be imported still cannot."""
    return Built(record["graph"], was_fresh=True, failures=recorded_imports.failed(record))


def outcome(inputs: BuildInputs, ready: Ready, trial: Trial, graph: GraphDocument) -> Built:
    """Return the outcome of a build.

    :param ready: what is in place now.
    :param trial: what came of trying it.
    """
    converged, interpreter = ready.converged, inputs.interpreter
    there = read(graph, remember(converged.knowledge))
    return Built(
        graph,
        failures=trial.failures,
        warnings=(
            *ready.warnings,
            *unmet(inputs, converged.groups),
            *_apart(converged),
            *_replaced_by_ours(converged),
            *((attribution.warning(trial.obstacle),) if trial.obstacle else ()),
            *_left_behind(trial),
            *ready.aliases.warnings,
            *ready.separation.warnings,
        ),
        setbacks=converged.chosen.setbacks,
        limits=limits_hit(converged.plan, ".".join(map(str, interpreter.version))),
        twice=twice(there),
        behind=behind(there, lambda: requirement_lines(there, inputs.project.root, interpreter.markers)),
        itself=inputs.project.name if inputs.takes_itself and not ready.warnings else "",
        changes=() if inputs.record is None else changes(inputs.record["graph"], graph),
        separated=ready.separation.done,
        hidden=converged.view.hidden,
        beside=ready.beside,
        unverified=()
        if inputs.request.lock is LockUse.UPDATE
        else unhashed(converged.chosen, converged.hashes),
    )


def _apart(converged: Converged) -> Iterator[str]:
    asked = {name for group in converged.chosen.groups for name in group.direct}
    for each in parted(converged.chosen, converged.knowledge.kin):
        # `together` takes direct requirements, and cures no conflict.
        is_curable = {each.name, each.host} <= asked and not converged.chosen.are_in_conflict(
            {each.name, each.host}
        )
        yield (
            f"`{each.name}` extends `{each.host}`, and they are in different environments, "
            f"where {each.host} does not see it"
            + (
                f'; if they can be together, say so: `together = [["{each.host}", "{each.name}"]]`'
                if is_curable
                else ""
            )
        )


def _replaced_by_ours(converged: Converged) -> Iterator[str]:
    plan = converged.plan
    for name, pin in plan.application.pins.items() if plan.is_divided else ():
        if SHIM in converged.knowledge.contents[name, pin.version].tops:
            yield (
                f"`{name}` has a module `{SHIM}`, in whose place is mvenv's own: "
                "in this project nobody can import it"
            )


def _left_behind(trial: Trial) -> Iterator[str]:
    for name in trial.left_behind:
        yield f"`{name}` leaves a process running when it is imported; the one of the build was ended"
