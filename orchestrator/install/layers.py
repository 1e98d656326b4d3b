"""Distributions for one run: an environment that lies before the application's on the search path, and is kept.

It holds what was asked for and what that needs, as far as the application does not see it in the same version already.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environment_cache.entries import used
from orchestrator.environment_cache.place import claim
from orchestrator.environment_cache.unfinished import unfinished
from orchestrator.environments import venv
from orchestrator.environments.site import Site
from orchestrator.install import installer
from orchestrator.plan.model import PlannedEnvironment
from orchestrator.system import this_system

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.model import Project
    from orchestrator.environment_cache.place import Cache
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


@dataclass(frozen=True, slots=True)
class Layer:
    """What comes before the application environment."""

    site_packages: Path
    scripts: Path


def layer(cache: Cache, pins: Mapping[str, Pin], project: Project, interpreter: Interpreter) -> Layer | None:
    """Return an environment that holds *pins*; the one of the last time if there is one.

    :return: None if the cache cannot be written to.
    :raises InstallError: with uv's reason.
    """
    folder = cache.layers / _key(pins, interpreter)
    if not folder.is_dir():
        if not claim(cache):
            return None
        _make(folder, pins, project, interpreter)
    used(folder)
    return Layer(venv.site_packages(folder, interpreter), folder / this_system.SCRIPTS)


def _make(folder: Path, pins: Mapping[str, Pin], project: Project, interpreter: Interpreter) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with unfinished(folder) as new:
        site = Site(PlannedEnvironment("with", (), pins), new, folder, "")
        venv.create(new, interpreter, prompt="with")
        installer.add(site, pins, interpreter, project)
        try:
            new.rename(folder)
        except OSError:
            if not folder.is_dir():  # another run was the first
                raise


def _key(pins: Mapping[str, Pin], interpreter: Interpreter) -> str:
    described = [
        [interpreter.executable, *interpreter.version],
        [[pin.specification, installer.state_of(pin)] for _, pin in sorted(pins.items())],
    ]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()[:32]
