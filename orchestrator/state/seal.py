"""What an environment held when its build had ended, so that damage is noticed. Standard library only.

Noticing has to be cheap: a build with nothing to do asks for names, sizes and times of files alone, one digest over all
of them (*stamp*). Where that is another one, and in ``mvenv doctor``, the content is compared: distributions with
their RECORDs, whose own digests the seal holds, everything else with digests in the seal. Times alone mean nothing
then: a copy of a project has new ones, and is sealed anew. What has been added is nobody's damage (a program keeps its
data in its package, a person has installed something).
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath

from orchestrator.system.names import APPLICATION_FOLDER, FRESH, OVERRIDES, RECORD

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.state.documents import Record, Seal, Stamps

_MOST_FILES = 4000
"""So many files are asked for in every build (5 µs each); of larger environments those near the surface alone."""
_DEPTH = 3  # of these: `lib/pythonX.Y/site-packages/<package>/…`, counted from `site-packages`

# Written by others than builds. The overrides' copy is the user's to edit.
_LEFT_OUT = frozenset({RECORD, FRESH, OVERRIDES, "__pycache__"})
_ABSENT = "absent"


class Damage:
    """A file of an environment that is not what was installed.

    :param path: below the environment's folder, POSIX.
    :param kind: ``missing`` or ``changed``.
    :param distribution: whose it is, as the ``.dist-info`` folder spells its name; empty for what mvenv has written.
    """

    __slots__ = ("distribution", "kind", "path")

    def __init__(self, path: str, kind: str, distribution: str = "") -> None:
        self.path, self.kind, self.distribution = path, kind, distribution


def seal_of(folder: Path, site_packages: str) -> Seal:
    """Return the seal of the environment in *folder*, which is as it should be.

    :param site_packages: where its distributions are, below it.
    """
    files = dict(_files(os.fspath(folder)))
    records, own = {}, dict.fromkeys(files, "")
    for name, text in _record_files(folder / site_packages):
        records[name] = hashlib.sha256(text).hexdigest()
        for path, content, size in _rows(text, site_packages):
            found = files.get(path)
            if found is None:
                own[path] = _ABSENT  # some wheels list what they do not hold
            elif content and str(found[0]) == size:
                own.pop(path, None)
        own.pop(f"{site_packages}/{name}/RECORD", None)
    return {
        "site_packages": site_packages,
        **_stamps(files, site_packages),
        "records": records,
        "own": {path: known or _content(folder / path) for path, known in sorted(own.items())},
    }


def with_new_stamps(folder: Path, seal: Seal) -> Seal:
    """Return the seal of an environment for the names, sizes and times that its files have now."""
    return {**seal, **_stamps(dict(_files(os.fspath(folder))), seal["site_packages"])}


def _stamps(files: Mapping[str, tuple[int | str, int]], site_packages: str) -> Stamps:
    depth = _depth_of(site_packages)
    surface = {path: status for path, status in files.items() if path.count("/") <= depth}
    return {"count": len(files), "stamp": _stamp(files), "surface": _stamp(surface)}


def read_seal(folder: Path) -> Seal | None:
    """Return the seal of the environment in *folder*, None if it has none."""
    try:
        seal: Seal | None = json.loads((folder / RECORD).read_bytes()).get("seal")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return seal


def is_untouched(folders: Mapping[Path, Seal]) -> bool:
    """Whether the files of these environments have the names, sizes and times that they had; of many some are asked."""
    is_cheap = sum(seal["count"] for seal in folders.values()) <= _MOST_FILES
    return all(is_as_stamped(folder, seal, thoroughly=is_cheap) for folder, seal in folders.items())


def is_project_untouched(root: Path, record: Record) -> bool:
    """The same of all environments that *record* describes; what has no seal is taken as it is."""
    seals = {root / path: read_seal(root / path) for path in record["environments"]}
    seals[root / APPLICATION_FOLDER] = record.get("seal")
    return is_untouched({folder: known for folder, known in seals.items() if known is not None})


def is_as_stamped(folder: Path, seal: Seal, *, thoroughly: bool = True) -> bool:
    """Whether all files of an environment have the names, sizes and times that they had."""
    if thoroughly:
        return _stamp(dict(_files(os.fspath(folder)))) == seal["stamp"]
    return _stamp(dict(_files(os.fspath(folder), _depth_of(seal["site_packages"])))) == seal["surface"]


def damage(folder: Path, seal: Seal) -> list[Damage]:
    """Compare the content of every file of an environment with what it was."""
    site_packages = seal["site_packages"]
    expected: dict[str, tuple[str, str]] = {}
    found: list[Damage] = []
    there = dict(_record_files(folder / site_packages))
    for name, known in seal["records"].items():
        text = there.get(name)
        distribution = name.partition("-")[0]
        if text is None or hashlib.sha256(text).hexdigest() != known:
            kind = "missing" if text is None else "changed"
            found.append(Damage(f"{site_packages}/{name}/RECORD", kind, distribution))
            continue
        for path, content, _ in _rows(text, site_packages):
            if content and path not in seal["own"]:
                expected[path] = content, distribution
    named = {path for path, _ in expected.items()}
    expected.update((path, (content, "")) for path, content in seal["own"].items() if path not in named)
    from orchestrator.system.parallel import in_parallel  # for what is to be read

    paths = [path for path, (content, _) in expected.items() if content != _ABSENT]
    contents = in_parallel(lambda path: _content(folder / path), paths)  # hashing leaves the GIL to others
    for path, content in zip(paths, contents, strict=True):
        if content != expected[path][0]:
            kind = "changed" if content else "missing"
            found.append(Damage(path, kind, expected[path][1]))
    return sorted(found, key=lambda each: each.path)


def unlike_their_records(site_packages: Path) -> dict[str, list[str]]:
    """Return distribution → files that are not what its RECORD says: of what has just been installed from a cache."""
    found: dict[str, list[str]] = {}
    for name, text in _record_files(site_packages):
        for path, content, _ in _rows(text, "."):
            if content and _content(site_packages / path) != content:
                found.setdefault(name.partition("-")[0], []).append(path)
    return found


def _depth_of(site_packages: str) -> int:
    return site_packages.count("/") + _DEPTH


def _files(folder: str, depth: int = -1) -> Iterator[tuple[str, tuple[int | str, int]]]:
    """Yield path → (size or the link's target, time) of every file below *folder*.

    :param depth: how many folders deep; all where it is negative.
    """
    left = [(folder, "", depth)]
    while left:
        path, prefix, below = left.pop()
        try:
            entries = os.scandir(path)
        except OSError:
            yield prefix, ("unreadable", 0)
            continue
        with entries:
            for entry in entries:
                name = entry.name
                if name in _LEFT_OUT:
                    continue
                if entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield prefix + name, (status.st_size, status.st_mtime_ns)
                elif entry.is_dir(follow_symlinks=False):
                    if below:
                        left.append((entry.path, f"{prefix}{name}/", below - 1))
                elif entry.is_symlink():
                    yield prefix + name, (os.readlink(entry.path), 0)  # noqa: PTH115


def _stamp(files: Mapping[str, tuple[int | str, int]]) -> str:
    text = repr(sorted(files.items()))
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _record_files(site_packages: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the names of ``*.dist-info`` folders, and what their RECORDs hold."""
    try:
        names = sorted(os.listdir(site_packages))  # noqa: PTH208
    except OSError:
        return
    for name in names:
        if name.endswith(".dist-info"):
            try:
                yield name, (site_packages / name / "RECORD").read_bytes()
            except OSError:
                continue


def _rows(text: bytes, site_packages: str) -> Iterator[tuple[str, str, str]]:
    """Yield path below the environment's folder, hash and size of every row of a RECORD that has a hash of ours."""
    from orchestrator.system.record_rows import rows  # for what is to be read

    for path, content, size in rows(text):
        if content.startswith("sha256=") and not path.startswith("/"):
            yield posixpath.normpath(f"{site_packages}/{path}"), content, size


def _content(path: Path) -> str:
    """Return what identifies a file's content: RECORD's hash, or the link's target; empty if it cannot be read."""
    from orchestrator.system.files import record_hash  # for what is to be read

    try:
        if os.path.islink(path):  # noqa: PTH114
            return f"link={os.readlink(path)}"  # noqa: PTH115
        return record_hash(path)
    except (OSError, ValueError):  # ValueError: a name with a NUL byte in it
        return ""
