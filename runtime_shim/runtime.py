"""Starting the shim: from ``import_map.json`` to finders, views and keys in place."""

from __future__ import annotations

import os
import sys
from _thread import RLock

import runtime_shim
from runtime_shim import (
    adoption,
    after_import,
    aliases,
    children,
    hooks,
    locks,
    manifest,
    notes,
    origin,
    searchpath,
    threads,
)
from runtime_shim.environment import Environment, everyone
from runtime_shim.finder import EnvironmentFinder
from runtime_shim.unseen import ExplainingFinder

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MAP = "import_map.json"


# Two threads may each be at the first import of all.
_starting = RLock()
_finder = EnvironmentFinder()


def start(starter: Any) -> EnvironmentFinder:
    """Put the environments' finder in *starter*'s place on ``sys.meta_path``, unless that is done already.

    :raises manifest.ManifestError: if the map cannot be used.
    """
    with _starting:
        if list.__contains__(sys.meta_path, starter):
            _start(starter)
    return _finder


def _start(starter: Any) -> None:
    document, root = read()
    environments = update([], document, root)
    application = environments[0]
    origin.serve(children.started_by(environments))
    application.has_source = _finder.has_application_source
    hooks.install([_finder, aliases.AliasFinder], [ExplainingFinder()])
    searchpath.install()
    locks.install()
    children.install()
    threads.install()
    notes.install()
    after_import.call("pickle", _import_pickles)
    list.remove(sys.meta_path, starter)
    hooks.reclaim()
    adoption.adopt_new_modules(application)  # what such a hook has loaded


def read() -> tuple[dict[str, Any], str]:
    """Return the import map and the project's folder.

    :raises manifest.ManifestError: if the map cannot be used.
    """
    folder = _own_folder()
    document = manifest.load(os.path.join(folder, MAP))
    # <project>/.venv/lib/pythonX.Y/site-packages/runtime_shim: the map says how far up the project is.
    root = os.path.normpath(os.path.join(folder, document["root"]))
    site_packages = os.path.dirname(folder)
    # A build that is not in place yet (its smoke imports run now) has no edits.
    in_place = os.path.normpath(os.path.join(root, document["application"]["paths"][0])) == site_packages
    texts = manifest.edited_overrides(document, os.path.dirname(site_packages), root) if in_place else None
    if texts is not None:
        from runtime_shim import edits  # for projects whose overrides have changed since the build

        document, message = edits.in_effect(document, texts, root, site_packages)
        if message and sys.stderr is not None:
            sys.stderr.write(message + "\n")
    return document, root


def update(existing: Sequence[Environment], document: dict[str, Any], root: str) -> list[Environment]:
    """Make the environments and views be as the import map says; return them, the application first.

    :param existing: environments of an earlier map; one whose folder is in this one, too, goes on.
    """
    there = {(environment.paths[0], environment.portion): environment for environment in existing}

    def environment(name: str, part: dict[str, Any], application: Environment | None) -> Environment:
        paths = [os.path.normpath(os.path.join(root, path)) for path in part["paths"]]
        if application is None:
            paths[0] = os.path.dirname(_own_folder())
        elif part.get("over") == "":
            paths = list(application.paths)
        portion = tuple(part["providers"]) if "over" in part else ()
        found = there.get((paths[0], portion)) or Environment(name, application, paths, portion)
        found.name, found.paths = name, paths
        return found

    application = environment("application", document["application"], None)
    made = {"": application}
    for name, part in document["environments"].items():
        made[name] = environment(name, part, application)
    for name, part in {"": document["application"], **document["environments"]}.items():
        view = made[name]
        view.over = made[part["over"]] if "over" in part else None
        view.distributions = part["distributions"]
        view.providers = part["providers"]
        view.borrowed = {distribution: made[home] for distribution, home in part["borrowed"].items()}
        view.see({import_name: made[home] for import_name, home in part["imports"].items()})
    if any(
        sum(name in one.distributions for one in made.values()) > 1 for name in ("setuptools", "shiboken6")
    ):
        from runtime_shim.quirks import companions  # for projects with two copies of one of these

        companions.apply(made.values())
    _rename(application, document["application"].get("aliases"), made)
    everyone[:] = [*made.values(), *(one for one in existing if one not in made.values())]
    # What is no longer a portion is its folder's again.
    placed = [one for one in everyone if not one.portion or one in made.values()]
    origin.configure(application, _folders(placed, document, root), _sources(root))
    aliases.forget()
    hooks.narrowing.clear()
    if any(one.portion for one in placed):
        from runtime_shim import portions  # for overrides that take effect without a build

        hooks.narrowing.append(portions.finders_for)
    return list(made.values())


def _rename(
    application: Environment, meanings: dict[str, dict[str, str]] | None, made: dict[str, Environment]
) -> None:
    """Let the application see its import aliases, and no longer those of an earlier map."""
    if meanings or aliases.renamed:
        from runtime_shim import renaming  # for projects with import aliases

        named = {environment.name: environment for environment in made.values()}
        renaming.rename(
            application,
            {alias: (named[to["environment"]], to["module"]) for alias, to in (meanings or {}).items()},
        )


def _own_folder() -> str:
    return os.path.dirname(os.path.abspath(runtime_shim.__file__))


def _import_pickles() -> None:
    from runtime_shim import pickles  # for programs that pickle

    pickles.install()


def _sources(root: str) -> list[str]:
    """Return the folders of the application's own source: the project, and what was on ``sys.path`` at the start.

    Not one that holds the folder of temporary files as well (``python -c`` there): what programs write into that
    is not yet source of the application.
    """
    temporary = os.path.join(os.environ.get("TMPDIR") or "/tmp", "")  # noqa: S108 - tempfile is slow to import
    entries = [os.path.join(os.path.abspath(entry), "") for entry in list.__iter__(sys.path)]
    return [root, *(entry for entry in entries if not temporary.startswith(entry))]


def _folders(
    environments: list[Environment], document: dict[str, Any], root: str
) -> dict[str, Environment | None]:
    """Say whose code lies in which folder; None for what is neutral."""
    folders: dict[str, Environment | None] = {
        os.path.dirname(os.__file__) + os.sep: None,
        os.path.join(sys.prefix, ""): None,
    }
    for environment in environments:
        owner = None if environment.is_application else environment
        for path in environment.code_folders():
            folders[path + os.sep] = owner
            if environment.portion:  # a module that is one file, or the libraries beside a package ("a.libs")
                folders[path + "."] = owner
    for name, part in document["environments"].items():
        if "over" in part:
            continue
        home = next(environment for environment in environments if environment.name == name)
        folders[os.path.normpath(os.path.join(root, part["path"])) + os.sep] = home
    return folders
