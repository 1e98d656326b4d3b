"""uv's own tables that the build hands on: `[tool.uv.sources]` and `[[tool.uv.index]]`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.config.faults import Fault, did_you_mean, join_words, quote, table_at, wrong_type
from orchestrator.config.location import KeyPath, show_key, show_path
from orchestrator.system.credentials import without

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.config.workspace import Workspace

SOURCES = ("tool", "uv", "sources")
INDEXES = ("tool", "uv", "index")

_KINDS = ("git", "index", "path", "url", "workspace")


def read_sources(
    data: Mapping[str, Any], root: Path, workspace: Workspace | None, faults: list[Fault]
) -> dict[str, Any]:
    """Read `[tool.uv.sources]`: canonical name to table or list of tables, paths absolute.

    Only what mvenv itself relies on is checked: each table says one kind of place, and its path exists. The
    rest is uv's to judge. Members of a workspace are local projects, editable unless their source says otherwise, and
    the workspace's own sources are theirs, too.

    :param root: the folder that relative paths start from.
    :param workspace: that the project is in.
    """
    written = table_at(data, SOURCES, faults) or {}
    common: dict[str, Any] = {}
    if workspace is not None and workspace.root != root:
        common = _read_all(table_at(workspace.data, SOURCES, []) or {}, workspace.root, workspace, [])
    return {**common, **_read_all(written, root, workspace, faults)}


def _read_all(
    written: Mapping[str, Any], root: Path, workspace: Workspace | None, faults: list[Fault]
) -> dict[str, Any]:
    sources: dict[str, Any] = {}
    spellings: dict[str, str] = {}
    for spelling, source in written.items():
        key = (*SOURCES, spelling)
        name = canonicalize_name(spelling)
        if name in spellings:
            both = join_words((spellings[name], spelling), "and")
            faults.append(Fault(key, f"{both} are sources of the same distribution"))
            continue
        spellings[name] = spelling
        if isinstance(source, list):
            tables = [_read_source(entry, (*key, index), root, faults) for index, entry in enumerate(source)]
            sources[name] = [
                _member(table, name, (*key, index), workspace, faults)
                for index, table in enumerate(tables)
                if table is not None
            ]
        elif isinstance(source, dict):
            table = _read_source(source, key, root, faults)
            sources[name] = table and _member(table, name, key, workspace, faults)
        else:
            faults.append(wrong_type(key, "a table or a list of tables", source))
    return sources


def read_indexes(data: Mapping[str, Any], faults: list[Fault]) -> tuple[Mapping[str, Any], ...]:
    """Read `[[tool.uv.index]]` as written."""
    uv = table_at(data, INDEXES[:-1], faults) or {}
    indexes = uv.get(INDEXES[-1], [])
    if not isinstance(indexes, list):
        faults.append(wrong_type(INDEXES, "a list of tables", indexes))
        return ()
    for position, index in enumerate(indexes):
        if not isinstance(index, dict):
            faults.append(wrong_type((*INDEXES, position), "a table", index))
    return tuple(indexes)


def _read_source(source: object, key: KeyPath, root: Path, faults: list[Fault]) -> dict[str, Any] | None:
    if not isinstance(source, dict):
        faults.append(wrong_type(key, "a table", source))
        return None
    kinds = [kind for kind in _KINDS if kind in source]
    if len(kinds) != 1:
        named = f"more than one place: {join_words(kinds, 'and')}" if kinds else "no place"
        faults.append(
            Fault(
                key,
                f"`{show_key(key)}` names {named}",
                hints=(f"a source has one of {join_words(_KINDS, 'and')}",),
            )
        )
        return None
    kind = kinds[0]
    value = source[kind]
    if kind == "workspace":
        if not isinstance(value, bool):
            faults.append(wrong_type((*key, kind), "a boolean", value))
    elif not isinstance(value, str):
        faults.append(wrong_type((*key, kind), "a string", value))
    elif kind == "path":
        return {**source, "path": _absolute(value, (*key, kind), root, faults)}
    # Of a table with `git` or `url`; a workspace's value is a boolean.
    return {name: without(found) if isinstance(found, str) else found for name, found in source.items()}


def _member(
    table: dict[str, Any], name: str, key: KeyPath, workspace: Workspace | None, faults: list[Fault]
) -> dict[str, Any]:
    """Return the source of a member of the workspace as that of a local project; any other as it is."""
    if table.get("workspace") is not True:
        return table
    folder = None if workspace is None else workspace.members.get(canonicalize_name(name))
    if folder is None:
        hint = "the project is in no workspace: `[tool.uv.workspace]` is in no pyproject.toml here or above"
        if workspace is not None:
            hint = did_you_mean(name, sorted(workspace.members), otherwise="the members are")
        faults.append(Fault(key, f"{quote(name)} is no member of the workspace", hints=(hint,)))
        return table
    rest = {each: value for each, value in table.items() if each != "workspace"}
    return {"editable": True, **rest, "path": str(folder)}


def _absolute(text: str, key: KeyPath, root: Path, faults: list[Fault]) -> str:
    path = root / text
    # Not Path.exists: that raises for a name that is too long, and this one answers.
    if os.path.exists(path):  # noqa: PTH110
        return str(path.resolve())
    hints = ("`~` is not expanded: write the folder out",) if text.startswith("~") else ()
    reason = f"there is nothing at {quote(show_path(path))}"
    faults.append(Fault(key, f"the path {quote(text)} does not exist", reason=reason, hints=hints))
    return text
