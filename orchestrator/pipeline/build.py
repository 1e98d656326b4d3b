"""The whole way: config → grouping → plan → install → manifest; every step's value is the next one's input."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.config import overrides
from orchestrator.config.request import Request
from orchestrator.environments import ownership
from orchestrator.install import attribution
from orchestrator.limits.applies import limits_hit
from orchestrator.lock import FILE
from orchestrator.lock.file import replaced
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline import soundness
from orchestrator.pipeline.built_request import asks_for_what_is_built, recorded
from orchestrator.pipeline.converge import new_text, parted
from orchestrator.pipeline.environment_files import Beside
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.pipeline.local_sources import all_sources, local_pins, local_sources
from orchestrator.pipeline.ready import ready
from orchestrator.pipeline.same_outcome import graph_of, made_from, note, would_be_the_same
from orchestrator.plan.model import APPLICATION
from orchestrator.reports.graph.built import read
from orchestrator.reports.twice import twice
from orchestrator.state import freshness, generations
from orchestrator.state.absence import platform_here
from orchestrator.state.record import read_record, write_record
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.files import replace_folder
from orchestrator.system.names import OVERRIDES
from orchestrator.system.paths import relative_nearby
from orchestrator.system.source_state import digest
from orchestrator.uv import interpreter as interpreters
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.install.advice import Advised
    from orchestrator.limits.model import LimitHit
    from orchestrator.native.model import Separated
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.reports.twice import Twice
    from orchestrator.resolution.outcome import Setback
    from orchestrator.state.documents import AskedFor, GraphDocument, Record, RecordedInputs
    from orchestrator.system.console import Reporter


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
    separated: tuple[Separated, ...] = ()
    """Environments whose native libraries were given names of their own."""
    hidden: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Import names of several direct requirements: that of the first is what the application sees."""
    beside: Beside = field(default_factory=Beside)
    """Commands and data files of isolated environments, as they are found in the application's."""


def build(pyproject: Path, reporter: Reporter, request: Request | None = None) -> Built:
    """Bring the environments of the project of *pyproject* into step with it, and its lock with both.

    What was running before keeps running until the new environments are complete; then the application
    environment, which holds the import map, is put in place in one step.

    :param request: what the command line asks for; a plain build without it.
    :raises MvenvError: if it cannot be done; nothing that was there has changed then.
    """
    started = time.monotonic()
    request = request or Request()
    root = pyproject.parent
    with (
        one_build_at_a_time(root, reporter),
        reporter.progress(),
        network_use(request),
        builds_told_to(reporter),
    ):
        record = read_record(root)
        damaged = soundness.unsound(root, record)
        if (
            record
            and not damaged
            and freshness.is_fresh(root, record)
            and asks_for_what_is_built(request, record["request"])
        ):
            built = _kept(root, record)
        else:
            ownership.check(root)
            for each in damaged:
                reporter.warn(each.message(root))
            housing = soundness.housing(root, record, damaged, request.reinstall)
            inputs = replace(read_inputs(pyproject, request, record), housing=housing)
            built = _brought_into_step(inputs, reporter)
    return replace(built, seconds=time.monotonic() - started)


def _kept(root: Path, record: Record) -> Built:
    ownership.sweep(root, _in_use(root, record))  # a build that was killed after its commit could not
    return Built(record["graph"], was_fresh=True)


def _in_use(root: Path, record: Record | None) -> set[Path]:
    """Return the isolated environments that programs may be running from."""
    return generations.kept(root) | {root / path for path in (record["environments"] if record else ())}


def _brought_into_step(inputs: BuildInputs, reporter: Reporter) -> Built:
    root, record = inputs.project.root, inputs.record
    if record is not None and would_be_the_same(inputs):
        note(root, record, _asked(inputs, freshness.inputs_now(root, all_sources(inputs.project, record))))
        return _kept(root, record)
    there = ownership.environments(root)
    try:
        return _replaced(inputs, reporter)
    except BaseException:  # Control-C included: nothing unfinished stays behind
        # A signal may have come when everything was in place already; what the record on disk says is in use then.
        ownership.sweep(root, _in_use(root, read_record(root)).union(there))
        raise


def _asked(inputs: BuildInputs, now: RecordedInputs) -> AskedFor:
    """Return what the record of a build says of what was asked for."""
    return {
        "inputs": now,
        "python_request": interpreters.request(inputs.project.python),
        "request": recorded(inputs),
    }


def _replaced(inputs: BuildInputs, reporter: Reporter) -> Built:
    """Make the new environments and put them in the place of those of the last build."""
    root, project, interpreter = inputs.project.root, inputs.project, inputs.interpreter
    now = freshness.inputs_now(root, local_sources(project))
    made = ready(inputs, _in_use(root, inputs.record), reporter)
    lock_text = new_text(inputs, made.resolved)
    if lock_text is not None:
        now["files"][FILE] = digest(lock_text.encode())
    if inputs.overrides_file.changed_root:
        now["files"][OVERRIDES] = digest(inputs.overrides_file.text.encode())
    converged, separation = made.converged, made.separation
    plan, knowledge, staged, view = converged.plan, converged.knowledge, converged.staged, converged.view
    now["sources"] = {**freshness.inputs_now(root, local_pins(plan, root))["sources"], **now["sources"]}
    graph = graph_of(inputs, plan, view, staged.folders())
    write_record(
        staged.application.folder,
        {
            "content": staged.application.content,
            "environments": [relative_nearby(site.lives_at, root) for site in staged.environments],
            "graph": graph,
            "knowledge": remember(knowledge),
            "native": separation.noted(APPLICATION).model_dump(),
            "made_from": made_from(inputs, plan, knowledge, graph),
            "platform": platform_here(),
            "seal": soundness.seal_environments(staged, interpreter),
            "overrides": overrides.recorded(inputs.overrides_file, interpreter.library),
            **_asked(inputs, now),
        },
    )
    known = inputs.record and inputs.record["overrides"]
    with replaced(root, lock_text), overrides.written_back(root, known):
        replace_folder(staged.application.folder, staged.application.lives_at)
    ownership.sweep(root, [site.lives_at for site in staged.environments])
    asked = {name for group in converged.groups.groups for name in group.direct}
    apart = tuple(
        f"`{each.name}` extends `{each.host}`, and they are in different environments, "
        f"where {each.host} does not see it"
        + (
            f'; if they can be together, say so: `together = [["{each.host}", "{each.name}"]]`'
            # `together` takes direct requirements, and cures no conflict.
            if {each.name, each.host} <= asked
            and not converged.groups.are_in_conflict({each.name, each.host})
            else ""
        )
        for each in parted(converged.groups, knowledge.kin)
    )
    untold = (attribution.warning(made.obstacle),) if made.obstacle else ()
    return Built(
        graph,
        failures=made.failures,
        warnings=(*apart, *untold, *made.aliases.warnings, *separation.warnings),
        setbacks=converged.groups.setbacks,
        limits=limits_hit(plan, ".".join(map(str, interpreter.version))),
        twice=twice(read(graph, remember(knowledge))),
        separated=separation.done,
        hidden=view.hidden,
        beside=made.beside,
    )
