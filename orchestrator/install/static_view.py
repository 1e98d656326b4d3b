"""The application's view as a folder of links: for type checkers and editors, which read modules and run nothing.

They know the search path of one interpreter and no import map. In ``<.venv>/lib/pythonX.Y/static_view`` lies, under
each import name that the application sees in an isolated environment, a link to what is imported; a line of the
``.pth`` file that starts the shim names the folder (:mod:`orchestrator.install.shim`). Whoever runs Python never
imports through it: the shim takes the entry out of ``sys.path`` again.

Namespace packages are folders of their own, with a link for each portion. Links are relative: projects are moved.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.install.renamed import is_read_by_tools, renamed_files
from orchestrator.system import this_system
from orchestrator.system.names import STATIC_VIEW
from orchestrator.system.paths import is_nearby

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from orchestrator.environments.site import Site, Staged
    from orchestrator.install.record import InstalledDistribution
    from orchestrator.plan.aliases import AliasTarget
    from orchestrator.plan.views import View
    from orchestrator.uv.interpreter import Interpreter

_STUBS = "-stubs"


@dataclass(frozen=True, slots=True)
class _Place:
    """A file or folder while the build goes on, and where it will be found."""

    now: Path
    later: Path

    def __truediv__(self, name: str) -> _Place:
        return _Place(self.now / name, self.later / name)


class _Folders:
    """The folders on the search paths of environments."""

    def __init__(
        self,
        staged: Staged,
        installed: Mapping[str, Sequence[InstalledDistribution]],
        interpreter: Interpreter,
    ) -> None:
        self._of: dict[str, list[_Place]] = {}
        self._listed: dict[Path, dict[str, list[str]]] = {}
        for site in staged.everywhere():
            name = site.environment.name
            added = [Path(folder) for each in installed[name] for folder in each.folders]
            self._of[name] = [
                _Place(
                    venv.site_packages(site.folder, interpreter),
                    venv.site_packages(site.lives_at, interpreter),
                ),
                *(_Place(folder, folder) for folder in added),
            ]

    def first(self, environment: str) -> _Place:
        """Return an environment's ``site-packages``."""
        return self._of[environment][0]

    def providing(self, environment: str, module: str) -> Iterator[_Place]:
        """Yield what makes a module: its package, or its files (a module in C may have a stub beside it)."""
        *packages, name = module.split(".")
        for folder in self._of[environment]:
            for package in packages:
                folder /= package
            found = self._entries(folder.now).get(name, ())
            if found:
                yield from (folder / entry for entry in found)
                return

    def _entries(self, folder: Path) -> dict[str, list[str]]:
        """Return module name → the entries of a folder that make it."""
        listed = self._listed.get(folder)
        if listed is None:
            listed = self._listed[folder] = {}
            for entry in _scanned(folder):
                if entry.is_dir():
                    listed.setdefault(entry.name, []).append(entry.name)
                elif is_read_by_tools(entry.name):
                    listed.setdefault(entry.name.partition(".")[0], []).append(entry.name)
        return listed


def provide(
    staged: Staged,
    installed: Mapping[str, Sequence[InstalledDistribution]],
    view: View,
    aliases: Mapping[str, AliasTarget],
    interpreter: Interpreter,
) -> None:
    """Make the folder in the application environment.

    :param installed: environment name → what is installed there.
    :param view: what the application sees of the isolated environments.
    :param aliases: import name that only the application has → what it stands for.
    """
    folders = _Folders(staged, installed, interpreter)
    files: dict[str, _Place | bytes] = {}
    for alias, target in sorted(aliases.items()):
        for place in folders.providing(target.environment, target.module):
            files.update(_under_alias(alias, target.module, place))
    for module, environment in view.imports.items():
        *packages, _ = module.split(".")
        for place in folders.providing(environment, module):
            files.setdefault("/".join((*packages, place.now.name)), place)
    for name, environment in view.borrowed.items():
        for distribution in installed[environment]:
            for portion in _stubs(distribution.files) if distribution.canonical_name == name else ():
                files.setdefault(portion, folders.first(environment) / portion)
    _write(files, staged.application, interpreter)


def _stubs(files: Iterable[str]) -> list[str]:
    """Return the stub packages (PEP 561) among a distribution's files: of a namespace package its portions."""
    stubs = [PurePosixPath(file) for file in files if file.partition("/")[0].endswith(_STUBS)]
    regular = {path.parent for path in stubs if path.name == "__init__.pyi"}
    found = set()
    for path in stubs:
        if path.suffix == ".pyi":
            above = [folder for folder in reversed(path.parents) if folder in regular]
            found.add((above[0] if above else path).as_posix())
    return sorted(found)


def _under_alias(alias: str, module: str, place: _Place) -> dict[str, _Place | bytes]:
    """Return what an alias needs of the module that it stands for: a link, where that can say it.

    A package that imports itself by its own name would lead to the version that the application sees under that name.
    Files which do so are written with the alias in its place, line for line.
    """
    _, dot, suffix = place.now.name.partition(".")
    written = renamed_files(place.now, module, alias)
    name = alias + dot + suffix
    if not written:
        return {name: place}
    above = {folder for path in written for folder in path.parents}
    return dict(_expanded(name, place, written, above))


def _expanded(
    name: str, place: _Place, written: Mapping[Path, bytes], above: Collection[Path]
) -> Iterator[tuple[str, _Place | bytes]]:
    """Yield what a file or folder becomes; folders in which nothing is written stay links."""
    if place.now in written:
        yield name, written[place.now]
    elif place.now in above:
        for entry in _scanned(place.now):
            if is_read_by_tools(entry.name) or (entry.is_dir() and entry.name != "__pycache__"):
                yield from _expanded(f"{name}/{entry.name}", place / entry.name, written, above)
    else:
        yield name, place


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _write(files: Mapping[str, _Place | bytes], application: Site, interpreter: Interpreter) -> None:
    folder = application.folder / interpreter.library / STATIC_VIEW
    own = application.lives_at / interpreter.library / STATIC_VIEW
    folder.mkdir()
    for name, content in sorted(files.items()):
        path = PurePosixPath(name)
        if any(parent.as_posix() in files for parent in path.parents):
            continue  # a link leads there already: what lies in it is not ours
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        elif is_nearby(content.later, application.lives_at.parent):
            this_system.place_link(os.path.relpath(content.later, (own / name).parent), str(target))
        else:
            this_system.place_link(str(content.later), str(target))
