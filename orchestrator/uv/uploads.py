"""When releases were uploaded, as far as the index says."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.uv.model import Pin
from orchestrator.uv.pylock import batches, pylock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Release


def times(
    releases: Iterable[Release], project: Project, interpreter: Interpreter
) -> Mapping[Release, datetime]:
    """Return release → when the first of its files that fit the interpreter was uploaded.

    Left out is what the index does not tell: simple indexes without JSON (PEP 700), folders of wheels, local projects.
    """
    pins = [Pin(name, version, f"{name}=={version}") for name, version in releases]
    found: dict[Release, datetime] = {}
    for batch in batches(pins):
        try:
            text = pylock(batch, project, interpreter)
        except ResolutionError:  # a version that only a URL or a folder has
            continue
        for name, uploaded in _read(text):
            found[name, batch[name].version] = uploaded
    return found


def _read(text: str) -> Iterator[tuple[str, datetime]]:
    """Yield canonical name and time of each package in a ``pylock.toml``."""
    for package in tomllib.loads(text).get("packages", ()):
        files: list[Mapping[str, Any]] = [*package.get("wheels", ())]
        files += [package["sdist"]] if "sdist" in package else []
        uploaded = [file["upload-time"] for file in files if isinstance(file.get("upload-time"), datetime)]
        if uploaded:
            yield (
                canonicalize_name(package["name"]),
                min(time if time.tzinfo else time.replace(tzinfo=UTC) for time in uploaded),
            )
