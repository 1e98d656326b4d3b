"""The whole way: config → grouping → plan → install → manifest; every step's value is the next one's input."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.config.request import LockUse, Request
from orchestrator.environments import ownership
from orchestrator.environments.making import removed_if_it_fails
from orchestrator.environments.sweeping import sweep
from orchestrator.lock import FILE
from orchestrator.lock.file import replaced
from orchestrator.lock.text import to_text
from orchestrator.pipeline import finished_builds, soundness
from orchestrator.pipeline.alternatives import Candidate, better
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.built_request import asks_for_what_is_built
from orchestrator.pipeline.commit import DONE, UNTRIED, Committed, asked, commit, note_trial
from orchestrator.pipeline.converge import own_answer
from orchestrator.pipeline.cures import with_cures
from orchestrator.pipeline.elsewhere import brought_up_to_date, found_elsewhere, locked_ahead
from orchestrator.pipeline.inputs import is_to_be_tried, read_inputs
from orchestrator.pipeline.local_sources import all_sources
from orchestrator.pipeline.outcome import Built, as_it_is, outcome
from orchestrator.pipeline.ready import make_ready
from orchestrator.pipeline.same_outcome import in_place, note
from orchestrator.pipeline.trial import Trial, tried
from orchestrator.state import freshness, generations, seal
from orchestrator.state.record import read_record
from orchestrator.system import interruption, pending, scratch
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.interruption import held
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.paths import relative
from orchestrator.system.source_state import digest
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.state.documents import Record, RecordedInputs
    from orchestrator.system.console import Reporter


def build(pyproject: Path, reporter: Reporter, request: Request | None = None) -> Built:
    """Bring the environments of the project of *pyproject* into step with it, and its lock with both.

    What was running before keeps running until the new environments are complete; then the application
    environment, which holds the import map, is put in place in one step. What was installed is tried after that.

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
        return replace(as_it_is(record), seconds=time.monotonic() - started)
    ownership.check(root, replaces=request.replace)
    is_replaced = ownership.is_foreign_environment(root)
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
            ownership.check(root, replaces=request.replace)
            for each in damaged:
                reporter.warn(each.message(root))
            housing = soundness.housing(root, record, damaged, request.reinstall)
            inputs = replace(read_inputs(pyproject, request, record), housing=housing)
            latest = finished_builds.taken(inputs, reporter)
            built = _brought_into_step(latest, reporter, is_taken=latest.record is not inputs.record)
    if is_replaced:
        reporter.say(f"Replaced `{APPLICATION_FOLDER}`, which mvenv did not make")
    return replace(built, seconds=time.monotonic() - started)


def _is_done(root: Path, record: Record | None, request: Request) -> bool:
    return (
        record is not None
        and not pending.is_any()
        and freshness.is_fresh(root, record)
        and not is_to_be_tried(request, record)
        and asks_for_what_is_built(request, record["request"])
    )


def _kept(root: Path, record: Record, reporter: Reporter) -> Built:
    _swept(root, _in_use(root, record), reporter)  # a build that was killed after its commit could not
    return as_it_is(record)


def _swept(root: Path, keep: Iterable[Path], reporter: Reporter) -> None:
    """Remove what nobody needs; the next build does so if this one is ended before."""
    for path in sweep(root, keep):
        reporter.warn(f"`{relative(path, root)}` is not needed any more, and cannot be removed")


def _in_use(root: Path, record: Record | None) -> set[Path]:
    """Return the isolated environments that programs may be running from."""
    return generations.kept(root) | {root / path for path in (record["environments"] if record else ())}


def _brought_into_step(inputs: BuildInputs, reporter: Reporter, *, is_taken: bool) -> Built:
    """Build, or find that there is nothing to do.

    :param is_taken: whether the last build was made elsewhere: what there is to say of it has not been said here.
    """
    root, record = inputs.project.root, inputs.record
    # Before anything of it is read: what is saved later is a change.
    now = freshness.inputs_now(root, all_sources(inputs.project, record), pending.text_of)
    now["files"] = dict(inputs.files)
    there = in_place(inputs)
    if record is None or there is None:
        return _made(inputs, partial(_replaced, inputs, now, reporter), reporter)
    lock = brought_up_to_date(inputs, reporter)
    text = None if lock is None else to_text(lock, root)
    if text is not None:
        now["files"][FILE] = digest(text.encode())
    record = {**record, **asked(inputs, now)}
    with held(), pending.written(), replaced(root, text):
        note(root, record)
        interruption.if_ended_now(UNTRIED if inputs.is_to_be_tried else DONE)
    if text is not None:
        reporter.say(f"Wrote {FILE}")
    if not inputs.is_to_be_tried:
        kept = _kept(root, record, reporter)
        return outcome(inputs, there, Trial(imports=None), record["graph"]) if is_taken else kept
    locked = lock or inputs.lock
    others = () if locked is None else locked.others
    placed = Committed(there, record, others)
    return _made(inputs, partial(_tried, inputs, placed, now, reporter), reporter)


def _made(inputs: BuildInputs, make: Callable[[], tuple[Built, list[Path]]], reporter: Reporter) -> Built:
    """Make what is to be made, put things in order after it, and keep it for builds elsewhere."""
    root = inputs.project.root
    try:
        with removed_if_it_fails():
            built, in_use = make()
    except BaseException:
        with held():
            ownership.remove_empty_modules(root)
        raise
    _swept(root, in_use, reporter)
    is_worth_repeating = not (built.warnings or built.failures)
    finished_builds.kept(root, inputs.interpreter, reporter, is_worth_repeating=is_worth_repeating)
    return built


def _replaced(inputs: BuildInputs, now: RecordedInputs, reporter: Reporter) -> tuple[Built, list[Path]]:
    """Make new environments and put them in the place of those of the last build; return which are in use then."""
    knowledge, groups, locked = inputs.knowledge(), None, inputs
    is_for_several = inputs.request.lock is LockUse.UPDATE and bool(inputs.project.environments)
    if is_for_several:
        groups = resolve(inputs, knowledge, reporter)
        locked = locked_ahead(inputs, groups, knowledge, reporter)
    ready = make_ready(inputs, knowledge, _in_use(inputs.project.root, inputs.record), reporter, groups)
    others: tuple[Lock, ...] = ()
    if is_for_several:  # what installing has taught may part some of them
        others = found_elsewhere(
            locked, own_answer(inputs, ready.resolved), ready.resolved.knowledge, reporter
        )
    placed = commit(inputs, ready, now, others)
    _swept(inputs.project.root, (site.lives_at for site in placed.ready.staged.environments), reporter)
    return _tried(inputs, placed, now, reporter)


def _tried(
    inputs: BuildInputs, placed: Committed, now: RecordedInputs, reporter: Reporter
) -> tuple[Built, list[Path]]:
    """Try what is in place, and put in its place what works better; return which environments are in use then."""
    trial = tried(inputs, placed.ready, reporter, together=not inputs.is_lock_tried)
    in_use = _in_use(inputs.project.root, inputs.record)
    in_use.update(site.folder for site in placed.ready.staged.everywhere())
    other = better(Candidate(placed.ready, trial), inputs, in_use, reporter)
    if other is None:
        note_trial(placed, trial)
    else:
        trial = other.trial
        placed = commit(inputs, other.ready, now, placed.others, trial, again=True)
    if trial.failures:
        names = ", ".join(f"`{each.failure.requirement}`" for each in trial.failures)
        interruption.if_ended_now(
            f"{DONE}; {names} cannot be imported, and the next `mvenv build` looks for what helps"
        )
        trial = with_cures(inputs, placed.ready, trial, reporter)
        note_trial(placed, trial)
    built = outcome(inputs, placed.ready, trial, placed.record["graph"])
    return built, [site.lives_at for site in placed.ready.staged.environments]
