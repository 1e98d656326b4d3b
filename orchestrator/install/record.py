"""Reading what is installed from ``*.dist-info/RECORD`` (PEP 376, PEP 627)."""

from __future__ import annotations

import email.parser
import ntpath
import os
import posixpath
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.install.editables import mapped
from orchestrator.system import this_system
from orchestrator.system.paths import parts_of
from orchestrator.system.record_rows import rows
from orchestrator.uv.core_metadata import frameworks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class InstalledDistribution:
    """One installed distribution and its files."""

    name: str
    """As its metadata spells it."""
    version: str
    files: Mapping[str, str]
    """Path below ``site-packages`` (POSIX) → hash as in RECORD, empty where there is none."""
    folders: tuple[str, ...]
    """Folders that its ``.pth`` files add to the search path (editable installs), absolute."""
    requires: tuple[str, ...] = ()
    """Its requirements, those of its extras included: the lines of ``Requires-Dist``."""
    frameworks: frozenset[str] = frozenset()
    """Canonical names of what it says it is made for (``Classifier: Framework``)."""
    outside: Mapping[str, str] = field(default_factory=dict)
    """What lies below its environment but not in ``site-packages``, likewise: commands, data files, headers."""

    @property
    def canonical_name(self) -> str:
        """The name by which everything else knows it."""
        return canonicalize_name(self.name)


def sources(
    distribution: InstalledDistribution, site_packages: Path, leaving_out: frozenset[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the Python files of a distribution.

    :param leaving_out: names of folders and files that do not count.
    """
    for file in distribution.files:
        if file.endswith(".py") and leaving_out.isdisjoint(parts_of(file)):
            try:
                yield file, (site_packages / file).read_bytes()
            except (OSError, ValueError):  # ValueError: nothing that can be a path
                continue


def entry_points_text(distribution: InstalledDistribution, site_packages: Path) -> str:
    """Return what a distribution's ``entry_points.txt`` says; empty where there is none."""
    file = next((each for each in distribution.files if each.endswith(".dist-info/entry_points.txt")), None)
    try:
        return (site_packages / file).read_text("utf-8", "replace") if file else ""
    except OSError:
        return ""


def installed(site_packages: Path) -> Iterator[InstalledDistribution]:
    """Yield the distributions in *site_packages*, by name."""
    for folder in sorted(site_packages.glob("*.dist-info")):
        found = _read(folder, site_packages)
        if found is not None:
            yield found


def _read(folder: Path, site_packages: Path) -> InstalledDistribution | None:
    try:
        metadata = email.parser.HeaderParser().parsestr((folder / "METADATA").read_text("utf-8", "replace"))
        found = list(rows((folder / "RECORD").read_text("utf-8", "replace")))
    except OSError:
        return None
    name, version = metadata.get("Name"), metadata.get("Version")
    if not name or not version:
        return None
    # No file's is the name of a folder.
    written = {path: content for path, content, _ in found if path.strip("./")}
    files = {path: content for path, content in written.items() if _is_below(path)}
    folders = dict.fromkeys(_added_folders(files, site_packages))
    return InstalledDistribution(
        *(name, version, files, tuple(folders)),
        requires=tuple(metadata.get_all("Requires-Dist", ())),
        frameworks=frameworks(metadata.get_all("Classifier", ())),
        outside=_outside(written, site_packages),
    )


def _is_below(path: str) -> bool:
    """Whether a path of a RECORD lies in ``site-packages``."""
    return not path.startswith(("..", "/")) and not ntpath.splitdrive(path)[0] and "/../" not in path


def _outside(written: Mapping[str, str], site_packages: Path) -> dict[str, str]:
    """Return those files below the environment's folder (``site-packages`` is, too) that are elsewhere in it.

    :return: path below the environment's folder (POSIX) → hash.
    """
    depth = len(PurePosixPath(this_system.SITE_PACKAGES).parts)
    library = "/".join(site_packages.parts[-depth:])
    found = {
        posixpath.normpath(f"{library}/{path}"): content
        for path, content in written.items()
        if path.startswith("../")
    }
    return {path: content for path, content in found.items() if not path.startswith("../")}


def _added_folders(files: Mapping[str, str], site_packages: Path) -> Iterator[str]:
    """Yield the path lines of top-level ``.pth`` files, as ``site.addpackage`` reads them.

    And the folders of packages that setuptools' editable installs map by an import hook instead.
    """
    for file in files:
        if file.startswith("__editable__") and file.endswith("_finder.py"):
            yield from _mapped_folders(site_packages / file)
        if file.endswith(".pth") and len(parts_of(file)) == 1:
            try:
                lines = (site_packages / file).read_text("utf-8", "replace").splitlines()
            except OSError:
                continue
            for line in lines:
                entry = line.strip()
                if entry and not entry.startswith(("#", "import ", "import\t")):
                    folder = os.path.normpath(site_packages / entry)
                    if os.path.isdir(folder):  # noqa: PTH112 - no error for a name that is too long
                        yield folder


def _mapped_folders(finder: Path) -> Iterator[str]:
    """Yield the folders of the packages that setuptools' import hook finds."""
    try:
        text = finder.read_text("utf-8", "replace")
    except OSError:
        return
    for name, path in mapped(text):
        folder = Path(os.path.normpath(finder.parent / path)).parent
        if Path(path).stem == name.rpartition(".")[2] and os.path.isdir(folder):  # noqa: PTH112 - as below
            yield str(folder)
