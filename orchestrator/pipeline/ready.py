"""Everything of a build but its commit: environments staged, files written, imports tried."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.install import attribution, recorded_imports, smoke
from orchestrator.install.advice import Advisor
from orchestrator.install.joint_import import failing, import_together, registered_in
from orchestrator.install.promises import promises
from orchestrator.native.step import separate
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.converge import converge
from orchestrator.pipeline.environment_files import write_files
from orchestrator.plan.aliases import application_aliases
from orchestrator.plan.checks import imports_to_check
from orchestrator.resolution.outcome import Unusable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from orchestrator.install.advice import Advised
    from orchestrator.install.joint_import import Met
    from orchestrator.native.step import Separation
    from orchestrator.pipeline.converge import Converged
    from orchestrator.pipeline.environment_files import Beside
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.aliases import ApplicationAliases
    from orchestrator.plan.model import Knowledge
    from orchestrator.resolution.outcome import Groups
    from orchestrator.state.documents import RecordedImports
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Ready:
    """What a build has made, not yet in use."""

    resolved: Converged
    """With versions as the lock has them."""
    converged: Converged
    """With actual versions."""
    separation: Separation
    aliases: ApplicationAliases
    beside: Beside
    """Commands and data files of isolated environments, as they are found in the application's."""
    imports: RecordedImports | None
    """What was imported, and what came of it; None if nothing was to be."""
    failures: tuple[Advised, ...]
    met: tuple[Met, ...]
    """What imports in its own group's process, and not where all groups' are imported."""
    left_behind: tuple[str, ...] = ()
    """Requirements that leave a process behind when they are imported."""
    obstacle: str = ""
    """Why imports that compiled code makes cannot be told apart; empty if they can."""


def ready(inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter) -> Ready:
    """Make everything; what two copies turn out not to share is doubled, and other groups are tried, if that helps.

    :param in_use: folders of environments that programs may be running from.
    """
    first = _made(inputs, inputs.knowledge(), in_use, reporter, try_together=not _was_tried(inputs))
    if first.met:
        first = _with_doubled(first, inputs, in_use, reporter)
    return _in_other_groups(first, inputs, in_use, reporter) if first.failures else first


def _in_other_groups(
    first: Ready, inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter
) -> Ready:
    """Try the next best partition with as few groups, once, for requirements that do not import where they are.

    Metadata promises too much: of two places that it allows one may not work.
    """
    groups, known = first.resolved.groups, first.resolved.knowledge
    # Of the whole project a part is installed, and tried; what is not cannot be to blame.
    unusable = [
        Unusable(
            frozenset(group.requirements),
            f"`{advised.failure.requirement}` does not import beside them: {advised.failure.message}",
        )
        for advised in first.failures
        for group in first.resolved.chosen.groups
        if advised.failure.requirement in group.direct and len(group.direct) > 1
    ]
    if not unusable or not groups.proved or inputs.answer is not None:
        return first
    others = resolve(inputs, known, reporter, unusable=unusable)
    if len(others.groups) != len(groups.groups):
        return first
    second = _made(inputs, known, in_use, reporter, try_together=bool(first.met), groups=others)
    if _failing(second) < _failing(first):
        return second
    return _made(inputs, known, in_use, reporter, try_together=False, groups=groups)


def _failing(made: Ready) -> int:
    return len({advised.failure.requirement for advised in made.failures})


def _with_doubled(first: Ready, inputs: BuildInputs, in_use: Collection[Path], reporter: Reporter) -> Ready:
    converged = first.converged
    lessons = registered_in(first.met, converged.staged, converged.plan, inputs.interpreter)
    if not lessons:
        return first
    known, groups = first.resolved.knowledge, first.resolved.groups
    doubled = _with_registers(known, lessons)
    again = _made(inputs, doubled, in_use, reporter, try_together=True, groups=groups)
    if failing(again.met) < failing(first.met) and len(again.failures) <= len(first.failures):
        return again
    return _made(inputs, known, in_use, reporter, try_together=False, groups=groups)


def _made(
    inputs: BuildInputs,
    knowledge: Knowledge,
    in_use: Collection[Path],
    reporter: Reporter,
    *,
    try_together: bool,
    groups: Groups | None = None,
) -> Ready:
    root, interpreter = inputs.project.root, inputs.interpreter
    resolved = converge(inputs, reporter, knowledge, groups)
    converged = resolved.with_actual_versions()
    plan, staged = converged.plan, converged.staged
    separation = separate(staged, in_use, interpreter, reporter)
    aliases = application_aliases(plan, converged.knowledge, inputs.project.aliases, converged.view)
    reporter.stage("Checking imports")
    beside = write_files(inputs, converged, aliases.targets)
    python = venv.python(staged.application.folder)
    promised = promises(staged, plan, interpreter)
    commands = {release: list(found.commands.values()) for release, found in promised.items()}
    checks = imports_to_check(plan, converged.knowledge, commands)
    modules = [each.modules for each in checks] if inputs.request.check else []
    with ThreadPoolExecutor(2) as pool:
        together = pool.submit(
            import_together, python, root, modules if try_together and plan.is_divided else ()
        )
        obstacle = pool.submit(attribution.obstacle, python, root) if plan.is_divided else None
        left_behind: set[str] = set()
        commands_of = [each.commands for each in checks]
        failures = smoke.check(python, root, modules, commands_of, left_behind.add)
    here, there = (str(folder) for folder in (staged.application.folder, staged.application.lives_at))
    failures = [replace(each, message=each.message.replace(here, there)) for each in failures]
    alone = {failure.module for failure in failures}
    met = tuple(each for each in together.result() if each.module not in alone)
    advised = Advisor(plan, converged.knowledge, checks, promised).advise(failures)
    reason = "" if obstacle is None else obstacle.result()
    left = tuple(sorted(left_behind))
    imports = recorded_imports.recorded(checks, failures, advised) if inputs.request.check else None
    return Ready(resolved, converged, separation, aliases, beside, imports, advised, met, left, reason)


def _was_tried(inputs: BuildInputs) -> bool:
    """Whether the build that has made the lock has installed all that is in it, and so has tried it."""
    return (
        inputs.answer is not None
        and inputs.lock is not None
        and all(
            (name, pin.version) in inputs.lock.knowledge.contents
            for group in inputs.of_selected(inputs.answer, inputs.lock.knowledge).groups
            for name, pin in group.resolution.pins.items()
        )
    )


def _with_registers(knowledge: Knowledge, lessons: Mapping[str, frozenset[str]]) -> Knowledge:
    contents = {
        release: replace(found, registers=found.registers | lessons.get(release[0], frozenset()))
        for release, found in knowledge.contents.items()
    }
    return replace(knowledge, contents=contents)
