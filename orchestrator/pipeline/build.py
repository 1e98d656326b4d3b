"""The whole way: config → grouping → plan → install → manifest; every step's value is the next one's input."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.config import overrides
from orchestrator.config.request import LockUse, Request
from orchestrator.environments import ownership
from orchestrator.environments.making import keep as keep_what_was_made
from orchestrator.environments.making import removed_if_it_fails
from orchestrator.environments.replacing import put_in_place
from orchestrator.environments.sweeping import sweep
from orchestrator.install import attribution, project_itself, recorded_imports
from orchestrator.limits.applies import limits_hit
from orchestrator.lock import FILE
from orchestrator.lock.file import replaced
from orchestrator.lock.hashes import unhashed
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline import soundness
from orchestrator.pipeline.built_request import asks_for_what_is_built, recorded
from orchestrator.pipeline.converge import new_text, parted
from orchestrator.pipeline.environment_files import Beside
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.pipeline.local_sources import all_sources, local_pins, local_sources
from orchestrator.pipeline.ready import ready
from orchestrator.pipeline.same_outcome import graph_of, made_from, note, would_be_the_same
from orchestrator.pipeline.unmet import unmet
from orchestrator.plan.model import APPLICATION
from orchestrator.reports.bounds import behind, requirement_lines
from orchestrator.reports.changes import changes
from orchestrator.reports.graph.built import read
from orchestrator.reports.twice import twice
from orchestrator.state import freshness, generations, seal
from orchestrator.state.record import read_record, write_record
from orchestrator.system import interruption, pending, scratch
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.durability import bring_name_to_disk, bring_to_disk
from orchestrator.system.interruption import held
from orchestrator.system.names import OVERRIDES, SHIM
from orchestrator.system.paths import relative, relative_nearby
from orchestrator.system.platforms import platform_here
from orchestrator.system.source_state import digest
from orchestrator.uv import interpreter as interpreters
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from orchestrator.install.advice import Advised
    from orchestrator.limits.model import LimitHit
    from orchestrator.native.model import Separated
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.reports.bounds import Behind
    from orchestrator.reports.changes import Change
    from orchestrator.reports.twice import Twice
    from orchestrator.resolution.outcome import Setback
    from orchestrator.state.documents import AskedFor, GraphDocument, Record, RecordedInputs
    from orchestrator.system.console import Reporter

_DONE = "the new build is in place"


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
    record = read_record(root)
    if (
        record is not None
        and _is_done(root, record, request)
        and freshness.is_tidy(root, record["environments"])
        and seal.is_project_untouched(root, record)
    ):
        return replace(_as_it_is(record), seconds=time.monotonic() - started)
    ownership.check(root)
    with (
        one_build_at_a_time(root, reporter),
        reporter.progress(),
        network_use(request),
        builds_told_to(reporter),
    ):
        interruption.if_ended_now("what was there before is as it was")
        scratch.sweep()
        record = read_record(root)
        damaged = soundness.unsound(root, record)
        if _is_done(root, record, request) and not damaged:
            assert record is not None
            built = _kept(root, record, reporter)
        else:
            ownership.check(root)
            for each in damaged:
                reporter.warn(each.message(root))
            housing = soundness.housing(root, record, damaged, request.reinstall)
            inputs = replace(read_inputs(pyproject, request, record), housing=housing)
            built = _brought_into_step(inputs, reporter)
    return replace(built, seconds=time.monotonic() - started)


def _is_done(root: Path, record: Record | None, request: Request) -> bool:
    return (
        record is not None
        and not pending.is_any()
        and freshness.is_fresh(root, record)
        and asks_for_what_is_built(request, record["request"])
    )


def _kept(root: Path, record: Record, reporter: Reporter) -> Built:
    _swept(root, _in_use(root, record), reporter)  # a build that was killed after its commit could not
    return _as_it_is(record)


def _as_it_is(record: Record) -> Built:
    """Return the outcome of a build that has nothing to do; what could not be imported still cannot."""
    return Built(record["graph"], was_fresh=True, failures=recorded_imports.failed(record))


def _swept(root: Path, keep: Iterable[Path], reporter: Reporter) -> None:
    """Remove what nobody needs; the next build does so if this one is ended before."""
    for path in sweep(root, keep):
        reporter.warn(f"`{relative(path, root)}` is not needed any more, and cannot be removed")


def _in_use(root: Path, record: Record | None) -> set[Path]:
    """Return the isolated environments that programs may be running from."""
    return generations.kept(root) | {root / path for path in (record["environments"] if record else ())}


def _brought_into_step(inputs: BuildInputs, reporter: Reporter) -> Built:
    root, record = inputs.project.root, inputs.record
    if record is not None and would_be_the_same(inputs):
        now = freshness.inputs_now(root, all_sources(inputs.project, record), pending.text_of)
        now["files"] = dict(inputs.files)
        with held(), pending.written():
            note(root, record, _asked(inputs, now))
            interruption.if_ended_now(_DONE)
        return _kept(root, record, reporter)
    with removed_if_it_fails():
        built, in_use = _replaced(inputs, reporter)
    _swept(root, in_use, reporter)
    return built


def _asked(inputs: BuildInputs, now: RecordedInputs) -> AskedFor:
    """Return what the record of a build says of what was asked for."""
    return {
        "inputs": now,
        "python_request": interpreters.request(inputs.project.python),
        "request": recorded(inputs),
    }


def _replaced(inputs: BuildInputs, reporter: Reporter) -> tuple[Built, list[Path]]:
    """Make the new environments and put them in the place of those of the last build; return which are in use now."""
    root, project, interpreter = inputs.project.root, inputs.project, inputs.interpreter
    now = freshness.inputs_now(root, local_sources(project), pending.text_of)
    now["files"] = dict(inputs.files)
    made = ready(inputs, _in_use(root, inputs.record), reporter)
    not_installed: tuple[str, ...] = ()
    if inputs.takes_itself:
        reporter.stage(f"Installing {project.name}")
        not_installed = project_itself.install(made.converged.staged.application, interpreter, project)
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
            "made_from": made_from(inputs, converged.groups, plan, knowledge, graph),
            "imports": made.imports,
            "platform": platform_here(),
            "seal": soundness.seal_environments(staged, interpreter),
            "overrides": overrides.recorded(inputs.overrides_file, interpreter.library),
            **_asked(inputs, now),
        },
    )
    known = inputs.record and inputs.record["overrides"]

    @contextmanager
    def commit() -> Iterator[None]:
        """Whatever comes before this leaves the old state, whatever comes after it the new one."""
        with held():
            with pending.written(), replaced(root, lock_text), overrides.written_back(root, known):
                yield
            keep_what_was_made()
            interruption.if_ended_now(_DONE)

    bring_to_disk(root, *(site.folder for site in staged.everywhere()))
    put_in_place(staged.application.folder, staged.application.lives_at, commit)
    bring_name_to_disk(staged.application.lives_at)
    asked = {name for group in converged.chosen.groups for name in group.direct}
    apart = tuple(
        f"`{each.name}` extends `{each.host}`, and they are in different environments, "
        f"where {each.host} does not see it"
        + (
            f'; if they can be together, say so: `together = [["{each.host}", "{each.name}"]]`'
            # `together` takes direct requirements, and cures no conflict.
            if {each.name, each.host} <= asked
            and not converged.chosen.are_in_conflict({each.name, each.host})
            else ""
        )
        for each in parted(converged.chosen, knowledge.kin)
    )
    replaced_by_ours = tuple(
        f"`{name}` has a module `{SHIM}`, in whose place is mvenv's own: in this project nobody can import it"
        for name, pin in plan.application.pins.items()
        if plan.is_divided and SHIM in knowledge.contents[name, pin.version].tops
    )
    untold = (attribution.warning(made.obstacle),) if made.obstacle else ()
    left = tuple(
        f"`{name}` leaves a process running when it is imported; the one of the build was ended"
        for name in made.left_behind
    )
    there = read(graph, remember(knowledge))
    built = Built(
        graph,
        failures=made.failures,
        warnings=(
            *not_installed,
            *unmet(inputs, converged.groups),
            *apart,
            *replaced_by_ours,
            *untold,
            *left,
            *made.aliases.warnings,
            *separation.warnings,
        ),
        setbacks=converged.chosen.setbacks,
        limits=limits_hit(plan, ".".join(map(str, interpreter.version))),
        twice=twice(there),
        behind=behind(there, lambda: requirement_lines(there, root, interpreter.markers)),
        itself=project.name if inputs.takes_itself and not not_installed else "",
        changes=() if inputs.record is None else changes(inputs.record["graph"], graph),
        separated=separation.done,
        hidden=view.hidden,
        beside=made.beside,
        unverified=()
        if inputs.request.lock is LockUse.UPDATE
        else unhashed(converged.chosen, converged.hashes),
    )
    return built, [site.lives_at for site in staged.environments]
