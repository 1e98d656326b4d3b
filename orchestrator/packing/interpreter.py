"""Bringing an installation of Python along: its program, its standard library, and its own shared library.

CPython finds its standard library from where its program is (Modules/getpath.py), so an installation can be moved. What
cannot is a program that looks for ``libpython`` at an absolute path: the copy looks beside itself (``$ORIGIN``). The
libraries of the system that modules are linked with (OpenSSL, SQLite, the C library) stay the system's, and are told.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.native import elf
from orchestrator.native.apply import patchelf
from orchestrator.packing.environment import is_executable
from orchestrator.packing.model import PYTHON_FOLDER, File, Link
from orchestrator.system.child_environment import chosen
from orchestrator.system.files import entries_by_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.packing.base import Base
    from orchestrator.packing.model import Entry

# Tests, programs for people, and what builds extension modules; `config-…` has the static library.
_NOT_TO_RUN = frozenset({"__pycache__", "test", "tests", "idlelib", "idle_test", "turtledemo"})
_NOT_AT_TOP = frozenset({"site-packages", "dist-packages", "EXTERNALLY-MANAGED"})
_HINT = "leave out `--python`: `.venv/bin/relocate` takes the Python that is there after unpacking"
# Parts of glibc and musl: one thing to people.
_C_LIBRARY = (
    "libc.",
    "libm.",
    "libdl.",
    "libpthread.",
    "librt.",
    "libutil.",
    "ld-linux",
    "ld-musl",
    "libc.musl",
)


@dataclass(frozen=True, slots=True)
class Brought:
    """An interpreter as the archive has it."""

    entries: tuple[Entry, ...]
    needs: tuple[str, ...]
    """Names of the libraries that it takes from the system it runs on, the C library's own left out."""


def program(base: Base) -> str:
    """Return where in the archive the program is."""
    return f"{PYTHON_FOLDER}/bin/python{base.release}"


def brought(base: Base, scratch: Path) -> Brought:
    """Return what is to be in the archive of the installation *base*.

    :param scratch: a folder for files that have to be changed.
    :raises MvenvError: it cannot be moved.
    """
    executable = Path(base.executable)
    dynamic = elf.read(executable, is_program=True)
    if dynamic is None:
        raise MvenvError(
            "this Python cannot be brought along",
            causes=(f"{executable} is no ELF program: only those of Linux can be moved",),
            hints=(_HINT,),
        )
    entries: dict[str, Entry] = {}
    own = [name for name in dynamic.needed if name.startswith("libpython")]
    for library in own:
        found = _shared_library(library, base, dynamic)
        entries[f"{PYTHON_FOLDER}/lib/{library}"] = File(f"{PYTHON_FOLDER}/lib/{library}", found, True)
    moved = _looking_beside_itself(executable, scratch) if own else executable
    entries[program(base)] = File(program(base), moved, True)
    for folder in dict.fromkeys((base.library, base.platform_library)):
        for entry in _library(Path(folder), base):
            entries.setdefault(entry.name, entry)
    return Brought(tuple(entries.values()), _needs(entries.values()))


def _shared_library(name: str, base: Base, dynamic: elf.Dynamic) -> Path:
    origin = str(Path(base.executable).parent)
    folders = [folder.replace("$ORIGIN", origin) for folder in (*dynamic.rpath, *dynamic.runpath)]
    for folder in (*folders, *base.shared_libraries):
        if (found := Path(folder, name)).is_file():
            return found
    raise MvenvError(
        "this Python cannot be brought along",
        causes=(f"{base.executable} needs {name}, which is not in {', '.join(base.shared_libraries)}",),
        hints=(_HINT,),
    )


def _looking_beside_itself(executable: Path, scratch: Path) -> Path:
    tool = patchelf()
    if tool is None:
        raise MvenvError(
            "this Python cannot be brought along without patchelf",
            causes=(f"{executable} looks for its shared library at an absolute path",),
            hints=("install patchelf beside mvenv, or leave out `--python`",),
        )
    moved = scratch / "python"
    command = [tool, "--set-rpath", "$ORIGIN/../lib", "--output", str(moved), str(executable)]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, env=chosen(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise MvenvError(
            "this Python cannot be brought along",
            causes=(f"patchelf cannot change {executable}", *done.stderr.strip().splitlines()[-1:]),
            hints=(_HINT,),
        )
    return moved


def _library(folder: Path, base: Base) -> Iterator[Entry]:
    """Yield a folder of the standard library, at the same place below the installation's folder."""
    if not folder.is_relative_to(base.prefix):
        raise MvenvError(
            "this Python cannot be brought along",
            causes=(f"its standard library, {folder}, is not below {base.prefix}",),
            hints=(_HINT,),
        )
    place = PurePosixPath(PYTHON_FOLDER, folder.relative_to(base.prefix))
    yield from _files(folder, folder, f"{place}/")


def _files(folder: Path, top: Path, prefix: str) -> Iterator[Entry]:
    for entry in entries_by_name(folder):
        path, name = Path(entry.path), f"{prefix}{entry.name}"
        at_top = folder == top and (entry.name in _NOT_AT_TOP or entry.name.startswith("config-"))
        if at_top or entry.name in _NOT_TO_RUN or entry.name.endswith(".a"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(path, top, f"{name}/")
        elif entry.is_symlink() and _is_within(path, top):
            yield Link(name, path.readlink().as_posix())
        elif entry.is_file():  # what a link to elsewhere leads to, too (Debian's `sitecustomize.py`)
            yield File(name, path, is_executable(path))


def _is_within(link: Path, top: Path) -> bool:
    return not link.readlink().is_absolute() and link.resolve().is_relative_to(top.resolve())


def _needs(entries: Iterable[Entry]) -> tuple[str, ...]:
    files = [entry for entry in entries if isinstance(entry, File) and isinstance(entry.source, Path)]
    there = {PurePosixPath(file.name).name for file in files}
    needed = {
        name
        for file in files
        if isinstance(file.source, Path) and not file.name.endswith(".py")
        for dynamic in [elf.read(file.source, is_program=file.is_executable)]
        if dynamic is not None
        for name in dynamic.needed
    }
    return tuple(sorted(name for name in needed - there if not name.startswith(_C_LIBRARY)))
