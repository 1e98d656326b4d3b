"""Which files of a source folder its metadata comes from. Standard library only.

The build files, and those that they name for dependencies: setuptools reads them from ``requirements.txt`` if it is
told to (``[tool.setuptools.dynamic]``, or ``file:`` in ``setup.cfg``), others likewise in settings of their own.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg")

_OF_DEPENDENCIES = frozenset({"dependencies", "optional-dependencies"})
_IN_SETUP_CFG = re.compile(r"^[ \t]*(?P<key>[\w.-]+)\s*=\s*file:(?P<files>.*(?:\n[ \t]+.*)*)", re.MULTILINE)
_TEXTS = ("description", "long_description", "version")
"""Keys of ``setup.cfg`` that may name files, too."""


def metadata_files(folder: Path) -> list[str]:
    """Return their paths, relative to *folder*: the build files, there or not, then what they name, sorted."""
    named = {
        name
        for name in (*_of_pyproject(folder), *_of_setup_cfg(folder), *_beside_setup_py(folder))
        if (folder / name).is_file()
    }
    return [*BUILD_FILES, *sorted(named.difference(BUILD_FILES))]


def _of_pyproject(folder: Path) -> Iterator[str]:
    try:
        text = (folder / BUILD_FILES[0]).read_text("utf-8")
    except (OSError, ValueError):
        return
    if "dynamic" not in text and "cache-keys" not in text:
        return
    import tomllib  # for the few projects that name files

    try:
        document = tomllib.loads(text)
    except ValueError:
        return
    tool, project = (
        table if isinstance(table := document.get(name), dict) else {} for name in ("tool", "project")
    )
    dynamic = project.get("dynamic")
    if isinstance(dynamic, list) and not _OF_DEPENDENCIES.isdisjoint(map(str, dynamic)):
        yield from _texts(tool)
    uv = tool.get("uv")
    for text in _texts(uv.get("cache-keys") if isinstance(uv, dict) else None):
        yield from _matching(folder, text)


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in a value of TOML that can be names of files."""
    if isinstance(value, str):
        if value and "\n" not in value and "\0" not in value and len(value) < 256:
            yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _of_setup_cfg(folder: Path) -> Iterator[str]:
    try:
        text = (folder / BUILD_FILES[2]).read_text("utf-8")
    except (OSError, ValueError):
        return
    for match in _IN_SETUP_CFG.finditer(text):
        if match["key"] not in _TEXTS:
            yield from filter(None, re.split(r"[,\s]+", match["files"]))


def _beside_setup_py(folder: Path) -> Iterator[str]:
    """Yield what a program in setup.py commonly reads."""
    if (folder / BUILD_FILES[1]).is_file():
        yield from _matching(folder, "requirements*.txt")
        yield from _matching(folder, "requirements/*.txt")


def _matching(folder: Path, pattern: str) -> Iterator[str]:
    try:
        yield from (path.relative_to(folder).as_posix() for path in folder.glob(pattern))
    except (ValueError, NotImplementedError):  # not below the folder, or no pattern
        return
