"""Before anything is resolved: the project, its Python, what is asked of it, and whether its lock answers that."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestrator.config.disjoint import check_disjoint
from orchestrator.config.location import show_path
from orchestrator.config.overrides import NOTHING, MergedOverrides, merge_by_record
from orchestrator.config.project import load_project
from orchestrator.config.request import LockUse
from orchestrator.config.requirements import applicable
from orchestrator.config.selection import PROJECT, all_requirements, selected, selected_sections
from orchestrator.environments.site import Housing
from orchestrator.errors import ConfigError
from orchestrator.grouping import Deadline
from orchestrator.lock import FILE, file, hashes
from orchestrator.lock.error import LockError
from orchestrator.lock.inputs import describe, differences, local_folders, same_platform
from orchestrator.lock.several import answers, for_environment, made_for, shown
from orchestrator.manifest.remembered import remembered
from orchestrator.plan.model import Knowledge
from orchestrator.resolution.resolvers import Resolvers
from orchestrator.resolution.subset import Subsets
from orchestrator.state.freshness import inputs_now, is_uncured, is_untried
from orchestrator.system import pending
from orchestrator.uv import interpreter as interpreters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.config.request import Request
    from orchestrator.lock.model import Lock, LockInputs
    from orchestrator.resolution.outcome import Groups
    from orchestrator.state.documents import Record
    from orchestrator.uv.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class BuildInputs:
    """A project that is about to be built or locked."""

    project: Project
    """With a frozen lock: its settings are the lock's."""
    interpreter: Interpreter
    requirements: tuple[DirectRequirement, ...]
    """Those of all sections that apply to the interpreter; with a frozen lock, the lock's."""
    sections: frozenset[str]
    """Those that are selected, and so installed (:mod:`orchestrator.config.selection`)."""
    overrides: dict[str, Any]
    request: Request
    lock_inputs: LockInputs
    """What the project asks for today, whatever the lock says."""
    lock: Lock | None
    """The answer for the interpreter, or the nearest to it; the others are beside it."""
    outdated: tuple[str, ...] = ()
    """In which points the lock is not what the project asks for."""
    record: Record | None = None
    """What the last build has left."""
    overrides_file: MergedOverrides = field(
        default_factory=lambda: MergedOverrides({}, NOTHING, changed_root=False)
    )
    """Where `overrides` is from: the project's file and its copy."""
    housing: Housing = field(default_factory=Housing)
    """Which environments are to be made anew, and where."""
    files: dict[str, str] = field(default_factory=dict)
    """Digests of the project's files from before they were read: what is saved later is a change."""
    subsets: Subsets = field(default_factory=Subsets, compare=False, repr=False)
    """What is known of parts of the project."""
    resolvers: Resolvers = field(default_factory=Resolvers, compare=False, repr=False)
    """What has been answered for this command."""

    @property
    def answer(self) -> Groups | None:
        """What the lock says, if that is to be built; None if there is something to resolve."""
        if self.lock is None or self.request.upgrade or self.request.upgrade_packages:
            return None
        return self.lock.groups if not self.outdated or self.is_frozen else None

    @property
    def is_untried(self) -> bool:
        """Whether the last build was ended before it had imported what it installed."""
        return self.record is not None and is_untried(self.record)

    @property
    def is_to_be_tried(self) -> bool:
        """Whether what the last build has put in place is to be imported, by this one that would make the same."""
        return self.record is not None and is_to_be_tried(self.request, self.record)

    @property
    def is_lock_tried(self) -> bool:
        """Whether the build that has made the lock has installed all that is in it, and so has tried it."""
        return (
            self.answer is not None
            and self.lock is not None
            and not self.is_untried
            and all(
                (name, pin.version) in self.lock.knowledge.contents
                for group in self.of_selected(self.answer, self.lock.knowledge).groups
                for name, pin in group.resolution.pins.items()
            )
        )

    @property
    def selected(self) -> tuple[DirectRequirement, ...]:
        """Those of the requirements that are installed."""
        return selected(self.requirements, self.sections)

    @property
    def direct(self) -> tuple[str, ...]:
        """Canonical names of what of it the application requires under its own name."""
        return own_names(self.selected)

    @property
    def takes_itself(self) -> bool:
        """Whether the project itself is installed."""
        return bool(self.project.package) and PROJECT in self.sections

    def of_selected(self, groups: Groups, knowledge: Knowledge) -> Groups:
        """Return what the selected requirements need of the groups of all."""
        deadline = Deadline(self.request.solve_timeout, time.monotonic)
        return self.subsets.of(groups, self.selected, self.sections, knowledge.clashes, deadline)

    @property
    def is_frozen(self) -> bool:
        """Whether the lock counts and pyproject.toml does not."""
        return self.request.lock is LockUse.FROZEN

    def knowledge(self) -> Knowledge:
        """Return what earlier installations taught, here or where the lock was made."""
        known = remembered(self.record)
        if self.lock is None:
            return known
        told = (*self.lock.others, self.lock)
        contents = {
            **known.contents,
            **{key: held for each in told for key, held in each.knowledge.contents.items()},
        }
        # A build from the lock is to be the same everywhere: clashes that only this machine has met would change it.
        clashes = self.lock.knowledge.clashes
        kin = self.lock.knowledge.kin
        if self.answer is None:
            clashes, kin = clashes | known.clashes, kin | known.kin
        return Knowledge(contents, clashes, kin)

    def lock_inputs_for(self, groups: Groups) -> LockInputs:
        """Return what decides the answer, now that it is known from which local projects it installs."""
        if groups is self.answer:
            assert self.lock is not None
            return self.lock.inputs
        return describe(
            self.project, self.requirements, self.interpreter, self.overrides, local_folders(groups)
        )


def is_to_be_tried(request: Request, record: Record) -> bool:
    """Whether imports are to be tried (again), and cures to be looked for, although nothing else is to be done."""
    if request.try_again or (request.check and is_untried(record)):
        return True
    return request.check and request.lock is LockUse.UPDATE and is_uncured(record)


def own_names(requirements: Iterable[DirectRequirement]) -> tuple[str, ...]:
    """Return the canonical names of those requirements that are no aliases."""
    return tuple(requirement.name for requirement in requirements if not requirement.alias)


def read_inputs(pyproject: Path, request: Request, record: Record | None) -> BuildInputs:
    """Read everything that decides what a build makes.

    :param record: what the last build has left.
    :raises ConfigError: pyproject.toml, the overrides or the Python are not as they have to be.
    :raises LockError: the lock cannot be read, or *request* insists on one that is missing or out of date.
    """
    root = pyproject.parent
    files = inputs_now(root, {}, pending.text_of)["files"]
    project = load_project(pyproject)
    overrides_file = merge_by_record(root, record and record["overrides"])
    overrides = overrides_file.data
    interpreter = interpreters.find(root, project.python)
    interpreters.check(interpreter, project)
    lock = file.read(root)
    lock = lock and for_environment(lock, *interpreter.made_for)
    frozen = request.lock is LockUse.FROZEN
    try:
        requirements = applicable(all_requirements(project), interpreter.markers)
        sections = _sections(project, request)
        check_disjoint(selected(requirements, sections), project)
    except ConfigError:
        if not frozen:
            raise
        requirements, sections = (), frozenset()
    folders = frozenset() if lock is None else local_folders(lock.groups)
    lock_inputs = describe(project, requirements, interpreter, overrides, folders)
    outdated = () if lock is None else differences(lock.inputs, lock_inputs)
    inputs = BuildInputs(
        project,
        interpreter,
        requirements,
        sections,
        overrides,
        request,
        lock_inputs,
        lock,
        outdated,
        record,
        overrides_file,
        files=files,
    )
    if request.lock is not LockUse.UPDATE:
        _insist(inputs)
    return _as_locked(inputs) if frozen else inputs


def _sections(project: Project, request: Request) -> frozenset[str]:
    return selected_sections(
        request.selection,
        project.groups,
        project.extras,
        project.default_groups,
        show_path(project.pyproject),
    )


def _insist(inputs: BuildInputs) -> None:
    if inputs.lock is None:
        raise LockError(
            f"there is no `{FILE}`",
            causes=(str(inputs.project.root / FILE),),
            hints=("run `mvenv lock` (or `mvenv build`), and commit the file",),
        )
    hints = (f"run `mvenv lock` (or `mvenv build`), and commit `{FILE}`",)
    if inputs.lock.others and not same_platform(inputs.lock.inputs, inputs.lock_inputs):
        raise _not_locked(inputs.lock, inputs.lock_inputs)
    if not inputs.is_frozen:
        if inputs.outdated:
            raise LockError(f"`{FILE}` is not what the project asks for", causes=inputs.outdated, hints=hints)
        _insist_on_hashes(inputs.lock)
        return
    locked, now = inputs.lock.inputs, inputs.lock_inputs
    if not same_platform(locked, now):
        unlike = replace(locked, python=now.python, platform=now.platform)
        raise LockError(f"`{FILE}` is for something else", causes=differences(locked, unlike), hints=hints)
    if not locked.tells_sections:
        raise LockError(
            f"`{FILE}` does not say which of its requirements are of which dependency group",
            causes=("an earlier mvenv made it",),
            hints=hints,
        )
    _insist_on_hashes(inputs.lock)


def _not_locked(lock: Lock, now: LockInputs) -> LockError:
    there_are = ", ".join(f"`{shown(*made_for(each))}`" for each in answers(lock))
    name = shown(now.python, now.platform)
    return LockError(
        f"`{FILE}` has no answer for `{name}`, which is the Python and the platform here",
        causes=(f"it has those for {there_are}",),
        hints=(
            "choose one of these Pythons in `[tool.mvenv] python` or the environment variable `UV_PYTHON`",
            f'or add "{name}" to `[tool.mvenv] environments`, run `mvenv lock`, and commit `{FILE}`',
        ),
    )


def _insist_on_hashes(lock: Lock) -> None:
    lacking = hashes.without(lock.groups, lock.hashes)
    if lacking:
        raise LockError(
            f"`{FILE}` does not say what files to install",
            causes=tuple(f"`{release}` has no hashes" for release in lacking),
            hints=(
                f"run `mvenv lock`, which asks the index for them, look at what changes, and commit `{FILE}`",
            ),
        )


def _as_locked(inputs: BuildInputs) -> BuildInputs:
    """Return what a frozen lock was made from in the place of what pyproject.toml says."""
    assert inputs.lock is not None
    locked = inputs.lock.inputs
    entries = {each: f"{FILE}: requirements[{number}]" for number, each in enumerate(locked.requirements)}
    return replace(
        inputs,
        project=replace(
            inputs.project,
            isolate=locked.isolate,
            together=locked.together,
            singletons=locked.singletons,
            aliases=tuple(each.planned_alias(entry) for each, entry in entries.items() if each.alias),
        ),
        requirements=tuple(each.requirement(entry) for each, entry in entries.items()),
        sections=selected_sections(
            inputs.request.selection,
            locked.groups,
            locked.extras,
            (name for name in inputs.project.default_groups if name in locked.groups),
            FILE,
        ),
    )
