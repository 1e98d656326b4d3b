"""``mvenv pack``: a built project as one archive that runs where it is unpacked."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.errors import MvenvError
from orchestrator.packing import (
    archive,
    base,
    bytecode,
    compression,
    editable,
    environment,
    interpreter,
    relocation,
    source,
)
from orchestrator.packing.model import PYTHON_FOLDER, LeftOut
from orchestrator.system.build_mutex import one_build_at_a_time
from orchestrator.system.files import temporary_beside
from orchestrator.system.interruption import held
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.parallel import in_parallel
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.packing.base import Base
    from orchestrator.packing.interpreter import Brought
    from orchestrator.packing.model import Entry
    from orchestrator.state.documents import Record
    from orchestrator.system.console import Reporter

FOLDER = "dist"
"""In the project: where an archive goes that nobody has named."""
_EPOCH = 315532800
"""1980-01-01, the earliest that any archive can say (ZIP): what a file has for its time without SOURCE_DATE_EPOCH."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be packed, and how."""

    output: Path | None
    """Absolute; None for a name of mvenv's choice."""
    prefix: str = ""
    """Absolute path of the folder that it will be unpacked in; empty for any."""
    with_python: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """What was written."""

    archive: str
    files: int
    bytes: int
    sha256: str
    python: str
    """The interpreter that it runs with: a path in the archive if it was brought along, else where it has to be."""
    needs: tuple[str, ...]
    """Libraries that the interpreter in the archive takes from the system, beside the C library."""
    left_out: tuple[LeftOut, ...]


def moment(variables: Mapping[str, str]) -> int:
    """Return the time that everything in an archive has, in seconds since 1970.

    :raises MvenvError: ``SOURCE_DATE_EPOCH`` is no such number.
    """
    text = variables.get("SOURCE_DATE_EPOCH", "")
    if not text:
        return _EPOCH
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 33):  # what a header of tar can say
        raise MvenvError(
            "SOURCE_DATE_EPOCH is no time",
            causes=(f"it is `{text}`",),
            hints=("give it whole seconds since 1970, as `git log -1 --format=%ct` prints them",),
        )
    return int(text)


def default_name(record: Record, found: Base) -> str:
    """Return what the archive of a project for an interpreter is called, without its ending."""
    project, release = record["graph"]["project"], found.release.replace(".", "")
    return f"{project['name']}-{project['version']}-py{release}-{_platform(found)}"


def _platform(found: Base) -> str:
    return found.platform.replace("-", "_").replace(".", "_")


def pack(root: Path, record: Record, asked: Asked, reporter: Reporter) -> Packed:
    """Write the archive of the project at *root*, whose build *record* describes.

    :raises MvenvError: something of it cannot be moved, or the archive cannot be written.
    """
    when = moment(os.environ)
    application = root / APPLICATION_FOLDER
    found = base.ask(venv.python(application))
    output = asked.output or root / FOLDER / (default_name(record, found) + compression.best_suffix())
    form = compression.form_of(output.name)
    with one_build_at_a_time(root, reporter), temporary_folder() as scratch:
        reporter.stage("Collecting files")
        brought = interpreter.brought(found, scratch) if asked.with_python else None
        endings = tuple(f"-{_platform(found)}{suffix}" for suffix in compression.SUFFIXES)
        parts, left_out = _parts(root, record, _target(found, asked), output, endings)
        if brought is not None:
            parts[PYTHON_FOLDER] = list(brought.entries)
        reporter.stage("Compiling")
        entries = _with_bytecode(parts, venv.python(application), found, scratch)
        script = relocation.script(found)
        entries.setdefault(script.name, script)
        reporter.stage("Writing the archive")
        _write(list(entries.values()), output, form, when)
    return _packed(output, len(entries), found, brought, left_out)


def _target(found: Base, asked: Asked) -> environment.Target:
    place = interpreter.program(found)
    linked = f"../../{place}" if asked.with_python else found.executable
    if not asked.prefix:
        return environment.Target(linked)
    home = os.path.dirname(f"{asked.prefix}/{place}" if asked.with_python else found.executable)  # noqa: PTH120
    return environment.Target(linked, home, asked.prefix)


def _parts(
    root: Path, record: Record, target: environment.Target, output: Path, endings: tuple[str, ...]
) -> tuple[dict[str, list[Entry]], tuple[LeftOut, ...]]:
    """Return the entries of each environment and of the application, and what is left out."""
    parts: dict[str, list[Entry]] = {}
    needed: list[str] = []
    for path in (APPLICATION_FOLDER, *record["environments"]):
        site_packages = venv.built_site_packages(root / path)
        assert site_packages is not None  # the build is fresh
        needed += editable.folders(root, path, site_packages)
        parts[path] = list(environment.entries(root, path, target))
    earlier = f"{record['graph']['project']['name']}-"

    def is_archive(path: Path) -> bool:
        """Whether it is this archive, or one of another version, for another Python."""
        return path == output or (path.name.startswith(earlier) and path.name.endswith(endings))

    own = source.contents(root, is_archive, tuple(needed))
    parts[""] = list(own.entries)
    return parts, own.left_out


def _with_bytecode(
    parts: Mapping[str, list[Entry]], python: Path, found: Base, scratch: Path
) -> dict[str, Entry]:
    folders = [scratch / f"compiled-{number}" for number in range(len(parts))]
    for folder in folders:
        folder.mkdir()
    jobs = list(zip(parts.values(), folders, strict=True))
    compiled = in_parallel(lambda job: list(bytecode.compiled(job[0], python, found.cache_tag, job[1])), jobs)
    entries = {entry.name: entry for part in parts.values() for entry in part}
    entries.update((file.name, file) for files in compiled for file in files)
    return entries


def _write(entries: list[Entry], output: Path, form: str, when: int) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(output)
    try:
        with compression.compressed(temporary, form) as stream:
            archive.write(entries, stream, when)
        temporary.replace(output)
    finally:
        with held():
            temporary.unlink(missing_ok=True)


def _packed(
    output: Path, files: int, found: Base, brought: Brought | None, left_out: tuple[LeftOut, ...]
) -> Packed:
    with output.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    python, needs = (found.executable, ()) if brought is None else (interpreter.program(found), brought.needs)
    return Packed(str(output), files, output.stat().st_size, digest, python, needs, left_out)
