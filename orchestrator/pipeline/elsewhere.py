"""The other environments that a lock is for: which they are, whether it has their answers, and finding those."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.config.platforms import LOCKED, NAMED
from orchestrator.config.request import LockUse
from orchestrator.config.requirements import applicable
from orchestrator.config.selection import all_requirements
from orchestrator.errors import MvenvError
from orchestrator.lock import FILE, hashes
from orchestrator.lock.inputs import describe, differences, local_folders
from orchestrator.lock.several import answers, made_for, shown, with_others
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.converge import hashes_of, meeting, new_lock
from orchestrator.plan.model import Knowledge
from orchestrator.uv.elsewhere import check_can_be_asked_here, elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.config.platforms import Platform
    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.resolution.outcome import Groups
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter


def reasons(inputs: BuildInputs) -> tuple[str, ...]:
    """Return why the lock is not what it has to be elsewhere, a line each; nothing if it is."""
    if not inputs.project.environments:
        others = () if inputs.lock is None else inputs.lock.others
        unlisted = (shown(*made_for(each)) for each in others)
        return tuple(f"no environment is listed any more, and `{each}` is locked" for each in unlisted)
    return tuple(
        f"{shown(*there.interpreter.made_for)}: {reason}"
        for there in _listed(inputs)
        for reason in _reasons(there)
    )


def brought_up_to_date(inputs: BuildInputs, reporter: Reporter) -> Lock | None:
    """Return the lock of which only this environment's answer may stay; None if all of it may, or has to."""
    if inputs.request.lock is not LockUse.UPDATE or not reasons(inputs):
        return None
    assert inputs.lock is not None
    return with_others(inputs.lock, found_elsewhere(inputs, inputs.lock, inputs.knowledge(), reporter))


def locked_ahead(
    inputs: BuildInputs, groups: Groups, knowledge: Knowledge, reporter: Reporter
) -> BuildInputs:
    """Return the same inputs with a lock that has the other answers: who has none is told before anything is installed.

    :param groups: of the environment at hand.
    :raises MvenvError: there is no answer for one of them.
    """
    own = new_lock(inputs, groups, knowledge, hashes_of(inputs, groups))
    lock = with_others(own, found_elsewhere(inputs, own, knowledge, reporter))
    done = replace(inputs.request, upgrade=False, upgrade_packages=frozenset())
    return replace(inputs, lock=lock, request=done)


def found_elsewhere(
    inputs: BuildInputs, own: Lock, knowledge: Knowledge, reporter: Reporter, *, anew: bool = False
) -> tuple[Lock, ...]:
    """Return the answers for the other environments: the lock's where they hold, else found now.

    :param own: the answer for the environment at hand, to which new ones are as near as can be.
    :param knowledge: what is known by now; who turns out to clash is parted elsewhere, too.
    :param anew: search again where a search was cut short.
    :raises MvenvError: there is no answer for one of them; it says for which.
    """
    found = []
    listed = _listed(inputs)
    for there in listed:
        locked = there.lock
        if locked is not None and _holds(there, locked, knowledge) and (locked.groups.proved or not anew):
            found.append(_taught(there, locked, own))
            continue
        check_can_be_asked_here(inputs.interpreter)
        with _for_environment(there):
            found.append(_found(there, own, knowledge, reporter))
    kept = _unlisted(inputs, {there.interpreter.made_for for there in listed})
    return (*found, *kept)


def _listed(inputs: BuildInputs) -> tuple[BuildInputs, ...]:
    """Return what is to be resolved for each listed environment but the one at hand; its answer in the lock's place."""
    here = inputs.interpreter
    locked = {} if inputs.lock is None else {made_for(each): each for each in answers(inputs.lock)}
    targets: dict[tuple[str, str], Interpreter] = {}
    for listed in inputs.project.environments:
        platforms: list[Platform | None] = [NAMED.get(listed.platform)]
        if not listed.platform:
            # Those on which somebody has locked: who is on another one must not take their answers away.
            platforms += [LOCKED.get(platform) for python, platform in locked if python == listed.python]
        for platform in platforms:
            target = elsewhere(here, listed.full_version, platform)
            targets.setdefault(target.made_for, target)
    targets.pop(here.made_for, None)
    return tuple(_inputs_for(target, inputs, locked.get(key)) for key, target in sorted(targets.items()))


def _inputs_for(target: Interpreter, inputs: BuildInputs, locked: Lock | None) -> BuildInputs:
    requirements = applicable(all_requirements(inputs.project), target.markers)
    folders = frozenset() if locked is None else local_folders(locked.groups)
    now = describe(inputs.project, requirements, target, inputs.overrides, folders)
    return replace(
        inputs,
        interpreter=target,
        requirements=requirements,
        lock=locked,
        lock_inputs=now,
        outdated=() if locked is None else differences(locked.inputs, now),
    )


def _reasons(there: BuildInputs) -> tuple[str, ...]:
    if there.lock is None:
        return (f"it is not in `{FILE}`",)
    lacking = hashes.without(there.lock.groups, there.lock.hashes)
    return (*there.outdated, *(f"`{release}` has no hashes" for release in lacking))


def _holds(there: BuildInputs, locked: Lock, knowledge: Knowledge) -> bool:
    return there.answer is not None and not _reasons(there) and not _is_refuted(locked, knowledge)


def _is_refuted(locked: Lock, knowledge: Knowledge) -> bool:
    """Whether installing has shown since that what is together cannot be."""
    return bool(meeting(locked.groups, knowledge.clashes - locked.knowledge.clashes))


def _taught(there: BuildInputs, locked: Lock, own: Lock) -> Lock:
    """Return the same answer, with what the one at hand knows of it: what its readers are told follows from that."""
    return new_lock(there, locked.groups, _joined(locked.knowledge, own.knowledge), locked.hashes)


def _joined(first: Knowledge, more: Knowledge) -> Knowledge:
    return Knowledge({**more.contents, **first.contents}, first.clashes | more.clashes, first.kin | more.kin)


def _found(there: BuildInputs, own: Lock, knowledge: Knowledge, reporter: Reporter) -> Lock:
    """Find the answer for an environment that need not be here: uv's metadata is all that this takes."""
    locked = there.lock or own
    known = _joined(locked.knowledge, knowledge)
    # What is to be upgraded need not be there: the names have been looked at where all are known.
    pinned = {name for group in locked.groups.groups for name in group.resolution.pins}
    upgraded = there.request.upgrade_packages & pinned
    there = replace(
        there,
        lock=locked,
        outdated=differences(locked.inputs, there.lock_inputs),
        request=replace(there.request, upgrade_packages=upgraded),
    )
    is_refuted = _is_refuted(locked, knowledge)
    groups = resolve(there, known, reporter, anew=is_refuted or not locked.groups.proved)
    _tell_of_sources(there, groups, reporter)
    return new_lock(there, groups, known, hashes_of(there, groups))


def _unlisted(inputs: BuildInputs, listed: set[tuple[str, str]]) -> list[Lock]:
    """Return the answers for environments that nobody lists and somebody works in, as long as they hold."""
    if inputs.lock is None or not inputs.project.environments:
        return []
    kept = []
    for each in answers(inputs.lock):
        python, platform = key = made_for(each)
        if key in listed or key == inputs.interpreter.made_for:
            continue
        if platform in LOCKED and python[-1].isdigit():  # others cannot be asked about from here
            target = elsewhere(inputs.interpreter, f"{python}.0", LOCKED[platform])
            if not _inputs_for(target, inputs, each).outdated:
                kept.append(each)
    return kept


def _tell_of_sources(there: BuildInputs, groups: Groups, reporter: Reporter) -> None:
    """Say what is chosen without a wheel there: its source is asked, and perhaps built, with the Python at hand."""
    taken = {
        (name, group.resolution.pins[name].version)
        for group in groups.groups
        for name in group.resolution.built
    }
    for name, version in sorted(taken):
        reporter.warn(
            f"`{name} {version}` has no wheel for `{shown(*there.interpreter.made_for)}`; "
            "what it requires there is what its source says here"
        )


@contextmanager
def _for_environment(there: BuildInputs) -> Iterator[None]:
    """Say for which environment there is an error."""
    try:
        yield
    except MvenvError as error:
        name = shown(*there.interpreter.made_for)
        error.causes = (f"for `{name}` of `[tool.mvenv] environments`", *error.causes)
        raise
