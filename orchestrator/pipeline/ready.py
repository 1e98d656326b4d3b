"""Everything of a build but its commit and its trial: environments staged, native libraries apart, files written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.install import project_itself
from orchestrator.install.shim import Compiled
from orchestrator.native.step import separate
from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.converge import converge
from orchestrator.pipeline.environment_files import write_files
from orchestrator.plan.aliases import application_aliases

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from orchestrator.environments.site import Staged
    from orchestrator.native.step import Separation
    from orchestrator.pipeline.converge import Converged
    from orchestrator.pipeline.environment_files import Beside
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.aliases import ApplicationAliases
    from orchestrator.plan.model import Knowledge
    from orchestrator.resolution.outcome import Groups
    from orchestrator.system.console import Reporter


@dataclass(frozen=True, slots=True)
class Ready:
    """What a build has made; it works where it stands, and is in use once it is in place."""

    resolved: Converged
    """With versions as the lock has them."""
    converged: Converged
    """With actual versions."""
    separation: Separation
    aliases: ApplicationAliases
    beside: Beside
    """Commands and data files of isolated environments, as they are found in the application's."""
    warnings: tuple[str, ...] = ()
    """Of the project itself: if it could not be installed."""

    @property
    def staged(self) -> Staged:
        """The environments, and where they are now."""
        return self.converged.staged

    def in_place(self) -> Ready:
        """Return the same for after the commit: every environment is where it will be."""
        return replace(self, converged=replace(self.converged, staged=self.staged.in_place()))


def make_ready(
    inputs: BuildInputs,
    knowledge: Knowledge,
    in_use: Collection[Path],
    reporter: Reporter,
    groups: Groups | None = None,
) -> Ready:
    """Make everything, beside what is in use.

    :param in_use: folders of environments that programs may be running from.
    :param groups: what has been resolved already.
    """
    groups = groups or resolve(inputs, knowledge, reporter)
    with Compiled(inputs.interpreter.executable) as shim:
        if len(groups.groups) > 1 or inputs.project.isolate:
            shim.begin()
        resolved = converge(inputs, reporter, knowledge, groups)
        converged = resolved.with_actual_versions()
        separation = separate(converged.staged, in_use, inputs.interpreter, reporter)
        aliases = application_aliases(
            converged.plan, converged.knowledge, inputs.project.aliases, converged.view
        )
        beside = write_files(inputs, converged, aliases.targets, shim)
    warnings: tuple[str, ...] = ()
    if inputs.takes_itself:
        reporter.stage(f"Installing {inputs.project.name}")
        warnings = project_itself.install(converged.staged.application, inputs.interpreter, inputs.project)
    return Ready(resolved, converged, separation, aliases, beside, warnings)
