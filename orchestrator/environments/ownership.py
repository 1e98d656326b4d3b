"""The folders that mvenv may replace: those it made."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from orchestrator.environments.marking import is_marked
from orchestrator.errors import InstallError
from orchestrator.system.files import remove
from orchestrator.system.names import (
    APPLICATION_FOLDER,
    CACHE_SIGNATURE,
    CACHE_TAG,
    MODULES,
    UNFINISHED,
    VENV_CONFIGURATION,
)

if TYPE_CHECKING:
    from pathlib import Path

_IGNORING = (".gitignore", ".ignore")
# What lies in the folder besides environments, in whatever state a killed build has left it.
_OWN = (CACHE_TAG, *_IGNORING)
_TAG_TEXT = f"{CACHE_SIGNATURE}\n# Made by mvenv; `mvenv build` makes it again.\n"


def check(root: Path, *, replaces: bool = False) -> None:
    """Make sure that the project can be written to, and ``.venv`` and ``py_modules`` are absent, empty, or mvenv's.

    :param replaces: an environment that mvenv did not make may be in the place of ``.venv``.
    :raises InstallError: otherwise; nothing has been touched then.
    """
    modules = root / MODULES
    for folder in (root, modules):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            raise InstallError(
                f"the folder `{folder.name}` cannot be written to",
                causes=(str(folder),),
                hints=(
                    "environments are made in the project's folder: give yourself permission to write there",
                ),
            )
    application = root / APPLICATION_FOLDER
    if is_foreign_environment(root):
        if not replaces:
            raise _foreign(application, "environment")
    elif _occupied(application) and not is_marked(application):
        raise _foreign(application, "environment")
    # A build that was killed while it claimed the folder left at most these files, perhaps empty.
    if _occupied(modules, except_for=_OWN) and not _is_tagged(modules):
        raise _foreign(modules, "folder")


def is_foreign_environment(root: Path) -> bool:
    """Whether ``.venv`` is an environment, and not one that mvenv made."""
    application = root / APPLICATION_FOLDER
    return (
        (application / VENV_CONFIGURATION).is_file()
        and not application.is_symlink()
        and not is_marked(application)
    )


def claim_modules(root: Path) -> Path:
    """Return ``py_modules``, created and marked as mvenv's, out of sight of backups, git and what reads a project.

    Tools that honour ``.gitignore`` in a git repository alone (ty, deptry, ripgrep) honour ``.ignore`` anywhere.
    """
    modules = root / MODULES
    modules.mkdir(exist_ok=True)
    for name, text in {**dict.fromkeys(_IGNORING, "*\n"), CACHE_TAG: _TAG_TEXT}.items():  # the tag last
        if not _says(modules / name, text):
            (modules / name).write_text(text, encoding="utf-8")
    return modules


def environments(root: Path) -> list[Path]:
    """Return the environments in ``py_modules``, finished or not, in use or not."""
    modules = root / MODULES
    return [folder for folder in modules.iterdir() if folder.is_dir()] if modules.is_dir() else []


def is_claimed(root: Path) -> bool:
    """Whether there is a ``py_modules``, and it is mvenv's."""
    return _is_tagged(root / MODULES)


def remove_empty_modules(root: Path) -> None:
    """Remove ``py_modules`` if it is mvenv's, or nobody's, and no environment is in it."""
    modules = root / MODULES
    if not modules.is_dir() or modules.is_symlink() or environments(root):
        return
    if not _occupied(modules, except_for=_OWN) or _is_tagged(modules):
        remove(modules)


def _occupied(folder: Path, except_for: tuple[str, ...] = ()) -> bool:
    if folder.is_symlink() or folder.is_file():
        return True
    return folder.is_dir() and any(
        entry.name not in except_for and not re.fullmatch(UNFINISHED, entry.name)
        for entry in folder.iterdir()
    )


def _is_tagged(folder: Path) -> bool:
    return _says(folder / CACHE_TAG, _TAG_TEXT)


def _says(file: Path, text: str) -> bool:
    try:
        return file.read_text("utf-8") == text
    except (OSError, ValueError):  # ValueError: not UTF-8
        return False


def _foreign(folder: Path, kind: str) -> InstallError:
    is_folder = folder.is_dir()
    article = "an" if is_folder and kind == "environment" else "a"
    kind = kind if is_folder else "link to nowhere" if folder.is_symlink() else "file"
    hints = [
        f"move it away or delete it, then run `mvenv build` again: `mv {folder.name} {folder.name}.old`",
    ]
    if (folder / VENV_CONFIGURATION).is_file() and not folder.is_symlink():
        hints.insert(0, "`mvenv build --replace` puts the project's own in its place")
    cause = f"{folder} has no mark of mvenv's" if is_folder else f"{folder} is no folder"
    return InstallError(
        f"`{folder.name}` is {article} {kind} that mvenv did not make; mvenv does not touch it",
        causes=(cause,),
        hints=tuple(hints),
    )
