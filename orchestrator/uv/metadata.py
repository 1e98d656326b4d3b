"""Asking uv for a release, to read what its own metadata says of its dependencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.metadata import parse_email

from orchestrator.system.credentials import without
from orchestrator.system.scratch import temporary_folder
from orchestrator.uv import cached, local_metadata, request_files, settings
from orchestrator.uv.core_metadata import Metadata, frameworks
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


def read(pin: Pin, project: Project, interpreter: Interpreter) -> Metadata | None:
    """Return the metadata of a release, None if it cannot be had.

    uv installs it, without its dependencies, to a folder that is thrown away: in its cache it will be needed
    anyway, and it is the only way to a release's own words that every kind of source supports.
    """
    with temporary_folder() as folder:
        arguments = settings.write(folder, project.root, (), local_metadata.of_pins([pin]))
        arguments += ["pip", "install", "--no-deps", *interpreter.arguments]
        arguments += ["--target", str(folder / "target")]
        arguments += request_files.write_pins(folder, project, {pin.name: pin})
        answer = cached.complete_answer(arguments, cwd=project.root) or run(arguments, cwd=project.root)
        found = next(iter(sorted((folder / "target").glob("*.dist-info/METADATA"))), None)
        if answer.code != 0 or found is None:
            return None
        raw, _ = parse_email(found.read_bytes())
    return Metadata(
        pin.name,
        pin.version,
        tuple(map(without, raw.get("requires_dist", ()))),
        raw.get("requires_python", ""),
        tuple(raw.get("provides_extra", ())),
        frameworks(raw.get("classifiers", ())),
    )
