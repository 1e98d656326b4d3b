"""Putting what a build has made in the place of the last build, together with its lock; and noting what its trial says.

A trial imports what was installed, which may take minutes or never end. So the environments are in place before it,
with a record that knows nothing of imports: whatever ends the process then, the next build tries what is there.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config import overrides
from orchestrator.environments.making import keep as keep_what_was_made
from orchestrator.environments.replacing import put_in_place
from orchestrator.lock import FILE
from orchestrator.lock.file import replaced
from orchestrator.manifest.remembered import remember
from orchestrator.pipeline import soundness
from orchestrator.pipeline.built_request import recorded
from orchestrator.pipeline.converge import lock_text
from orchestrator.pipeline.local_sources import installed_from
from orchestrator.pipeline.same_outcome import graph_of, made_from
from orchestrator.plan.model import APPLICATION
from orchestrator.state.record import write_record
from orchestrator.system import interruption, pending
from orchestrator.system.durability import bring_name_to_disk, bring_to_disk
from orchestrator.system.interruption import held
from orchestrator.system.names import OVERRIDES
from orchestrator.system.paths import relative_nearby
from orchestrator.system.platforms import platform_here
from orchestrator.system.source_state import digest
from orchestrator.uv import interpreter as interpreters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.ready import Ready
    from orchestrator.pipeline.trial import Trial
    from orchestrator.state.documents import AskedFor, Record, RecordedInputs

DONE = "the new build is in place"
UNTRIED = f"{DONE}, and its imports have not been tried; the next `mvenv build` does so"


@dataclass(frozen=True, slots=True)
class Committed:
    """What is in place."""

    ready: Ready
    """Where it is now."""
    record: Record
    others: tuple[Lock, ...] = ()
    """The lock's answers for other environments."""


def asked(inputs: BuildInputs, now: RecordedInputs) -> AskedFor:
    """Return what the record of a build says of what was asked for."""
    return {
        "inputs": now,
        "python_request": interpreters.request(inputs.project.python),
        "request": recorded(inputs),
    }


def commit(
    inputs: BuildInputs,
    ready: Ready,
    now: RecordedInputs,
    others: tuple[Lock, ...],
    trial: Trial | None = None,
    *,
    again: bool = False,
) -> Committed:
    """Put what is *ready* in place; before that everything is as it was, and after it as it is going to be.

    :param now: what the build depends on, from before it began.
    :param others: the lock's answers for other environments, from now on.
    :param trial: what came of trying it; None if that has not been done.
    :param again: whether this build has put something else in place already.
    """
    root = inputs.project.root
    converged, staged = ready.converged, ready.staged
    text = lock_text(inputs, ready.resolved, others, anyway=again)
    if text is not None:
        now["files"][FILE] = digest(text.encode())
    if inputs.overrides_file.changed_root:
        now["files"][OVERRIDES] = digest(inputs.overrides_file.text.encode())
    sources = installed_from(inputs.project, now["sources"], converged.sources)
    record = _record(inputs, ready, {**now, "sources": sources})
    if trial is not None:
        record["imports"] = trial.imports
    write_record(staged.application.folder, record)
    known = inputs.record and inputs.record["overrides"]

    @contextmanager
    def moment() -> Iterator[None]:
        with held():
            with pending.written(), replaced(root, text), overrides.written_back(root, known):
                yield
            keep_what_was_made()
            interruption.if_ended_now(UNTRIED if trial is None else DONE)

    bring_to_disk(root, *(site.folder for site in staged.everywhere()))
    put_in_place(staged.application.folder, staged.application.lives_at, moment)
    bring_name_to_disk(staged.application.lives_at)
    return Committed(ready.in_place(), record, others)


def note_trial(committed: Committed, trial: Trial) -> None:
    """Note what came of trying what is in place, and what the environments hold now: imports can write files."""
    staged, record = committed.ready.staged, committed.record
    with held():
        soundness.seal_again(staged, record)
        record["imports"] = trial.imports
        write_record(staged.application.folder, record)
        interruption.if_ended_now(DONE)


def _record(inputs: BuildInputs, ready: Ready, now: RecordedInputs) -> Record:
    root, interpreter = inputs.project.root, inputs.interpreter
    converged, staged = ready.converged, ready.staged
    plan, knowledge = converged.plan, converged.knowledge
    graph = graph_of(inputs, plan, converged.view, staged.folders())
    told = asked(inputs, now)
    return {
        "content": staged.application.content,
        "environments": [relative_nearby(site.lives_at, root) for site in staged.environments],
        "graph": graph,
        "knowledge": remember(knowledge),
        "native": ready.separation.noted(APPLICATION).model_dump(),
        "made_from": made_from(inputs, converged.groups, plan, knowledge, graph),
        "platform": platform_here(),
        "seal": soundness.seal_environments(staged, interpreter),
        "overrides": overrides.recorded(inputs.overrides_file, interpreter.library),
        "inputs": told["inputs"],
        "python_request": told["python_request"],
        "request": told["request"],
    }
