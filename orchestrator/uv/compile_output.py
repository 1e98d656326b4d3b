"""Reading what ``uv pip compile --annotation-style line`` prints: pins, and who required them (``# via``)."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name, parse_wheel_filename

from orchestrator.system.credentials import without
from orchestrator.system.paths import of_url
from orchestrator.uv.model import LOCAL, Pin, Resolution

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANNOTATION = re.compile(r"\s+# via (?P<via>.*)$")
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==(?P<version>[^\s;]+)$")
_REFERENCE = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*) @ (?P<url>\S+)$")


# The logger of uv that tells which file of a release it has chosen, in the form of `RUST_LOG`, and what it says then.
TELLING_OF_FILES = "uv_resolver=debug"
_SELECTING = re.compile(
    r"^DEBUG Selecting: (?P<name>[^=\s]+)==(?P<version>\S+) \[[^\]]*\] \((?P<file>[^)\s]+)\)", re.MULTILINE
)


def parse(text: str, *, question: str, folders: Mapping[str, str], root: Path, log: str = "") -> Resolution:
    """Return the resolution that uv printed.

    :param question: the name of the project that asked; its ``via`` marks the roots.
    :param folders: absolute folder of a local project → its canonical name, as far as it is known.
    :param root: the folder that uv ran in; it writes what local projects need relative to that.
    :param log: what it has said of the files that it chose.
    """
    pins: dict[str, Pin] = {}
    dependants: dict[str, set[str]] = {}
    for line in text.splitlines():
        entry, annotation = _split(without(line))  # uv writes `****` for a password
        if not entry or entry.startswith("#"):
            continue
        pin = _pin(entry, folders, root)
        pins[pin.name] = pin
        dependants[pin.name] = {
            canonicalize_name(requirer.partition(" (")[0]) for requirer in annotation.split(", ") if requirer
        }
    requires: dict[str, set[str]] = {name: set() for name in pins}
    roots = set()
    for name, requirers in dependants.items():
        for requirer in requirers:
            if requirer == question:
                roots.add(name)
            elif requirer in requires:
                requires[requirer].add(name)
    return Resolution(
        pins=dict(sorted(pins.items())),
        requires={name: frozenset(names) for name, names in sorted(requires.items())},
        roots=frozenset(roots),
        built=_built(pins, log),
    )


def _built(pins: Mapping[str, Pin], log: str) -> frozenset[str]:
    files: dict[tuple[str, str], str] = {
        (canonicalize_name(match["name"]), match["version"]): match["file"]
        for match in _SELECTING.finditer(log)
    }
    return frozenset(
        name for name, pin in pins.items() if not files.get((name, pin.version), ".whl").endswith(".whl")
    )


def _split(line: str) -> tuple[str, str]:
    match = _ANNOTATION.search(line)
    if match is None:
        return line.strip(), ""
    return line[: match.start()].strip(), match["via"]


def _pin(entry: str, folders: Mapping[str, str], root: Path) -> Pin:
    match = _PINNED.match(entry)
    if match is not None:
        return Pin(canonicalize_name(match["name"]), match["version"], entry)
    match = _REFERENCE.match(entry)
    if match is not None:
        return _from_url(canonicalize_name(match["name"]), match["url"], entry)
    editable = entry.startswith("-e ")
    folder = os.path.normpath(root / _folder(entry.removeprefix("-e ").strip()))
    name = folders.get(folder) or _project(folder).get("name", Path(folder).name)
    return _local(canonicalize_name(name), folder, editable=editable)


def _from_url(name: str, url: str, entry: str) -> Pin:
    parts = urlsplit(url)
    if parts.scheme == "file" and Path(of_url(url)).is_dir():
        return _local(name, of_url(url), editable=False)
    if parts.path.endswith(".whl"):
        return Pin(name, str(parse_wheel_filename(unquote(parts.path.rpartition("/")[2]))[1]), entry)
    return Pin(name, parts.fragment or parts.path.rpartition("@")[2] or "url", entry)


def _local(name: str, folder: str, *, editable: bool) -> Pin:
    if folder.endswith((".whl", ".tar.gz", ".zip")):
        return _from_url(name, Path(folder).as_uri(), f"{name} @ {Path(folder).as_uri()}")
    version = _project(folder).get("version", LOCAL)
    specification = f"-e {folder}" if editable else f"{name} @ {Path(folder).as_uri()}"
    return Pin(name, version, specification, source=folder)


def _folder(entry: str) -> str:
    return of_url(entry) if entry.startswith("file:") else entry


def _project(folder: str) -> dict[str, str]:
    try:
        document = tomllib.loads((Path(folder) / "pyproject.toml").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    project = document.get("project", {})
    return {
        key: value for key, value in project.items() if key in ("name", "version") and isinstance(value, str)
    }
