"""From a distribution's files to its import names, and to the clashes between distributions."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from orchestrator.system.paths import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.install.record import InstalledDistribution

# Top-level names that distributions install by accident. Two of them overwriting each other harms nobody.
BENIGN = frozenset(
    {
        "benchmark",
        "benchmarks",
        "doc",
        "docs",
        "example",
        "examples",
        "samples",
        "script",
        "scripts",
        "test",
        "tests",
    }
)
# Folders of data that lie beside packages, and that nobody imports.
_NO_PACKAGES = frozenset(
    {
        "bin",
        "data",
        "etc",
        "include",
        "lib",
        "libs",
        "licenses",
        "man",
        "resources",
        "share",
        "static",
        "templates",
    }
)
# pytest's `py.py` says so itself: it stands in for the package `py` and is skipped where that is installed.
_GIVES_WAY = frozenset({"py.py"})
_NAMESPACE_DECLARATION = re.compile(rb"extend_path|declare_namespace")
_MODULE_SUFFIXES = (".py", ".pyc", ".so", ".pyd")


def import_names(files: Iterable[str]) -> tuple[str, ...]:
    """Return what these files make importable: top-level names, or dotted portions of namespace packages.

    A folder without ``__init__`` is a namespace package (PEP 420) if there are modules in it; its regular
    packages and modules are the portions. So is a folder below one that holds nothing but data
    (``from mpl_toolkits import basemap_data``).
    """
    folders: dict[str, set[str]] = defaultdict(set)
    data: dict[str, set[str]] = defaultdict(set)
    for file in files:
        *above, name = parts_of(file)
        top = above[0] if above else name
        if "__pycache__" in above or top.endswith((".dist-info", ".data")):
            continue
        module = _module(name)
        if module is None:
            for depth in range(1, len(above)):
                data["/".join(above[:depth])].add("/" + above[depth])
            continue
        folders["/".join(above)].add(module)
        for depth in range(len(above)):
            folders["/".join(above[:depth])].add("/" + above[depth])
    for top in (
        {folder.partition("/")[0] for folder in data} - {entry[1:] for entry in folders[""]} - _NO_PACKAGES
    ):
        folders[""].add("/" + top)
    names = []
    waiting = [("", "")]
    while waiting:
        folder, prefix = waiting.pop()
        names += [
            prefix + entry[1:]
            for entry in data[folder] - folders[folder]
            if folder and entry[1:].isidentifier() and entry[1:] not in BENIGN | _NO_PACKAGES
        ]
        for entry in folders[folder]:
            name = entry.removeprefix("/")
            if not name.isidentifier() or (
                not prefix and (name in BENIGN or name.startswith("__editable__"))
            ):
                continue
            if entry.startswith("/"):
                inner = f"{folder}/{name}" if folder else name
                if "__init__" in folders[inner]:
                    names.append(prefix + name)
                else:
                    waiting.append((inner, f"{prefix}{name}."))
            elif name != "__init__":
                names.append(prefix + name)
    return tuple(sorted(set(names)))


def _module(filename: str) -> str | None:
    if filename.endswith(".py"):
        return filename[:-3]
    # Not `EXTENSION_SUFFIXES`: those are of the Python that runs mvenv, not of the project's.
    return filename.partition(".")[0] if filename.endswith((".so", ".pyd")) else None


def clashes(distributions: Sequence[InstalledDistribution], site_packages: Path) -> frozenset[frozenset[str]]:
    """Return the pairs of distributions that cannot share *site_packages*.

    They write the same module file with different content, or one has a module where the other has a
    package (``attr.py`` beside ``attr/``: no file in common, and one import name).
    """
    writers: dict[str, list[InstalledDistribution]] = defaultdict(list)
    owners: dict[str, set[str]] = defaultdict(set)
    for distribution in distributions:
        for file in distribution.files:
            if _matters(file):
                writers[file].append(distribution)
                owned = _owned_top(file)
                if owned is not None:
                    owners[owned].add(distribution.canonical_name)
    pairs: set[frozenset[str]] = set()
    for file, found in writers.items():
        if len({one.files[file] for one in found}) > 1 and not _declares_namespace(site_packages / file):
            pairs |= _pairs([one.canonical_name for one in found])
    for top, names in owners.items():
        if len(names) > 1 and not _declares_namespace(site_packages / top / "__init__.py"):
            together = [one for one in distributions if one.canonical_name in names]
            if len({frozenset(_top_files(one.files, top).items()) for one in together}) > 1:
                pairs |= _pairs(sorted(names))
    return frozenset(pairs)


def _matters(file: str) -> bool:
    if not file.endswith(_MODULE_SUFFIXES) or file in _GIVES_WAY:
        return False
    parts = parts_of(file)
    return (
        "__pycache__" not in parts
        and not parts[0].endswith((".dist-info", ".data"))
        and parts[0] not in BENIGN
    )


def _owned_top(file: str) -> str | None:
    """Return the top-level name that *file* claims as a regular package or module."""
    *above, name = parts_of(file)
    if not above:
        return _module(name)
    return above[0] if len(above) == 1 and _module(name) == "__init__" else None


def _top_files(files: Mapping[str, str], top: str) -> dict[str, str]:
    return {file: content for file, content in files.items() if _owned_top(file) == top}


def _declares_namespace(path: Path) -> bool:
    """Whether a file is the ``__init__.py`` of a pkgutil- or pkg_resources-style namespace package."""
    try:
        return path.name == "__init__.py" and bool(_NAMESPACE_DECLARATION.search(path.read_bytes()))
    except OSError:
        return False


def _pairs(names: Sequence[str]) -> set[frozenset[str]]:
    return {frozenset((one, other)) for one in names for other in names if one != other}
