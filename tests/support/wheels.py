"""Tiny wheels made in memory, and the find-links folder they go to: a package index without a network.

The format is the binary distribution format of PEP 427 with the core metadata of PEP 566.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# The earliest time a zip archive can hold. Equal input makes equal bytes, so hashes can be cache keys.
_TIMESTAMP = (1980, 1, 1, 0, 0, 0)
_READABLE_FILE = 0o100644 << 16
_EXECUTABLE_FILE = 0o100755 << 16


def build_wheel(
    folder: Path,
    name: str,
    version: str,
    *,
    files: Mapping[str, str | bytes],
    requires: Iterable[str] = (),
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    classifiers: Iterable[str] = (),
    entry_points: Mapping[str, str] | None = None,
    entry_point_groups: Mapping[str, Mapping[str, str]] | None = None,
    tag: str = "py3-none-any",
) -> Path:
    """Write one wheel and return its path; a wheel of the same name, version and tag is replaced.

    :param folder: where the wheel goes; created if missing.
    :param name: the distribution's name as METADATA spells it; the file name holds the normalised form.
    :param files: path in the wheel (POSIX separators) to content; `<name>-<version>.data/…` too.
    :param requires: `Requires-Dist` entries, PEP 508.
    :param extras: extra to the requirements it adds.
    :param entry_points: console scripts, command to `module:function`.
    :param entry_point_groups: any other entry points, group to name to `module:object`.
    """
    stem = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version.replace('-', '_')}"
    info = f"{stem}.dist-info"
    groups = {"console_scripts": entry_points or {}, **(entry_point_groups or {})}
    members = {path: _bytes(content) for path, content in sorted(files.items())}
    described = _metadata(name, version, requires, extras or {}, requires_python, classifiers)
    members[f"{info}/METADATA"] = described
    members[f"{info}/WHEEL"] = _wheel(tag)
    if any(groups.values()):
        members[f"{info}/entry_points.txt"] = _entry_points(groups)
    members[f"{info}/RECORD"] = _record(members, f"{info}/RECORD")

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            entry = zipfile.ZipInfo(member, _TIMESTAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _EXECUTABLE_FILE if ".data/scripts/" in member else _READABLE_FILE
            archive.writestr(entry, content)
    return path


@dataclass(frozen=True, slots=True)
class Index:
    """A folder of wheels for `--find-links`."""

    folder: Path

    def add(
        self,
        name: str,
        version: str,
        *,
        requires: Iterable[str] = (),
        files: Mapping[str, str | bytes] | None = None,
        extras: Mapping[str, Iterable[str]] | None = None,
        requires_python: str | None = None,
        classifiers: Iterable[str] = (),
        entry_points: Mapping[str, str] | None = None,
        entry_point_groups: Mapping[str, Mapping[str, str]] | None = None,
        tag: str = "py3-none-any",
    ) -> Path:
        """Publish one wheel; see `build_wheel`.

        Without `files` it holds one package with nothing but `__version__`, named like the distribution with
        underscores for dashes and dots.
        """
        if files is None:
            files = {f"{re.sub(r'[-.]', '_', name)}/__init__.py": f'__version__ = "{version}"\n'}
        return build_wheel(
            self.folder,
            name,
            version,
            files=files,
            requires=requires,
            extras=extras,
            requires_python=requires_python,
            classifiers=classifiers,
            entry_points=entry_points,
            entry_point_groups=entry_point_groups,
            tag=tag,
        )

    def fingerprint(self) -> str:
        """Return a hash of every wheel's name and content; the folder's own place is not in it."""
        digest = hashlib.sha256()
        for wheel in sorted(self.folder.glob("*.whl")):
            digest.update(wheel.name.encode())
            digest.update(hashlib.sha256(wheel.read_bytes()).digest())
        return digest.hexdigest()


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


def _metadata(
    name: str,
    version: str,
    requires: Iterable[str],
    extras: Mapping[str, Iterable[str]],
    requires_python: str | None,
    classifiers: Iterable[str],
) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    if requires_python is not None:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Classifier: {classifier}" for classifier in classifiers]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    for extra, additions in extras.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {_under_extra(requirement, extra)}" for requirement in additions]
    return "\n".join([*lines, ""]).encode()


def _under_extra(requirement: str, extra: str) -> str:
    requirement, _, marker = requirement.partition(";")
    condition = f"({marker.strip()}) and extra == '{extra}'" if marker else f"extra == '{extra}'"
    return f"{requirement.strip()} ; {condition}"


def _wheel(tag: str) -> bytes:
    pure = "true" if tag.endswith("-none-any") else "false"
    return f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: {pure}\nTag: {tag}\n".encode()


def _entry_points(groups: Mapping[str, Mapping[str, str]]) -> bytes:
    lines = []
    for group, points in groups.items():
        if points:
            lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items()), ""]
    return "\n".join(lines).encode()


def _record(members: Mapping[str, bytes], record: str) -> bytes:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for member, content in members.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.writerow((member, f"sha256={digest}", len(content)))
    rows.writerow((record, "", ""))  # RECORD cannot hold its own hash
    return text.getvalue().encode()
