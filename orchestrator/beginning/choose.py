"""Which of the files in a folder a project begins from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from orchestrator.beginning import pipenv, poetry, requirements_files, setuptools_project
from orchestrator.beginning import uv_project as uv

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.beginning.model import Beginning
    from orchestrator.config.document import TomlDocument

_FILES = (pipenv.FILE, *requirements_files.FILES)


def beginnings(folder: Path, document: TomlDocument | None) -> tuple[Beginning, ...]:
    """Read what there is; nothing for a project that has begun, or begins from nothing.

    The first of Poetry's table, a Pipfile, setup.cfg and setup.py, requirements files counts. Where pyproject.toml
    has a `[project]` table, that counts, with what it calls dynamic, and what Poetry's and uv's tables say besides.

    :param document: pyproject.toml, None if there is none.
    :raises ConfigError: a file cannot be read.
    """
    data = {} if document is None else document.data
    tools = _table(data.get("tool"))
    project = data.get("project")
    if document is None or project is None:
        if document is not None and isinstance(tools.get("poetry"), dict):
            return (poetry.read(document),)
        found = _of_files(folder)
        return () if found is None else (found,)
    if "mvenv" in tools or not isinstance(project, dict):
        return ()
    found_here: list[Beginning] = []
    dynamic = project.get("dynamic")
    is_poetry = isinstance(tools.get("poetry"), dict)
    if isinstance(dynamic, list) and "dependencies" in dynamic and not is_poetry:
        dynamic_one = _of_dynamic(folder, tools) or _of_files(folder)
        if dynamic_one is not None:
            found_here.append(dynamic_one)
    if is_poetry:
        found_here.append(poetry.read(document))
    if isinstance(tools.get("uv"), dict):
        found_here.append(uv.read(document))
    return tuple(found_here)


def unread(folder: Path, read: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of other tools that were not read."""
    names = {PurePath(file).name for file in read}
    return tuple(name for name in _FILES if name not in names and (folder / name).is_file())


def _of_files(folder: Path) -> Beginning | None:
    if (folder / pipenv.FILE).is_file():
        return pipenv.read(folder / pipenv.FILE)
    found = setuptools_project.read(folder)
    if found is not None and found.is_whole:
        return found
    path = next((folder / name for name in requirements_files.FILES if (folder / name).is_file()), None)
    if path is None:
        return found
    listed = requirements_files.read(path)
    if found is None:
        return listed
    return replace(
        found,
        read=(*listed.read, *found.read),
        requirements=listed.requirements,
        groups={**listed.groups, **found.groups},
        sources=listed.sources,
        uv=listed.uv,
        told=(*found.told, *listed.told),
        lost=(*found.lost, *listed.lost),
    )


def _of_dynamic(folder: Path, tools: dict[str, Any]) -> Beginning | None:
    """Read the requirements files that `[tool.setuptools.dynamic]` names."""
    dynamic = _table(_table(tools.get("setuptools")).get("dynamic"))
    files = _table(dynamic.get("dependencies")).get("file")
    names = [files] if isinstance(files, str) else files
    if not isinstance(names, list) or not names:
        return None
    return requirements_files.read_several([folder / str(name) for name in names], folder)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
