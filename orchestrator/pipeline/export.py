"""``mvenv export``: each group of a lock as a standard lock file (PEP 751)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tomlkit

from orchestrator.errors import MvenvError
from orchestrator.lock import FILE
from orchestrator.system.files import write_text
from orchestrator.system.paths import relative
from orchestrator.uv.pylock import pylock

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.plan.model import Plan

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")


def names_of_groups(plan: Plan) -> tuple[str, ...]:
    """Return a name for each group of *plan*: that of the environment its first requirement lives in.

    A group that shares all with the application is called after its first requirement. No name has a dot: PEP 751
    has them end in a file's name, ``pylock.<name>.toml``.
    """
    names: list[str] = []
    for number, group in enumerate(plan.groups):
        first = (*group.direct, *(part.name for part in group.parts), *group.resolution.roots)[0]
        homes = plan.homes[number] if plan.homes else {}
        wanted = _NOT_IN_A_NAME.sub("-", homes.get(first, first))
        name, suffix = wanted, 2
        while name in names:
            name, suffix = f"{wanted}-{suffix}", suffix + 1
        names.append(name)
    return tuple(names)


def export(inputs: BuildInputs, plan: Plan, folder: Path, only: str | None = None) -> tuple[Path, ...]:
    """Write ``pylock.<group>.toml`` of each group of *plan*, or of the one called *only*; return the files.

    A project of one group has one ``pylock.toml``. What a distribution finds in another group is in that group's
    file: no standard says more than one environment.

    :raises MvenvError: there is no group called *only*, or the index cannot be asked for the files.
    """
    names = names_of_groups(plan)
    if only is not None and only not in names:
        raise MvenvError(
            f"there is no group `{only}`",
            causes=(f"`{FILE}` has {', '.join(names) or 'none'}",),
            hints=("`mvenv graph` shows the groups",),
        )
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, group in zip(names, plan.groups, strict=True):
        if only in (None, name):
            path = folder / ("pylock.toml" if len(names) == 1 else f"pylock.{name}.toml")
            text = pylock(group.resolution.pins, inputs.project, inputs.interpreter)
            write_text(path, with_relative_paths(text, folder))
            written.append(path)
    return tuple(written)


def with_relative_paths(text: str, folder: Path) -> str:
    """Return a ``pylock.toml`` for *folder*: PEP 751 reads its relative paths from where the file lies."""
    document = tomlkit.parse(text)
    for package in document.get("packages", ()):
        single = (package[kind] for kind in ("directory", "archive", "sdist") if kind in package)
        for place in (*single, *package.get("wheels", ())):
            if "path" in place:
                place["path"] = relative(place["path"], folder)
    return tomlkit.dumps(document)
