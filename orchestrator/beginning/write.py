"""Writing a pyproject.toml from what was read: what it says already stays."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.beginning.model import Beginning
from orchestrator.beginning.naming import normalized_name
from orchestrator.beginning.notes import OLDEST
from orchestrator.config.location import key_lines, show_key, table_ends
from orchestrator.config.optional import EXTRAS, GROUPS
from orchestrator.config.requirements import DEPENDENCIES
from orchestrator.config.sources import SOURCES
from orchestrator.editing import toml
from orchestrator.editing.model import Edited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_UV = ("tool", "uv")
_DYNAMIC = ("project", "dynamic")


def write(text: str, beginnings: Sequence[Beginning], name: str) -> Edited:
    """Write what was read into the text of a pyproject.toml, which may be empty.

    :param beginnings: without any the project begins from nothing.
    :param name: of the project, for a `[project]` table that has to be made; a folder's name will do.
    :raises ConfigError: the text is written in a way that cannot be changed.
    :raises UsageError: a project cannot have that name.
    """
    said: list[str] = []
    for beginning in beginnings or (Beginning(read=()),):
        if toml.value_at(toml.read(text), ("project",)) is None:
            said += ["Added the table `project`"] if text else []
            text = _with_project(text, beginning, name)
        text, more = _filled(text, beginning)
        said += more
    return Edited(text, tuple(said))


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


def _filled(text: str, beginning: Beginning) -> tuple[str, list[str]]:
    """Write each of the values where the file says nothing."""
    said: list[str] = []
    data = toml.read(text)
    written = toml.value_at(data, DEPENDENCIES)
    dynamic = toml.value_at(data, _DYNAMIC) or []
    is_dynamic = isinstance(dynamic, list) and "dependencies" in dynamic
    if beginning.requirements and (is_dynamic or written == []):
        text = toml.put(text, DEPENDENCIES, tuple(beginning.requirements))
        said.append(_count(DEPENDENCIES, len(beginning.requirements)))
    if is_dynamic and written is None and beginning.requirements:
        text = toml.remove_or_delete(text, _DYNAMIC, [dynamic.index("dependencies")])
        said.append(f"Removed `dependencies` from {show_key(_DYNAMIC)}")
    for table, values in ((EXTRAS, beginning.extras), (GROUPS, beginning.groups)):
        text, more = _tables(text, table, values)
        said += more
    text, more = _sources(text, beginning)
    said += more
    for key, value in beginning.uv.items():
        path = (*_UV, key)
        if _is_free(text, path):
            text = toml.put(text, path, value)
            said.append(_count(path, len(value) if isinstance(value, (list, tuple)) else 0))
    return text, said


def _tables(
    text: str, table: tuple[str, ...], values: Mapping[str, tuple[Any, ...]]
) -> tuple[str, list[str]]:
    """Write lists of requirements whose names the table does not have."""
    said = []
    known = _names(text, table)
    for name, entries in values.items():
        if canonicalize_name(name) not in known and entries and _is_free(text, (*table, name)):
            text = toml.put(text, (*table, name), tuple(entries))
            said.append(_count((*table, name), len(entries)))
    return text, said


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


def _names(text: str, table: tuple[str, ...]) -> set[str]:
    written = toml.value_at(toml.read(text), table)
    return {canonicalize_name(name) for name in written} if isinstance(written, dict) else set()


def _is_free(text: str, path: tuple[str, ...]) -> bool:
    """Whether a key is missing, and can be there: what is no table is told when the whole is checked."""
    data = toml.read(text)
    above = (toml.value_at(data, path[:length]) for length in range(1, len(path)))
    return toml.value_at(data, path) is None and all(each is None or isinstance(each, dict) for each in above)


def _count(path: tuple[str, ...], number: int) -> str:
    return f"Added {number} to {show_key(path)}" if number else f"Set {show_key(path)}"
