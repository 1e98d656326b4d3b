"""The application's own files: what git knows of the project, or else all but what tools have left there."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.packing.environment import is_executable
from orchestrator.packing.model import Contents, File, LeftOut, Link
from orchestrator.system import git
from orchestrator.system.files import entries_by_name
from orchestrator.system.names import (
    APPLICATION_FOLDER,
    BUILD_LOCK,
    CACHE_SIGNATURE,
    CACHE_TAG,
    IS_TEMPORARY,
    MODULES,
    OVERRIDES,
    UNFINISHED,
    VENV_CONFIGURATION,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.packing.model import Entry

_HISTORY = frozenset({".git", ".hg", ".svn", ".jj"})
_COMPILED = "__pycache__"
_LEAVINGS = frozenset({_COMPILED, ".tox", ".nox", ".DS_Store", ".ipynb_checkpoints"})
_OWN = re.compile(
    rf"{re.escape(APPLICATION_FOLDER)}|{MODULES}|{re.escape(BUILD_LOCK)}|{UNFINISHED}|{IS_TEMPORARY}"
)
"""At the top of a project: what builds make. The environments in use are packed for themselves."""

IGNORED, HISTORY, LEAVINGS, ENVIRONMENT, ARCHIVE, SPECIAL, ABSENT = (
    "ignored by git",
    "history of the source",
    "caches",
    "other environments",
    "archives",
    "neither files nor folders",
    "links to what is not in the archive",
)


def contents(root: Path, is_archive: Callable[[Path], bool], also: tuple[str, ...] = ()) -> Contents:
    """Return the application's source, and what of the project's folder is not taken for that.

    :param is_archive: tells whether a file is one that this, or an earlier, packing has made.
    :param also: folders, relative to the project, that are needed whatever git thinks of them.
    """
    found: dict[str, Entry] = {}
    left_out: dict[str, str] = {}
    for name in _names(root, left_out):
        _add(root, name, is_archive, found, left_out)
    for folder in also:
        if folder != "." and not any(name.startswith(f"{folder}/") for name in found):
            for name in _walked(root, f"{folder}/", left_out):
                _add(root, name, is_archive, found, left_out)
    if (root / OVERRIDES).is_file():  # the shim compares it with what is in force, at every start
        _add(root, OVERRIDES, is_archive, found, left_out)
    told = {
        path: reason
        for path, reason in left_out.items()
        if path not in found and not any(f"{folder}/".startswith(path) for folder in also)
    }
    return Contents(
        tuple(entry for _, entry in sorted(found.items())),
        tuple(LeftOut(path, reason) for path, reason in sorted(told.items())),
    )


def _names(root: Path, left_out: dict[str, str]) -> Iterator[str]:
    listed = git.listed(root)
    # A folder that its repository ignores is no part of that; its own pyproject.toml is one of any project.
    if listed is None or "pyproject.toml" not in listed:
        yield from _walked(root, "", left_out)
        return
    if (root / ".git").exists():
        left_out[".git/"] = HISTORY
    left_out.update((path, IGNORED) for path in git.ignored(root) if not _OWN.fullmatch(path.rstrip("/")))
    for name in listed:
        path = root / name
        if name.endswith("/") or (path.is_dir() and not path.is_symlink()):  # a repository in this one
            yield from _walked(root, f"{name.rstrip('/')}/", left_out)
        elif os.path.lexists(path) and not (
            _OWN.fullmatch(name.partition("/")[0]) or _COMPILED in name.split("/")
        ):
            yield name


def _walked(root: Path, prefix: str, left_out: dict[str, str]) -> Iterator[str]:
    """Yield the files below a folder of the project that has no git to ask."""
    for entry in entries_by_name(root / prefix):
        name = prefix + entry.name
        if not prefix and _OWN.fullmatch(name):
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        reason = _reason(Path(entry.path), is_folder=is_folder)
        if reason:
            left_out[f"{name}/" if is_folder else name] = reason
        elif is_folder:
            yield from _walked(root, f"{name}/", left_out)
        else:
            yield name


def _reason(path: Path, *, is_folder: bool) -> str:
    if path.name in _HISTORY:
        return HISTORY
    if path.name in _LEAVINGS or (is_folder and _is_tagged(path / CACHE_TAG)):
        return LEAVINGS
    if is_folder and (path / VENV_CONFIGURATION).is_file():
        return ENVIRONMENT
    return ""


def _is_tagged(file: Path) -> bool:
    """Whether a folder says that it is a cache (the Cache Directory Tagging Specification)."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(CACHE_SIGNATURE)) == CACHE_SIGNATURE.encode()
    except OSError:
        return False


def _add(
    root: Path,
    name: str,
    is_archive: Callable[[Path], bool],
    found: dict[str, Entry],
    left_out: dict[str, str],
) -> None:
    path = root / name
    if path.name == BUILD_LOCK:  # of a project in this one
        return
    if path.is_symlink():
        target = os.fspath(path.readlink())
        if _leads_out(name, target):
            left_out[name] = ABSENT
        else:
            found[name] = Link(name, target)
    elif is_archive(path):
        left_out[name] = ARCHIVE
    elif path.is_file():
        found[name] = File(name, path, is_executable(path))
    else:
        left_out[name] = SPECIAL


def _leads_out(name: str, target: str) -> bool:
    """Whether a link of this name leads out of the project, wherever that is."""
    landing = os.path.normpath(f"{os.path.dirname(name)}/{target}".lstrip("/"))  # noqa: PTH120 - no file's
    return target.startswith("/") or landing == ".." or landing.startswith("../")
