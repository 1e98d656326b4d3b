"""The files of an application environment: the documents' three, commands, data files, the shim and its import map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.install import data_files, scripts, shim, stage, static_view
from orchestrator.install.offers import offers
from orchestrator.install.scripts import Commands
from orchestrator.manifest.build_digest import build_digest
from orchestrator.manifest.dependencies import default_dependencies, versioned_packages
from orchestrator.manifest.import_map import import_map
from orchestrator.manifest.models import ProjectPart, to_json
from orchestrator.plan.model import APPLICATION
from orchestrator.system.names import DEFAULTS, OVERRIDES, VERSIONED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.environments.site import Staged
    from orchestrator.install.data_files import DataClash
    from orchestrator.install.record import InstalledDistribution
    from orchestrator.pipeline.converge import Converged
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.aliases import AliasTarget
    from orchestrator.plan.views import View


@dataclass(frozen=True, slots=True)
class Beside:
    """What the isolated environments have for the application environment besides modules."""

    commands: Commands = field(default_factory=Commands)
    clashes: tuple[DataClash, ...] = ()


def write_files(
    inputs: BuildInputs, converged: Converged, aliases: Mapping[str, AliasTarget], compiled: shim.Compiled
) -> Beside:
    """Write everything that an application environment holds beside its distributions; the import map last."""
    project, interpreter, overrides = inputs.project, inputs.interpreter, inputs.overrides_file.text
    plan, knowledge, staged = converged.plan, converged.knowledge, converged.staged
    folder = staged.application.folder
    shim.write_beside(
        folder / interpreter.library,
        {
            VERSIONED: to_json(versioned_packages(plan, knowledge)),
            DEFAULTS: to_json(default_dependencies(plan, knowledge, project, inputs.direct)),
            OVERRIDES: overrides,
        },
    )
    if not plan.is_divided:
        return Beside()
    compiled.begin()
    beside, the_map = _provided(inputs, converged, aliases)
    shim.start(shim.copy(compiled.folder(), venv.site_packages(folder, interpreter)), the_map)
    return beside


def _provided(
    inputs: BuildInputs, converged: Converged, aliases: Mapping[str, AliasTarget]
) -> tuple[Beside, str]:
    """Let be found in the application environment what is in the isolated ones; return also the import map's text."""
    project, interpreter = inputs.project, inputs.interpreter
    plan, knowledge, staged = converged.plan, converged.knowledge, converged.staged
    there = converged.installed
    beside = _provide(staged, there, converged.view)
    the_map = import_map(
        plan,
        knowledge,
        converged.view,
        root=project.root,
        folders=staged.folders(),
        library=interpreter.library,
        added=stage.added_folders(there),
        aliases=aliases,
        scripts=beside.commands.environments,
        project=ProjectPart(
            name=canonicalize_name(project.name), version=project.version, requires=list(inputs.direct)
        ),
        made_for=interpreter.platform,
        standard=interpreter.standard,
        overrides=inputs.overrides_file.text,
        build=build_digest(converged.groups),
        other_builds=project.other_builds,
    )
    static_view.provide(staged, there, converged.view, aliases, interpreter)
    return beside, the_map.text()


def _provide(staged: Staged, there: Mapping[str, Sequence[InstalledDistribution]], view: View) -> Beside:
    """Let commands and data files of the isolated environments be found in the application environment."""
    offered = offers(staged, there, view.borrowed)
    return Beside(
        scripts.provide(staged.application, offered),
        data_files.provide(staged.application, there[APPLICATION], offered),
    )
