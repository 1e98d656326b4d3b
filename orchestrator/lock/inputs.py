"""What a lock depends on, and in which points two such descriptions differ."""

from __future__ import annotations

import hashlib
import json
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.config.document import read_text
from orchestrator.lock.model import LockedRequirement, LockInputs
from orchestrator.system.credentials import without
from orchestrator.system.names import OVERRIDES
from orchestrator.system.paths import relative
from orchestrator.system.source_state import source_state
from orchestrator.uv.settings import from_above
from runtime_shim.overrides.rules import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.config.model import DirectRequirement, Project
    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.interpreter import Interpreter

_FILE_SETTINGS = "uv.toml"


def describe(
    project: Project,
    requirements: Sequence[DirectRequirement],
    interpreter: Interpreter,
    overrides: Mapping[str, Any],
    folders: Iterable[str] = (),
) -> LockInputs:
    """Return what decides the answer for *project* today; reads uv's settings and the local projects' metadata.

    :param requirements: those of all sections that apply to the interpreter.
    :param folders: local projects (absolute paths) beyond those in ``[tool.uv.sources]``.
    """
    modules = {alias.requirement.alias: alias.module for alias in project.aliases}
    named = {
        table["path"]
        for tables in project.uv_sources.values()
        for table in _tables(tables)
        if "path" in table
    }
    python, platform = interpreter.made_for
    return LockInputs(
        python=python,
        platform=platform,
        requirements=tuple(
            LockedRequirement(
                each.text,
                each.constraints,
                each.additions,
                each.alias,
                modules.get(each.alias, ""),
                each.sections,
            )
            for each in requirements
        ),
        groups=tuple(sorted(project.groups)),
        extras=tuple(sorted(project.extras)),
        exclude_newer=project.exclude_newer or "",
        isolate=tuple(sorted(project.isolate)),
        together=tuple(sorted(tuple(sorted(names)) for names in project.together)),
        singletons=tuple(sorted(project.singletons)),
        prefer="newest" if project.prefers_newest else "fewest",
        lag=(project.lag.majors, project.lag.months),
        sources={
            name: _portable(tables, project.root) for name, tables in sorted(project.uv_sources.items())
        },
        settings=_uv_settings(project),
        overrides=_rules(overrides, project),
        folders={
            relative(folder, project.root): _metadata(Path(folder)) for folder in sorted({*named, *folders})
        },
    )


def same_platform(one: LockInputs, other: LockInputs) -> bool:
    """Whether what is installed for *one* is what is installed for *other*: the same wheels fit."""
    return (one.python, one.platform) == (other.python, other.platform)


def local_folders(groups: Groups) -> frozenset[str]:
    """Return the local projects (absolute paths) that *groups* install from."""
    return frozenset(
        pin.source
        for group in groups.groups
        for pin in group.resolution.pins.values()
        if pin.source is not None
    )


def differences(locked: LockInputs, now: LockInputs) -> tuple[str, ...]:
    """Say in which points *now* is not what was *locked*, a line each; nothing if it is the same."""
    said: list[str] = []
    if locked.python != now.python:
        said.append(f"it was made for Python {locked.python}, and the project's is {now.python}")
    if locked.platform != now.platform:
        said.append(f"it was made for {locked.platform}, and this is {now.platform}")
    if locked.tells_sections:
        for noun, old, new in (
            ("dependency group", locked.groups, now.groups),
            ("extra", locked.extras, now.extras),
        ):
            said += [f"the {noun} `{name}` is new" for name in new if name not in old]
            said += [f"there is no {noun} `{name}` any more" for name in old if name not in new]
        said += _changed_requirements(locked.requirements, now.requirements)
    else:
        said.append("an earlier mvenv made it, for some of the dependency groups and extras")
    settings: tuple[tuple[str, object, object], ...] = (
        ("exclude-newer", locked.exclude_newer, now.exclude_newer),
        ("isolate", locked.isolate, now.isolate),
        ("together", locked.together, now.together),
        ("singletons", locked.singletons, now.singletons),
        ("prefer", locked.prefer, now.prefer),
        ("lag", locked.lag, now.lag),
    )
    for what, one, other in settings:
        if one != other:
            said.append(f"`[tool.mvenv] {what}` has changed")
    said += [f"the source of `{name}` has changed" for name in _unlike(locked.sources, now.sources)]
    if locked.settings != now.settings:
        said.append("uv's settings (`[tool.uv]`, `uv.toml`) have changed")
    if locked.overrides != now.overrides:
        said.append(f"`{OVERRIDES}` has changed")
    said += [f"the metadata of `{folder}` has changed" for folder in _unlike(locked.folders, now.folders)]
    return tuple(said)


def _changed_requirements(locked: Sequence[LockedRequirement], now: Sequence[LockedRequirement]) -> list[str]:
    said = []
    for each in now:
        if each not in locked:
            known = any(old.text == each.text and old.alias == each.alias for old in locked)
            said.append(
                f"what is said of `{_told(each)}` has changed" if known else f"`{_told(each)}` is new"
            )
    said += [
        f"`{_told(each)}` is not required any more"
        for each in locked
        if not any(new.text == each.text and new.alias == each.alias for new in now)
    ]
    if not said and tuple(locked) != tuple(now):
        said.append("the order of the requirements has changed")
    return said


def _told(each: LockedRequirement) -> str:
    return f"{each.alias} = {each.text}" if each.alias else each.text


def _unlike(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def _rules(overrides: Mapping[str, Any], project: Project) -> tuple[str, ...]:
    """Return the rules in words; the project's own version counts where a rule names the project."""
    found = rules(dict(overrides))
    itself = canonicalize_name(project.name)
    told = [str(rule) for rule in found]
    if any(rule.path[0][0] == itself for rule in found):
        told.append(f"{itself} {project.version}")
    return tuple(sorted(told))


def _tables(source: object) -> list[Any]:
    return [table for table in (source if isinstance(source, list) else [source]) if isinstance(table, dict)]


def _portable(source: Any, root: Path) -> Any:
    """Return a source of ``[tool.uv.sources]`` with its path relative to *root*."""
    if isinstance(source, list):
        return [_portable(table, root) for table in source]
    if isinstance(source, dict) and "path" in source:
        return {**source, "path": relative(source["path"], root)}
    return source


def _uv_settings(project: Project) -> str:
    """Return a digest of the settings that uv itself reads in the project or above it, but for the sources."""
    uv = tomllib.loads(read_text(project.pyproject)).get("tool", {}).get("uv", {})
    # Sources are compared by themselves, and the default groups are no part of the answer.
    told = {key: value for key, value in uv.items() if key not in ("sources", "default-groups")}
    found = {"pyproject": told}
    with suppress(OSError, ValueError):  # uv itself says what is wrong with its file
        found[_FILE_SETTINGS] = tomllib.loads((project.root / _FILE_SETTINGS).read_text("utf-8"))
    above = from_above(project.root)
    if above:
        found["above"] = above
    return _digest(found) if any(found.values()) else ""


def _metadata(folder: Path) -> str:
    """Return a digest of the files that a local project's requirements come from; of a wheel, its own."""
    return _digest(source_state(folder, editable=True))


def _digest(value: object) -> str:
    text = without(json.dumps(value, sort_keys=True, default=str))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
