"""What lies in a ``site-packages`` folder, read from ``*.dist-info`` (PEP 376, core metadata) without any library."""

from __future__ import annotations

import os

from runtime_shim.model.names import canonical

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtime_shim.model.import_map import ImportMap

_SUFFIX = ".dist-info"
_MODULES = (".py", ".so", ".pyd", ".pyc")
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class Disk:
    """What the import map of a build does not tell of its environments (:class:`~.installed.Disk`).

    :param document: the import map.
    :param root: the project's folder.
    :param site_packages: the application's.
    """

    def __init__(self, document: ImportMap, root: str, site_packages: str) -> None:
        self._folders = {
            name: os.path.join(root, part["paths"][0]) for name, part in document["environments"].items()
        }
        self._folders[""] = site_packages
        self._found: dict[str, dict[str, tuple[str, str]]] = {}

    def shared(self) -> dict[str, str]:
        """Return canonical name → version of what is installed beside the application."""
        return {name: version for name, (version, _) in self._in("").items()}

    def requires(self, instance: tuple[str, str]) -> list[str]:
        """Return the canonical names of what a distribution's own metadata may require."""
        environment, name = instance
        found = self._in(environment).get(name)
        return [] if found is None else requires(found[1])

    def import_names(self, name: str) -> list[str] | None:
        """Return the import names of a shared distribution; None if one is a namespace package's."""
        return import_names(self._in("")[name][1])

    def _in(self, environment: str) -> dict[str, tuple[str, str]]:
        if environment not in self._found:
            self._found[environment] = distributions(self._folders[environment])
        return self._found[environment]


def distributions(site_packages: str) -> dict[str, tuple[str, str]]:
    """Return canonical name → (version, folder of its metadata); nothing if the folder cannot be read."""
    try:
        names = sorted(os.listdir(site_packages))
    except OSError:
        return {}
    found = {}
    for entry in names:
        name, dash, version = entry.removesuffix(_SUFFIX).partition("-")
        if dash and entry.endswith(_SUFFIX):
            found[canonical(name)] = version, os.path.join(site_packages, entry)
    return found


def requires(metadata: str) -> list[str]:
    """Return the canonical names of all that a distribution may require, whatever extras and markers say.

    :param metadata: the folder of its metadata.
    """
    found: dict[str, None] = {}
    for line in _lines(os.path.join(metadata, "METADATA")):
        if not line:
            break  # the description begins
        field, _, value = line.partition(":")
        if field.lower() == "requires-dist":
            value = value.strip()
            end = next((at for at, char in enumerate(value) if char not in _NAME), len(value))
            found[canonical(value[:end])] = None
    return list(found)


def import_names(metadata: str) -> list[str] | None:
    """Return the top-level names that a distribution installs; None if one is a namespace package's."""
    modules: dict[str, bool] = {}  # name → whether it is a module or a regular package
    for line in _lines(os.path.join(metadata, "RECORD")):
        path = line.rpartition(",")[0].rpartition(",")[0].strip('"')
        top, slash, rest = path.partition("/")
        name = top.partition(".")[0]
        if not path.endswith(_MODULES) or not name.isidentifier() or (slash and top != name):
            continue
        regular = not slash or (rest.startswith("__init__.") and "/" not in rest)
        modules[name] = modules.get(name, False) or regular
    modules.pop("__pycache__", None)
    return list(modules) if all(modules.values()) else None


def _lines(path: str) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for line in file:
                yield line.rstrip("\r\n")
    except OSError:
        return
