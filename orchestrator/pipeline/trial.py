"""Trying what has been installed: every direct requirement is imported, and of what is divided all groups' at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.install import attribution, recorded_imports, smoke
from orchestrator.install.advice import Advisor
from orchestrator.install.joint_import import import_together
from orchestrator.install.long_imports import LongImports
from orchestrator.install.promises import promises
from orchestrator.plan.checks import imports_to_check

if TYPE_CHECKING:
    from orchestrator.install.advice import Advised
    from orchestrator.install.joint_import import Met
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.pipeline.ready import Ready
    from orchestrator.state.documents import RecordedImports
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying."""

    imports: RecordedImports | None
    """What was imported, and what came of it; None if nothing was to be."""
    failures: tuple[Advised, ...] = ()
    met: tuple[Met, ...] = ()
    """What imports in its own group's process, and not where all groups' are imported."""
    left_behind: tuple[str, ...] = ()
    """Requirements that leave a process behind when they are imported."""
    obstacle: str = ""
    """Why imports that compiled code makes cannot be told apart; empty if they can."""


def tried(inputs: BuildInputs, ready: Ready, reporter: Reporter, *, together: bool) -> Trial:
    """Import what the user has asked for, each group in a process of its own, wherever *ready* stands.

    :param together: whether all groups' are to be imported in one process, too.
    """
    reporter.stage("Checking imports")
    converged, root = ready.converged, inputs.project.root
    plan, staged = converged.plan, ready.staged
    python = venv.python(staged.application.folder)
    promised = promises(staged, plan, inputs.interpreter)
    commands = {release: list(found.commands.values()) for release, found in promised.items()}
    checks = imports_to_check(plan, converged.knowledge, commands)
    modules = [each.modules for each in checks] if inputs.request.check else []
    with ThreadPoolExecutor(2) as pool:
        jointly = pool.submit(import_together, python, root, modules if together and plan.is_divided else ())
        obstacle = pool.submit(attribution.obstacle, python, root) if plan.is_divided else None
        left_behind: set[str] = set()
        commands_of = [each.commands for each in checks]
        failures = smoke.check(python, root, modules, commands_of, left_behind.add, LongImports(reporter))
    here, there = (str(folder) for folder in (staged.application.folder, staged.application.lives_at))
    failures = [replace(each, message=each.message.replace(here, there)) for each in failures]
    alone = {failure.module for failure in failures}
    advised = Advisor(plan, converged.knowledge, checks, promised).advise(failures)
    return Trial(
        recorded_imports.recorded(checks, failures, advised) if inputs.request.check else None,
        advised,
        tuple(each for each in jointly.result() if each.module not in alone),
        tuple(sorted(left_behind)),
        "" if obstacle is None else obstacle.result(),
    )
