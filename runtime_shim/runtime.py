"""The shim in this process: from ``import_map.json`` to finders, views and keys in place."""

from __future__ import annotations

import os
import sys
from _thread import RLock

from runtime_shim.caller import disguise, remote_scripts
from runtime_shim.caller.files import code_files
from runtime_shim.caller.folders import code_folders, commands, source_folders
from runtime_shim.diagnosis import exception_notes
from runtime_shim.loading import parting, post_import, versioned_names
from runtime_shim.loading.finder import EnvironmentFinder
from runtime_shim.loading.not_found import ExplainingFinder
from runtime_shim.model import exclusion, import_map
from runtime_shim.model.environment import Environment, known
from runtime_shim.model.from_import_map import environments_of
from runtime_shim.model.generation import generation
from runtime_shim.modules import locks
from runtime_shim.modules.rekeying import rekey_new_modules
from runtime_shim.processes import children, threads
from runtime_shim.views import lists, meta_path, metadata, path_hooks, sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.import_map import ImportMap

# Distributions that bring modules along of which their metadata doesn't tell: runtime_shim.process_state.companions.
_HAVE_COMPANIONS = ("setuptools", "shiboken6", "tensorflow", "tensorflow-cpu")


class Runtime:
    """What has been put in place; there is one, :data:`runtime`."""

    def __init__(self) -> None:
        self.finder = EnvironmentFinder()
        self.environments = known
        self.code_files = code_files
        self._starting = RLock()  # two threads may each be at the first import of all
        self.is_started = False

    def start(self, face: Any) -> Runtime:
        """Put the shim in the place of the finder that starts it, unless that is done already.

        :param face: the package :mod:`runtime_shim`, whose classes ``sys.path`` and ``sys.meta_path`` are of, and
            which knows the finder that starts the shim.
        :raises import_map.ManifestError: if the map cannot be used.
        """
        with self._starting:
            if not self.is_started:
                self._start(face)
            # Also of a list that was copied before the start, and after a call that was interrupted here.
            meta_path.reclaim()
            if face.Starter in meta_path.hooks():
                list.__setitem__(sys.meta_path, slice(None), meta_path.without_own(meta_path.hooks()))
                rekey_new_modules(self.environments.application)  # what a hook of the program has loaded
        return self

    def _start(self, face: Any) -> None:
        disguise.starters.append(face.Starter.find_spec.__code__)
        Environment.by_name = staticmethod(face.environment_named)
        exclusion.without_import_lock = face.without_import_lock
        remote_scripts.undisturbed = face.undisturbed
        generation.hold(import_map.APPLICATION)
        document, root = self.read()
        self.update(document, root)
        application = self.environments.application
        children.serve(children.started_by(self.environments.everyone))
        application.has_source = self.finder.has_application_source
        sys_path.install(face.PathList, face.static_view)
        path_hooks.install()
        meta_path.install(
            face.FinderList,
            [self.finder, versioned_names.VersionedNameFinder],
            [ExplainingFinder()],
            replaced=face.Starter,
            for_metadata=metadata.on_the_path_of,
        )
        locks.install()
        children.install()
        threads.install()
        exception_notes.install()
        post_import.when_imported("pickle", _change_pickle)
        parting.doors.around = _around_library
        post_import.when_imported("pprint", lists.tell_pprint)
        post_import.when_imported("pyspark", _tell_pyspark)
        self.is_started = True

    @staticmethod
    def bound(line: Any, arguments: tuple[Any, ...]) -> Any:
        """Return the lazy object of a line with a lazy import, bound to the environment that has written it."""
        from runtime_shim.loading import lazy_imports  # for programs with lazy imports

        return lazy_imports.bound(line, arguments)

    def read(self) -> tuple[ImportMap, str]:
        """Return the import map, with overrides that were edited since the build, and the project's folder.

        :raises import_map.ManifestError: if the map cannot be used.
        """
        folder = import_map.SHIM_FOLDER
        document = import_map.load(os.path.join(folder, import_map.FILE))
        warning = import_map.foreign_platform(document)
        if warning is not None and sys.stderr is not None:
            sys.stderr.write(warning)
        # <project>/.venv/lib/pythonX.Y/site-packages/runtime_shim: the map says how far up the project is.
        root = os.path.normpath(os.path.join(folder, document["root"]))
        site_packages = os.path.dirname(folder)
        # A build that is not in place yet (its smoke imports run now) has no edits.
        in_place = os.path.normpath(os.path.join(root, document["application"]["paths"][0])) == site_packages
        texts = (
            import_map.edited_overrides(document, os.path.dirname(site_packages), root) if in_place else None
        )
        if texts is not None:
            from runtime_shim.overrides import at_start  # for projects whose overrides have changed

            document, message = at_start.in_effect(document, texts, root, site_packages)
            if message and sys.stderr is not None:
                sys.stderr.write(message + "\n")
        return document, root

    def update(self, document: ImportMap, root: str) -> None:
        """Make the environments and their views be as the import map says.

        Those of an earlier map stay, since their modules are in use: the same ones where their folders are.
        """
        existing = list(self.environments.everyone)
        by_name = environments_of(document, existing, root, os.path.dirname(import_map.SHIM_FOLDER))
        made = list(by_name.values())
        application = made[0]
        if any(sum(name in one.distributions for one in made) > 1 for name in _HAVE_COMPANIONS):
            from runtime_shim.process_state import companions  # for projects with two copies of one of these

            companions.apply(made)
        meanings = document["application"].get("aliases")
        if meanings or versioned_names.has_aliases():
            from runtime_shim.loading import import_aliases  # for projects with import aliases

            import_aliases.see(application, meanings or {}, {one.name: one for one in made})
        build = document.get("build")
        self.environments.build = f"mvenv:{build}" if build else ""
        self.environments.other_builds = document.get("other_builds") or ""
        self.environments.everyone[:] = [*made, *(one for one in existing if one not in made)]
        # What is no longer an overlay is its folder's again.
        placed = [one for one in self.environments.everyone if not one.overlay or one in made]
        self.code_files.configure(
            application,
            code_folders(placed, document, root),
            source_folders(root),
            commands(document, by_name),
        )
        versioned_names.forget()


runtime = Runtime()


def _around_library(
    execute: Callable[[ModuleType], None], environment: Environment
) -> Callable[[ModuleType], None]:
    from runtime_shim.crossing import arrivals  # for projects with two copies of pandas or numpy

    return arrivals.around(execute, environment)


def _change_pickle() -> None:
    from runtime_shim.crossing import pickles, python_pickler  # for programs that pickle

    pickles.install()
    python_pickler.install()


def _tell_pyspark() -> None:
    # Java starts its workers, and would take the `python3` on PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
