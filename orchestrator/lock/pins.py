"""Pins as a lock writes them: no absolute path, no URL where a name and a version say it all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from orchestrator.system.paths import of_url, relative
from orchestrator.uv.model import Pin


class PinSource(NamedTuple):
    """Where a pinned distribution comes from; all empty for an index."""

    path: str = ""
    """A folder, or a wheel or sdist; relative to the project, POSIX."""
    editable: bool = False
    url: str = ""


def source_of(pin: Pin, root: Path) -> PinSource:
    """Return where *pin* comes from, paths relative to *root*."""
    if pin.source is not None:
        return PinSource(path=relative(pin.source, root), editable=pin.specification.startswith("-e "))
    url = pin.specification.partition(" @ ")[2]
    if url.startswith("file:"):
        return PinSource(path=relative(of_url(url), root))
    return PinSource(url=url)


def pin_at(name: str, version: str, place: PinSource, root: Path) -> Pin:
    """Return the pin of a distribution that comes from *place*; the inverse of :func:`source_of`."""
    if place.url:
        return Pin(name, version, f"{name} @ {place.url}")
    if not place.path:
        return Pin(name, version, f"{name}=={version}")
    path = os.path.normpath(root / place.path)
    if place.editable:
        return Pin(name, version, f"-e {path}", source=path)
    specification = f"{name} @ {Path(path).as_uri()}"
    is_file = path.endswith((".whl", ".tar.gz", ".zip"))
    return Pin(name, version, specification, source=None if is_file else path)
