"""What an application environment says of the project it belongs to: written anew where that is another one."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.install import shim
from orchestrator.manifest.dependencies import default_dependencies
from orchestrator.manifest.models import ProjectPart, to_json
from orchestrator.system import this_system
from orchestrator.system.files import write_text
from orchestrator.system.names import DEFAULTS, IMPORT_MAP, SHIM, VENV_CONFIGURATION
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Knowledge, Plan


def make_own(folder: Path, inputs: BuildInputs, plan: Plan, knowledge: Knowledge) -> None:
    """Let the environment in *folder*, which was made for a project of another name or version, be this project's.

    :raises OSError: something cannot be written, or is not there.
    :raises ValueError: the import map is not one.
    """
    project, interpreter = inputs.project, inputs.interpreter
    _with_prompt(folder, inputs)
    defaults = to_json(default_dependencies(plan, knowledge, project, inputs.direct))
    shim.write_beside(folder / interpreter.library, {DEFAULTS: defaults})
    if plan.is_divided:
        file = venv.site_packages(folder, interpreter) / SHIM / IMPORT_MAP
        own = ProjectPart(
            name=canonicalize_name(project.name), version=project.version, requires=list(inputs.direct)
        )
        write_text(file, to_json({**json.loads(file.read_bytes()), "project": own.model_dump()}))


def _with_prompt(folder: Path, inputs: BuildInputs) -> None:
    """Take the files that say what a shell's prompt shows from an environment that is made for them alone."""
    scripts = this_system.SCRIPTS
    with temporary_folder() as place:
        new = place / folder.name
        venv.create(new, inputs.interpreter, prompt=inputs.project.name)
        for file in (new / VENV_CONFIGURATION, *(new / scripts).iterdir()):
            if not file.is_symlink():
                target = folder / file.relative_to(new)
                target.unlink(missing_ok=True)
                shutil.copy2(file, target)
