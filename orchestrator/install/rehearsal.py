"""Installing a resolution aside, in an environment that nobody will use, to see whether a module can be imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.environments.site import Site
from orchestrator.errors import InstallError
from orchestrator.install import installer, smoke
from orchestrator.plan.model import PlannedEnvironment
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Resolution


def imports(module: str, resolution: Resolution, project: Project, interpreter: Interpreter) -> bool:
    """Whether a module can be imported in an environment that holds *resolution* and nothing else.

    What cannot be installed cannot be imported.
    """
    with temporary_folder() as folder:
        place = folder / "environment"
        site = Site(PlannedEnvironment("rehearsal", (), resolution.pins), place, place, "")
        try:
            venv.create(place, interpreter, prompt="")
            installer.add(site, resolution.pins, interpreter, project)
        except InstallError:
            return False
        return not smoke.check(venv.python(place), project.root, [{module: [module]}])
