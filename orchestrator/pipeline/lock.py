"""``mvenv lock``: resolving without installing."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.config.overrides import written_back
from orchestrator.lock import FILE
from orchestrator.lock.hashes import without
from orchestrator.lock.several import with_others
from orchestrator.lock.text import to_text
from orchestrator.pipeline import elsewhere
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.converge import hashes_of, new_lock
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.pipeline.unmet import unmet_overrides
from orchestrator.state.record import read_record
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.files import write_text
from orchestrator.system.interruption import held
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.request import Request
    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Knowledge
    from orchestrator.resolution.outcome import Groups
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Locked:
    """What locking has come to."""

    groups: Groups | None
    """None where only a check was asked for, and a resolution would be needed to know."""
    changes: tuple[str, ...]
    """Why the lock changes (or would), a line each; nothing if it stays as it is."""
    seconds: float
    others: tuple[Lock, ...] = ()
    """The answers for other environments, unless only a check was asked for."""


def lock_project(pyproject: Path, reporter: Reporter, request: Request, *, check: bool = False) -> Locked:
    """Bring the lock of the project of *pyproject* up to date.

    A lock that is up to date stays, whatever the index has to offer by now, unless *request* upgrades or the search
    for its groups was cut short.

    :param check: only say whether that would change it.
    :raises MvenvError: if there is no answer; the lock has not changed then.
    """
    started = time.monotonic()
    root = pyproject.parent
    with (
        # Who only checks writes nothing, perhaps cannot, and sees each file in its old state or its new one.
        nullcontext() if check else one_build_at_a_time(root, reporter),
        reporter.progress(),
        network_use(request),
        builds_told_to(reporter),
    ):
        inputs = read_inputs(pyproject, request, read_record(root))
        reasons = (*_reasons(inputs), *elsewhere.reasons(inputs))
        if check and (reasons or inputs.answer is not None):
            return Locked(inputs.answer, reasons or _lacking(inputs), time.monotonic() - started)
        knowledge = inputs.knowledge()
        groups, own = _own(inputs, knowledge, reporter)
        reasons = reasons or (_lacking(inputs) if groups is inputs.answer else ())
        others = elsewhere.found_elsewhere(inputs, own, knowledge, reporter, anew=True)
        lock = with_others(own, others)
        if lock == inputs.lock:
            return Locked(groups, (), time.monotonic() - started, others)
        if not check:
            # The lock is of what both copies of the overrides come to; the one that is committed has to say it.
            text = to_text(lock, root)
            with held(), written_back(root, inputs.record and inputs.record["overrides"]):
                write_text(root / FILE, text)
    reasons = reasons or ("other versions are to be had",)
    return Locked(groups, reasons, time.monotonic() - started, others)


def _own(inputs: BuildInputs, knowledge: Knowledge, reporter: Reporter) -> tuple[Groups, Lock]:
    """Return the answer for the environment at hand: the lock's if it holds and is proved, with all its hashes."""
    lock = inputs.lock
    if lock is not None and inputs.answer is not None and inputs.answer.proved:
        return inputs.answer, replace(lock, hashes=_with_all(inputs, lock), others=())
    groups = resolve(inputs, knowledge, reporter, anew=True)
    for sentence in unmet_overrides(inputs, groups):
        reporter.warn(sentence)
    return groups, new_lock(inputs, groups, knowledge, hashes_of(inputs, groups))


def _with_all(inputs: BuildInputs, lock: Lock) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the hashes of a lock that holds, with what it does not say of the files of its pins."""
    return hashes_of(inputs, lock.groups) if without(lock.groups, lock.hashes) else lock.hashes


def _lacking(inputs: BuildInputs) -> tuple[str, ...]:
    """Say which releases of a lock that holds have no hashes, and are to have some."""
    assert inputs.lock is not None
    added = _with_all(inputs, inputs.lock).keys() - inputs.lock.hashes.keys()
    return tuple(f"`{name} {version}` had no hashes" for name, version in sorted(added))


def _reasons(inputs: BuildInputs) -> tuple[str, ...]:
    return (f"there is no `{FILE}`",) if inputs.lock is None else inputs.outdated
