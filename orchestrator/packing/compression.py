"""Compressing an archive: which form, by the suffix of its name, and by what.

Zstandard comes with Python 3.14 (``compression.zstd``); before, the package ``zstandard`` or the program ``zstd`` will
do if there is one. gzip is always there.
"""

from __future__ import annotations

import gzip
import importlib
import shutil
import subprocess
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from orchestrator.errors import MvenvError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType
    from typing import IO

ZSTD, GZIP, NONE = "zstd", "gzip", "none"
SUFFIXES = {".tar.zst": ZSTD, ".tzst": ZSTD, ".tar.gz": GZIP, ".tgz": GZIP, ".tar": NONE}
"""Ending of a name → how that is compressed."""

_LEVEL = 10  # twice as long as the default of 3, a tenth less


def form_of(name: str) -> str:
    """Return how an archive of this name is compressed.

    :raises UsageError: its ending does not say.
    """
    form = next((form for suffix, form in SUFFIXES.items() if name.endswith(suffix)), None)
    if form is None:
        raise UsageError(
            f"`{name}` does not say how the archive is to be compressed",
            hints=(f"let it end in one of {', '.join(SUFFIXES)}",),
        )
    return form


def best_suffix() -> str:
    """Return the ending of an archive that nobody has named."""
    return ".tar.zst" if _module("compression.zstd", "zstandard") or shutil.which("zstd") else ".tar.gz"


@contextmanager
def compressed(path: Path, form: str) -> Iterator[IO[bytes]]:
    """Have a stream whose content is in *path*, compressed, when the block has ended.

    :raises MvenvError: there is nothing here that can do that.
    """
    with path.open("wb") as file:
        if form == NONE:
            yield file
        elif form == GZIP:
            # No name and no time in its header.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as stream:
                yield cast("IO[bytes]", stream)
        else:
            with _zstd(file) as stream:
                yield stream


@contextmanager
def _zstd(file: IO[bytes]) -> Iterator[IO[bytes]]:
    standard, package = _module("compression.zstd"), _module("zstandard")
    if standard is not None:
        with standard.ZstdFile(file, "wb", level=_LEVEL) as stream:
            yield stream
    elif package is not None:
        with package.ZstdCompressor(level=_LEVEL).stream_writer(file, closefd=False) as stream:
            yield stream
    elif program := shutil.which("zstd"):
        with _piped([program, "-q", "-c", f"-{_LEVEL}"], file) as stream:
            yield stream
    else:
        raise MvenvError(
            "there is nothing here that compresses with Zstandard",
            causes=(
                "neither Python's `compression.zstd`, nor the package `zstandard`, nor the program `zstd`",
            ),
            hints=("install one of them, or let the archive end in `.tar.gz`",),
        )


@contextmanager
def _piped(command: list[str], file: IO[bytes]) -> Iterator[IO[bytes]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stderr is not None
        with suppress(BrokenPipeError):  # it has ended, and says why
            yield child.stdin
        with suppress(BrokenPipeError):
            child.stdin.close()
        said = child.stderr.read().decode("utf-8", "replace").strip()
    if child.returncode != 0:
        raise MvenvError(
            "the archive could not be compressed",
            causes=(said.splitlines()[-1] if said else f"{command[0]} has failed",),
            hints=("make room on the disk, or let the archive end in `.tar.gz`",),
        )


def _module(*names: str) -> ModuleType | None:
    for name in names:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None
