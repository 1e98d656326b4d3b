"""The files of an application environment: the documents' three, the console scripts, the shim and its import map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.install import scripts, shim, stage
from orchestrator.manifest.dependencies import default_dependencies, versioned_packages
from orchestrator.manifest.import_map import import_map
from orchestrator.manifest.models import ProjectPart, to_json
from orchestrator.system.names import DEFAULTS, OVERRIDES, VERSIONED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.environments.site import Staged
    from orchestrator.pipeline.converge import Converged
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.aliases import AliasTarget
    from orchestrator.plan.views import View
    from orchestrator.uv.interpreter import Interpreter


def write_files(inputs: BuildInputs, converged: Converged, aliases: Mapping[str, AliasTarget]) -> None:
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
        return
    _write_scripts(staged, converged.view, interpreter)
    the_map = import_map(
        plan,
        knowledge,
        converged.view,
        root=project.root,
        folders=staged.folders(),
        library=interpreter.library,
        added=stage.added_folders(staged, interpreter),
        aliases=aliases,
        project=ProjectPart(
            name=canonicalize_name(project.name), version=project.version, requires=list(inputs.direct)
        ),
        overrides=overrides,
    )
    shim.write(venv.site_packages(folder, interpreter), venv.python(folder), the_map.text())


def _write_scripts(staged: Staged, view: View, interpreter: Interpreter) -> None:
    """Put the console scripts of what the application sees into its ``bin``, direct requirements' first."""
    packages = {
        site.environment.name: venv.site_packages(site.folder, interpreter) for site in staged.environments
    }
    for name, home in view.borrowed.items():
        for script, target in scripts.console_scripts(packages[home], name).items():
            scripts.write(staged.application.folder / "bin", script, target)
