"""Editable installs of what lies in the project, written so that the project can be moved and copied.

Build backends write the absolute path of a source folder: a line of a ``.pth`` file (PEP 660's static way), or the
``MAPPING`` and ``NAMESPACES`` of setuptools' import hook. A line of a ``.pth`` file may as well be relative to its
folder (``site.addpackage`` joins the two). The hook's paths become relative in its text, and are joined when it is
imported. What rebuilds at every import (meson-python, scikit-build-core) keeps the paths of its build folder.
"""

from __future__ import annotations

import ast
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.environments.record_files import update_records
from orchestrator.system.files import record_hash, temporary_beside
from orchestrator.system.paths import relative_nearby
from orchestrator.system.python_source import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = "__editable__*_finder.py"
"""setuptools' import hooks, in ``site-packages``."""
_TABLES = ("MAPPING", "NAMESPACES")
_JOINED = """

# Written relative by mvenv, so that the project can be moved.
from os import path as _path


def _joined(paths):
    if isinstance(paths, str):
        return _path.normpath(_path.join(_path.dirname(_path.abspath(__file__)), paths))
    return [_joined(path) for path in paths]


"""


def relocate(site_packages: Path, lives_at: Path, root: Path) -> None:
    """Make the paths of editable installs in *site_packages* relative where they lie in the project or beside it.

    :param lives_at: where *site_packages* will be when it is in use.
    :param root: the project's folder.
    """
    changed = [
        file.name
        for pattern, relocated in (("*.pth", _path_lines), (HOOKS, _hook))
        for file in sorted(site_packages.glob(pattern))
        if _rewritten(file, relocated(_text(file), lives_at, root))
    ]
    if changed:
        update_records(site_packages, {name: record_hash(site_packages / name) for name in changed})


def mapped(text: str) -> Iterator[tuple[str, str]]:
    """Yield import name and path of what is in the ``MAPPING`` of setuptools' import hook."""
    for table, value in _tables(text):
        if table == "MAPPING":
            found = ast.literal_eval(value)
            yield from found.items() if isinstance(found, dict) else ()


def _text(file: Path) -> str:
    # Bytes that are no UTF-8 stay what they are.
    return file.read_text("utf-8", "surrogateescape")


def _rewritten(file: Path, text: str | None) -> bool:
    """Replace a file (which may be a hard link into uv's cache) if there is a new text for it."""
    if text is None:
        return False
    temporary = temporary_beside(file)
    temporary.write_text(text, "utf-8", "surrogateescape")
    temporary.replace(file)
    return True


def _relative(path: str, lives_at: Path, root: Path) -> str | None:
    """Return *path* relative to where it is written, None if it stays as it is."""
    if not Path(path).is_absolute() or Path(relative_nearby(Path(path), root)).is_absolute():
        return None
    return PurePosixPath(os.path.relpath(path, lives_at)).as_posix()


def _path_lines(text: str, lives_at: Path, root: Path) -> str | None:
    lines = text.splitlines(keepends=True)
    relative = [_relative(line.strip(), lives_at, root) for line in lines]
    if not any(relative):
        return None
    return "".join(
        line if new is None else line.replace(line.strip(), new)
        for line, new in zip(lines, relative, strict=True)
    )


def _hook(text: str, lives_at: Path, root: Path) -> str | None:
    """Return the import hook with relative paths, None if there is nothing to change."""
    found = [
        (constant, new)
        for _, table in _tables(text)
        for constant in ast.walk(table)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
        if (new := _relative(constant.value, lives_at, root)) is not None
    ]
    if not found:
        return None
    lines = text.encode("utf-8", "surrogateescape").splitlines(keepends=True)  # ast counts columns in bytes
    for constant, new in sorted(found, key=lambda each: (-each[0].lineno, -each[0].col_offset)):
        line, start, end = constant.lineno - 1, constant.col_offset, constant.end_col_offset
        lines[line] = lines[line][:start] + repr(new).encode() + lines[line][end:]
    joined = "".join(
        f"{table} = {{name: _joined(paths) for name, paths in {table}.items()}}\n"
        for table, _ in _tables(text)
    )
    return b"".join(lines).decode("utf-8", "surrogateescape") + _JOINED + joined


def _tables(text: str) -> Iterator[tuple[str, ast.Dict]]:
    """Yield name and value of the tables at the top level of an import hook."""
    tree = parsed(text)
    for statement in () if tree is None else tree.body:
        target: ast.expr | None = statement.target if isinstance(statement, ast.AnnAssign) else None
        if isinstance(statement, ast.Assign):
            target = statement.targets[0]
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and target.id in _TABLES and isinstance(value, ast.Dict):
            yield target.id, value
