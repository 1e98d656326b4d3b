"""Filling one environment with exactly the planned distributions, or finding that it is there already."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import InstallError
from orchestrator.files import remove_folder
from orchestrator.freshness import source_state
from orchestrator.install import venv
from orchestrator.resolution import failure, question, uv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import Project
    from orchestrator.plan.model import Environment
    from orchestrator.resolution.interpreter import Interpreter
    from orchestrator.resolution.model import Pin


@dataclass(frozen=True, slots=True)
class Site:
    """An environment of the plan and where it is on disk."""

    environment: Environment
    folder: Path
    """Where it is now."""
    lives_at: Path
    """Where it will be when it is in use."""
    content: str
    """A digest of what it holds; two environments of equal content are interchangeable."""


def content(environment: Environment, interpreter: Interpreter, homes: Mapping[str, Path]) -> str:
    """Return the digest of an environment's planned content.

    :param homes: environment name → folder, for the environments it borrows from.
    """
    described = {
        "python": [interpreter.executable, *interpreter.version],
        "pins": {name: [pin.specification, _state(pin)] for name, pin in sorted(environment.pins.items())},
        "copied": sorted(environment.copied),
        "borrowed": {name: homes[home].name for name, home in sorted(environment.borrowed.items())},
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _state(pin: Pin) -> str:
    if pin.source is None:
        return ""
    return source_state(Path(pin.source), editable=pin.specification.startswith("-e "))


def is_complete(site: Site) -> bool:
    """Whether the environment is on disk with exactly this content."""
    record = venv.marking(site.folder)
    return record is not None and record.get("content") == site.content


def install(site: Site, interpreter: Interpreter, project: Project, paths: Iterable[Path]) -> None:
    """Create the environment at *site* and install its distributions.

    :param project: whose uv settings, sources and indexes apply.
    :param paths: ``site-packages`` folders of other environments that a plain interpreter of this one shall
        see too (they are written relative, to a ``.pth`` file).
    :raises InstallError: with uv's reason.
    """
    remove_folder(site.folder)
    site.folder.parent.mkdir(parents=True, exist_ok=True)
    environment = site.environment
    venv.create(site.folder, interpreter, lives_at=site.lives_at, prompt=environment.name)
    linked = {name: pin for name, pin in environment.pins.items() if name not in environment.copied}
    copied = {name: pin for name, pin in environment.pins.items() if name in environment.copied}
    _install(site, linked, project, ())
    _install(site, copied, project, ("--link-mode", "copy"))
    own = venv.site_packages(site.lives_at, interpreter)
    lines = [os.path.relpath(path, own) for path in paths]
    if lines:
        target = venv.site_packages(site.folder, interpreter) / "_mvenv.pth"
        target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _install(site: Site, pins: Mapping[str, Pin], project: Project, options: tuple[str, ...]) -> None:
    if not pins:
        return
    arguments = ["pip", "install", "--python", str(venv.python(site.folder)), "--no-deps", *options]
    for name, pin in pins.items():
        if pin.source is not None:
            arguments += ["--refresh-package", name]  # the folder has changed, its version perhaps not
    with tempfile.TemporaryDirectory(prefix="mvenv-") as folder:
        arguments += question.write_pins(Path(folder), project, pins)
        answer = uv.run(arguments, cwd=project.root)
    if answer.code != 0:
        raise InstallError(
            f"could not install environment `{site.environment.name}`",
            causes=failure.first_lines(answer.stderr),
            hints=("run `mvenv build` again; what was running before still runs",),
        )
