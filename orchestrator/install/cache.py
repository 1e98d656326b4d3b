"""Damage that uv's cache holds as well: what is installed by hard link is one file with what is cached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.state.seal import unlike_their_records
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.environments.site import Site
    from orchestrator.uv.interpreter import Interpreter


def forget_damaged(site: Site, interpreter: Interpreter, project: Project) -> bool:
    """Have uv's cache forget what has come out of it damaged, and return whether there is any such.

    What was built from a folder of the user's does not count: its files are brought into line after the installation.
    Some wheels do not hold what their RECORDs say; those are damaged the second time as well, and stay as they are.
    """
    pins = {name: pin for name, pin in site.environment.pins.items() if pin.source is None}
    unlike = unlike_their_records(venv.site_packages(site.folder, interpreter))
    damaged = sorted({canonicalize_name(name) for name in unlike} & pins.keys())
    if not damaged:
        return False
    return run(["cache", "clean", *damaged], cwd=project.root).code == 0
