"""Writing a pyproject.toml from what was read: what it says already stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.beginning.model import Beginning
from orchestrator.beginning.naming import normalized_name
from orchestrator.beginning.notes import OLDEST
from orchestrator.config.entries import guessed_names
from orchestrator.config.faults import quote
from orchestrator.config.location import key_lines, show_key, table_ends
from orchestrator.config.optional import EXTRAS, GROUPS
from orchestrator.config.package import BUILD_SYSTEM
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.config.sources import SOURCES
from orchestrator.editing import toml
from orchestrator.editing.model import Edited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UV = ("tool", "uv")
_DYNAMIC = ("project", "dynamic")
_PYTHON = ("project", "requires-python")


def write(text: str, beginnings: Sequence[Beginning], name: str) -> Edited:
    """Write what was read into the text of a pyproject.toml, which may be empty.

    :param beginnings: without any the project begins from nothing.
    :param name: of the project, for a `[project]` table that has to be made; a folder's name will do.
    :raises ConfigError: the text is written in a way that cannot be changed.
    :raises UsageError: a project cannot have that name.
    """
    said: list[str] = []
    warned: list[str] = []
    for beginning in beginnings or (Beginning(read=()),):
        if toml.value_at(toml.read(text), ("project",)) is None:
            said += ["Added the table `project`"] if text else []
            text = _with_project(text, beginning, name)
        filled = _filled(text, beginning)
        text = filled.text
        said += filled.said
        warned += filled.warned
    return Edited(text, tuple(said), tuple(warned))


def _with_project(text: str, beginning: Beginning, name: str) -> str:
    """Put a `[project]` table before all others."""
    version = beginning.version or ("" if "version" in beginning.dynamic else "0.1.0")
    lines = [
        "[project]",
        f"name = {json.dumps(normalized_name(name))}",
        *([f"version = {json.dumps(version, ensure_ascii=False)}"] if version else []),
        f"requires-python = {json.dumps(beginning.requires_python or f'>={OLDEST}')}",
        *([f"dynamic = {json.dumps(list(beginning.dynamic))}"] if beginning.dynamic else []),
        "dependencies = []",
    ]
    table = "\n".join(lines) + "\n"
    before = text.split("\n")
    lines_of = key_lines(text)
    headers = [lines_of[key] - 1 for key in table_ends(text) if key in lines_of]
    first = min(headers, default=len(before))
    while headers and first > 0 and before[first - 1].lstrip().startswith("#"):
        first -= 1
    head, tail = "\n".join(before[:first]).rstrip("\n"), "\n".join(before[first:])
    return (f"{head}\n\n" if head else "") + table + (f"\n{tail}" if tail.strip() else "")


def _filled(text: str, beginning: Beginning) -> Edited:
    """Write each of the values where the file says nothing."""
    said: list[str] = []
    warned: list[str] = []
    if beginning.requirements and toml.value_at(toml.read(text), DEPENDENCIES) in (None, []):
        text = toml.put(text, DEPENDENCIES, tuple(beginning.requirements))
        said.append(_count(DEPENDENCIES, len(beginning.requirements)))
    if beginning.requires_python and _is_dynamic(text, _PYTHON):
        text = toml.put(text, _PYTHON, beginning.requires_python)
        said.append(_count(_PYTHON, 0))
    for table, values in ((EXTRAS, beginning.extras), (GROUPS, beginning.groups)):
        text, more = _tables(text, table, values)
        said += more
    for key in (DEPENDENCIES, _PYTHON, EXTRAS):
        if _is_dynamic(text, key) and toml.value_at(toml.read(text), key) is not None:
            dynamic = toml.value_at(toml.read(text), _DYNAMIC)
            text = toml.remove_or_delete(text, _DYNAMIC, [dynamic.index(key[-1])])
            said.append(f"Removed {quote(key[-1])} from {show_key(_DYNAMIC)}")
    if beginning.back_end is not None and toml.value_at(toml.read(text), (BUILD_SYSTEM,)) is None:
        distribution, module = beginning.back_end
        text = toml.put(text, (BUILD_SYSTEM, "requires"), (distribution,))
        text = toml.put(text, (BUILD_SYSTEM, "build-backend"), module)
        said.append(f"Added the table {quote(BUILD_SYSTEM)}, so that the project itself is installed")
    text, more = _sources(text, beginning)
    said += more
    for setting, value in beginning.uv.items():
        path = (*_UV, setting)
        if _is_free(text, path):
            text = toml.put(text, path, value)
            said.append(_count(path, len(value) if isinstance(value, (list, tuple)) else 0))
        elif toml.value_at(toml.read(text), path) != (list(value) if isinstance(value, tuple) else value):
            warned.append(
                f"not carried over: {show_key(path)} is there already, and {beginning.read[0]} has others"
            )
    return Edited(text, tuple(said), tuple(warned))


def _is_dynamic(text: str, key: tuple[str, ...]) -> bool:
    dynamic = toml.value_at(toml.read(text), _DYNAMIC)
    return isinstance(dynamic, list) and key[-1] in dynamic


def _tables(
    text: str, table: tuple[str, ...], values: Mapping[str, tuple[Any, ...]]
) -> tuple[str, list[str]]:
    """Write lists of requirements: of a list that is there, what it lacks, if it is a dependency group's."""
    said = []
    known = _names(text, table)
    for name, entries in values.items():
        path = (*table, known.get(canonicalize_name(name), name))
        written = toml.value_at(toml.read(text), path)
        if entries and _is_free(text, path):
            text = toml.put(text, path, tuple(entries))
            said.append(_count(path, len(entries)))
        elif table == GROUPS and isinstance(written, list):
            lacking = [entry for entry in entries if _subject(entry) not in map(_subject, written)]
            for entry in lacking:
                text = toml.add(text, path, entry)
            said += [_count(path, len(lacking))] if lacking else []
    return text, said


def _subject(entry: object) -> object:
    """Return what an entry of a group is about: a distribution, or a group that it includes."""
    return guessed_names([entry]) or str(entry)


def _sources(text: str, beginning: Beginning) -> tuple[str, list[str]]:
    known = _names(text, SOURCES)
    new = {
        name: source
        for name, source in beginning.sources.items()
        if canonicalize_name(name) not in known and _is_free(text, (*SOURCES, name))
    }
    for name, source in new.items():
        text = toml.put(text, (*SOURCES, name), source)
    return text, [_count(SOURCES, len(new))] if new else []


def _names(text: str, table: tuple[str, ...]) -> dict[str, str]:
    """Return the keys of a table: canonical name to spelling."""
    written = toml.value_at(toml.read(text), table)
    return {canonicalize_name(name): name for name in written} if isinstance(written, dict) else {}


def _is_free(text: str, path: tuple[str, ...]) -> bool:
    """Whether a key is missing, and can be there: what is no table is told when the whole is checked."""
    data = toml.read(text)
    above = (toml.value_at(data, path[:length]) for length in range(1, len(path)))
    return toml.value_at(data, path) is None and all(each is None or isinstance(each, dict) for each in above)


def _count(path: tuple[str, ...], number: int) -> str:
    return f"Added {number} to {show_key(path)}" if number else f"Set {show_key(path)}"
