"""Starting the shim: from ``import_map.json`` to finders, views and keys in place."""

from __future__ import annotations

import os
import sys

import runtime_shim
from runtime_shim import adoption, children, hooks, locks, manifest, native, origin, searchpath
from runtime_shim.environment import Environment
from runtime_shim.explain import ExplainingFinder
from runtime_shim.finder import EnvironmentFinder

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

MAP = "import_map.json"


def start(starter: Any) -> EnvironmentFinder:
    """Read the import map and put the environments' finder in *starter*'s place on ``sys.meta_path``.

    :raises manifest.ManifestError: if the map cannot be used.
    """
    folder = os.path.dirname(os.path.abspath(runtime_shim.__file__))
    document = manifest.load(os.path.join(folder, MAP))
    # <project>/.venv/lib/pythonX.Y/site-packages/runtime_shim: the map says how far up the project is.
    root = os.path.normpath(os.path.join(folder, document["root"]))
    environments = _environments(document, root)
    application = environments[0]
    application.paths[0] = os.path.dirname(folder)
    started_by = children.started_by(environments)
    origin.configure(application, _folders(environments, document, root), started_by)
    native.start(origin.environment_of_path)
    finder = EnvironmentFinder()
    application.has_source = finder.has_application_source
    finders: Any = sys.meta_path
    list.remove(finders, starter)
    list.insert(finders, 0, finder)  # before any hook that the application has installed already
    list.append(finders, ExplainingFinder(environments))
    searchpath.install()
    hooks.install()
    locks.install()
    children.install()
    adoption.adopt_new_modules(application)  # what such a hook has loaded
    return finder


def _environments(document: dict[str, Any], root: str) -> list[Environment]:
    """Make the application and every environment, then let their views point at one another."""
    parts = {"": document["application"], **document["environments"]}
    application = Environment("application", None, _absolute(document["application"]["paths"], root))
    made = {"": application}
    for name, part in document["environments"].items():
        made[name] = Environment(name, application, _absolute(part["paths"], root))
    for name, part in parts.items():
        view = made[name]
        view.distributions = part["distributions"]
        view.providers = part["providers"]
        view.borrowed = {distribution: made[home] for distribution, home in part["borrowed"].items()}
        view.see({import_name: made[home] for import_name, home in part["imports"].items()})
    return list(made.values())


def _absolute(paths: list[str], root: str) -> list[str]:
    return [os.path.normpath(os.path.join(root, path)) for path in paths]


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
        for path in environment.paths:
            folders[path + os.sep] = owner
    for name, part in document["environments"].items():
        home = next(environment for environment in environments if environment.name == name)
        folders[os.path.normpath(os.path.join(root, part["path"])) + os.sep] = home
    return folders
