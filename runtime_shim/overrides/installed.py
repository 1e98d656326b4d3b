"""Who finds what of the installed distributions, by the import map."""

from __future__ import annotations

from runtime_shim.model.import_map import common_of
from runtime_shim.overrides.rules import comparable

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Protocol

    from runtime_shim.model.import_map import EnvironmentPart, ImportMap, Part, ProjectPart

    Instance = tuple[str, str]
    """Environment ("" for the application's) and canonical name of a distribution that is installed there."""

    class Disk(Protocol):
        """What the import map does not tell."""

        def shared(self) -> dict[str, str]:
            """Return canonical name → version of what is installed beside the application."""

        def requires(self, instance: Instance) -> Sequence[str]:
            """Return the canonical names of what a distribution's own metadata may require."""

        def import_names(self, name: str) -> Sequence[str] | None:
            """Return the import names of a shared distribution, None where they cannot be parted from others'."""


PROJECT = ("", "")
"""The project as an importer, among instances."""


class Installed:
    """Who finds what, by the import map."""

    def __init__(self, document: ImportMap, disk: Disk) -> None:
        self.disk = disk
        self.shared = disk.shared()
        self._application = document["application"]
        self._borrowed = common_of(document)["borrowed"]
        self._environments: Mapping[str, EnvironmentPart] = document["environments"]
        self.project: ProjectPart = document.get("project") or {"name": "", "version": "", "requires": []}

    def release(self, instance: Instance) -> tuple[str, str]:
        """Return name and version of what is installed, or of the project."""
        environment, name = instance
        if instance == PROJECT:
            return self.project["name"], self.project["version"]
        if not environment:
            return name, self.shared[name]
        return name, self._environments[environment]["distributions"][name]

    def instances(self, release: tuple[str, str]) -> list[Instance]:
        """Return where a release is installed; the project is one, too."""
        wanted = comparable(release)
        name = wanted[0]
        everything = [
            (environment, name)
            for environment, part in self._environments.items()
            if name in part["distributions"]
        ]
        if not everything:  # a name that environments hold is never looked for beside the application
            everything = [PROJECT, *([("", name)] if name in self.shared else [])]
        return [instance for instance in everything if comparable(self.release(instance)) == wanted]

    def found(self, importer: Instance, name: str) -> Instance | None:
        """Return the instance of *name* that *importer* finds."""
        environment = importer[0]
        part: Part = self._environments[environment] if environment else self._application
        if name in part["distributions"]:
            return environment, name
        home = part["borrowed"].get(name, self._borrowed.get(name))
        if home is not None:
            return home, name
        return ("", name) if name in self.shared else None

    def requires(self, instance: Instance) -> Sequence[str]:
        """Return the names of what an instance, or the project, may require."""
        return self.project["requires"] if instance == PROJECT else self.disk.requires(instance)

    def aliased(self) -> Iterator[Instance]:
        """Yield what the application imports under aliases of its own."""
        for meant in self._application.get("aliases", {}).values():
            providers = self._environments.get(meant["environment"], self._application)["providers"]
            if meant["module"] in providers:
                yield meant["environment"], providers[meant["module"]]

    def names(self, instance: Instance) -> Sequence[str] | None:
        """Return the import names of an instance; None where they cannot be parted from others'."""
        environment, name = instance
        if instance == PROJECT:
            return ()
        if not environment:
            return self.disk.import_names(name)
        providers = self._environments[environment]["providers"]
        return [import_name for import_name, provider in providers.items() if provider == name]

    def beside(self, environment: str, top: str) -> dict[str, Instance]:
        """Return portion → instance of the namespace package *top*, of those installed in *environment*."""
        providers = self._environments[environment]["providers"]
        return {
            name: (environment, provider)
            for name, provider in providers.items()
            if name.startswith(top + ".")
        }
