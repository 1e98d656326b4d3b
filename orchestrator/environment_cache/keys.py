"""What decides every byte of a finished environment, as a digest: two that have one key are interchangeable."""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.files import entries_by_name
from orchestrator.system.platforms import platform_here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.environments.marking import NativeWork
    from orchestrator.state.documents import Record


def key_of_environment(folder: Path, content: str, native: NativeWork, seen: str, root: Path | None) -> str:
    """Return the key of an isolated environment.

    :param folder: where it lives: its name is in the environment, as what a shell's prompt shows.
    :param content: the digest of what it holds (:func:`orchestrator.install.installer.content`).
    :param native: what was done to its libraries, which the other environments of its project decide.
    :param seen: the text of the file that names the other environments which it sees.
    :param root: the project's folder if something in it was installed from a folder of the user's, else None.
    """
    return _digest(["environment", folder.name, content, native.model_dump(), seen, root and str(root)])


def key_of_build(made_from: str, content: str, environments: list[str], root: Path | None) -> str:
    """Return the key of a finished build, which is that of its application environment, too.

    :param made_from: the digest of all that decides what a build writes beside the installed distributions
        (:func:`orchestrator.pipeline.same_outcome.made_from`).
    :param content: the digest of what the application environment holds.
    :param environments: folders of the isolated ones, relative to the project.
    :param root: the project's folder if something was installed from a folder of the user's, else None.
    """
    return _digest(["build", made_from, content, environments, root and str(root)])


def key_of_record(root: Path, record: Record) -> str:
    """Return the key of the build of the project at *root* that *record* describes."""
    place = root if record["inputs"]["sources"] else None
    return key_of_build(record["made_from"], record["content"], record["environments"], place)


def _digest(described: list[object]) -> str:
    text = json.dumps([_code(), platform_here(), _libraries(), *described], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _libraries() -> str:
    """Return the newest platform whose wheels run here, ``manylinux_2_36_x86_64``: it tells the C library.

    The same lock has other files, and a source distribution becomes another wheel, where that is another.
    """
    from packaging.tags import platform_tags  # for builds that make or take something

    return next(iter(platform_tags()), "")


@cache
def _code() -> str:
    """Return a digest of this mvenv's own code: another one may make something else of the same."""
    import orchestrator
    import runtime_shim

    found = hashlib.sha256()
    for package in (orchestrator, runtime_shim):
        root = Path(package.__path__[0])
        for path in _sources(root):
            found.update(os.fsencode(os.path.relpath(path, root)) + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in entries_by_name(folder):
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _sources(Path(entry.path))
        elif entry.name.endswith((".py", ".so")):  # the shim's accelerator
            yield Path(entry.path)
