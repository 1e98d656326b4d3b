"""The hashes of what is pinned, as uv tells them.

They are those of the files that fit the interpreter's platform, and of the sdist. Measured: asking for all pins at
once takes 20 ms with a warm cache (the index' answers hold them), and installing with hashes downloads nothing that
is in uv's cache. ``--generate-hashes`` would take as long, and leave out what comes from folders of wheels.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.system.parallel import in_parallel
from orchestrator.uv.pylock import batches, pylock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


Hashes = dict[tuple[str, str], tuple[str, ...]]


def find(
    pins: Iterable[Pin],
    known: Mapping[tuple[str, str], tuple[str, ...]],
    project: Project,
    interpreter: Interpreter,
) -> Hashes:
    """Return the hashes of the files of *pins*: (canonical name, version) → hashes, sorted.

    Local projects and version control have none.

    :param known: what an earlier call found; it is not asked for again, so that a file that is exchanged later
        is noticed.
    :raises ResolutionError: the index does not say.
    """
    found: Hashes = {}
    unknown: dict[tuple[str, str], Pin] = {}
    for pin in pins:
        key = pin.name, pin.version
        if key in known:
            found[key] = known[key]
        elif _has_files(pin):
            unknown[key] = pin
    asked = list(batches(unknown.values()))
    answers = in_parallel(lambda batch: read(pylock(batch, project, interpreter)), asked)
    for batch, told in zip(asked, answers, strict=True):
        found.update({(name, pin.version): told[name] for name, pin in batch.items() if told.get(name)})
    return dict(sorted(found.items()))


def _has_files(pin: Pin) -> bool:
    return pin.source is None and " @ git+" not in pin.specification


def read(text: str) -> dict[str, tuple[str, ...]]:
    """Read a ``pylock.toml``: canonical name → the hashes of all its files, sorted."""
    found: dict[str, tuple[str, ...]] = {}
    for package in tomllib.loads(text).get("packages", ()):
        files = [
            *package.get("wheels", ()),
            *(package[kind] for kind in ("sdist", "archive") if kind in package),
        ]
        hashes = {f"{kind}:{value}" for file in files for kind, value in file.get("hashes", {}).items()}
        found[canonicalize_name(package["name"])] = tuple(sorted(hashes))
    return found
