"""The project itself in its application environment: editable, as uv installs a project that has a build system.

Its own dependencies are in place already, in whatever environments they ended up; so it is installed without them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.errors import InstallError
from orchestrator.install import flat_layout, installer
from orchestrator.system.names import MODULES
from orchestrator.system.scratch import temporary_folder
from orchestrator.system.source_state import file_digest
from orchestrator.uv.model import Pin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.config.model import Project
    from orchestrator.environments.site import Site
    from orchestrator.uv.interpreter import Interpreter

_SETUPTOOLS = ("setup.py", "setup.cfg")
_HINT = "if it is none to install, say so: `package = false` in `[tool.uv]`"
_FLAT_HINT = (
    f"the build back end takes `{MODULES}` for a package of the project: name its own, "
    'for setuptools `packages = ["…"]` in `[tool.setuptools]`'
)


def state(project: Project) -> list[str]:
    """Return what changes when the project would have to be installed anew."""
    return [project.package, *(file_digest(project.root / name) for name in _SETUPTOOLS)]


def install(site: Site, interpreter: Interpreter, project: Project) -> tuple[str, ...]:
    """Install the project into the environment at *site*; return a warning if that fails.

    What it requires is there and works all the same: a build does not end for it.
    """
    name = canonicalize_name(project.name)
    pins: dict[str, Pin] = {name: Pin(name, project.version, f"-e {project.root}", str(project.root))}
    try:
        _add(site, pins, interpreter, project)
    except InstallError as error:
        causes = "".join(f"\n  cause: {cause}" for cause in error.causes)
        hint = _FLAT_HINT if any(MODULES in cause for cause in error.causes) else _HINT
        return (
            f"`{project.name}` itself, which has a `[build-system]`, is not installed{causes}\n  hint: {hint}",
        )
    return ()


def _add(site: Site, pins: Mapping[str, Pin], interpreter: Interpreter, project: Project) -> None:
    try:
        installer.add(site, pins, interpreter, project)
        configuration = flat_layout.after_success(venv.site_packages(site.folder, interpreter), project.root)
    except InstallError as error:
        configuration = flat_layout.after_refusal(error.causes)
        if configuration is None:
            raise
    if configuration is None or os.environ.get(flat_layout.VARIABLE):
        return
    with temporary_folder() as folder:
        file = folder / "setup.cfg"
        file.write_text(configuration, encoding="utf-8")
        installer.add(site, pins, interpreter, project, {flat_layout.VARIABLE: str(file)})
