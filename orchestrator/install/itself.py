"""The project itself in its application environment: editable, as uv installs a project that has a build system.

Its own dependencies are in place already, in whatever environments they ended up; so it is installed without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import InstallError
from orchestrator.install import installer
from orchestrator.system.source_state import file_digest
from orchestrator.uv.model import Pin

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.environments.site import Site
    from orchestrator.uv.interpreter import Interpreter

_SETUPTOOLS = ("setup.py", "setup.cfg")


def state(project: Project) -> list[str]:
    """Return what changes when the project would have to be installed anew."""
    return [project.package, *(file_digest(project.root / name) for name in _SETUPTOOLS)]


def install(site: Site, interpreter: Interpreter, project: Project) -> None:
    """Install the project into the environment at *site*.

    :raises InstallError: with the build back end's reason.
    """
    name = canonicalize_name(project.name)
    pin = Pin(name, project.version, f"-e {project.root}", str(project.root))
    try:
        installer.add(site, {name: pin}, interpreter, project)
    except InstallError as error:
        raise InstallError(
            f"the project itself, `{project.name}`, cannot be installed",
            causes=error.causes,
            hints=(
                "`mvenv build` installs a project that has a `[build-system]`, so that it can be imported",
                "if it is none to install, say so: `package = false` in `[tool.uv]`",
            ),
        ) from error
