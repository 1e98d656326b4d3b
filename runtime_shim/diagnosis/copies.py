"""The copies of a module that there are: whose, which version, where, and whether it is loaded."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
from importlib.machinery import PathFinder

from runtime_shim.caller.acting import act_for
from runtime_shim.model.environment import known
from runtime_shim.model.names import canonical
from runtime_shim.model.paths import is_below
from runtime_shim.modules import keys

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec

    from runtime_shim.model.environment import Environment


class Copy:
    """One copy of a module; two views that get the same one have equal copies."""

    __slots__ = ("distribution", "home", "loaded", "name", "path")

    def __init__(
        self,
        name: str,
        home: Environment | None,
        distribution: tuple[str, str] | None,
        path: str,
        *,
        loaded: bool,
    ) -> None:
        self.name = name
        self.home = home
        """The environment it is installed in; None for the application's own source and what all share."""
        self.distribution = distribution
        """(distribution, version); None for a module of no distribution."""
        self.path = path
        """Its file, or its folder if it is a namespace package; relative to the project if it lies in it."""
        self.loaded = loaded

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Copy) and (other.home, other.path) == (self.home, self.path)

    __hash__ = None  # type: ignore[assignment] # compared only

    @property
    def label(self) -> str:
        """The distribution and its version, or the module's name."""
        return self.name if self.distribution is None else " ".join(self.distribution)


def copy_for(view: Environment, name: str) -> Copy | None:
    """Return the copy of module *name* that *view* gets, None if an import would fail there. Imports nothing."""
    owner = view.owners[name]
    meant = owner.stands_for(name)
    if meant is not None:
        return copy_for(*meant)
    if not owner.is_application:
        spec = _find_below(PathFinder.find_spec(name.partition(".")[0], owner.paths), name)
        loaded = keys.loaded(owner, name)
        path = _location(spec) or getattr(loaded, "__file__", None)
        if path is None and loaded is None:
            return None
        known = owner.distribution(name)
        return Copy(name, owner, known, _shown(path or "made at run time"), loaded=loaded is not None)
    spec = _find_below(act_for(view, find_top, name.partition(".")[0]), name)
    if spec is None:
        return None
    loaded = act_for(view, sys.modules.get, name)
    path = _location(spec) or spec.origin or ""
    installed = is_below(path, owner.paths[0])
    known = _distribution_of(name) if installed else None
    return Copy(name, None, known, _shown(path), loaded=loaded is not None)


def find_top(name: str) -> ModuleSpec | None:
    """Return the spec of a top-level module for whoever is the caller, None if there is none."""
    try:
        return importlib.util.find_spec(name)
    except (ImportError, ValueError):  # ValueError: it is in sys.modules without a spec
        return None


def import_names(distribution: str) -> list[str]:
    """Return the import names that some view gets from a distribution, whatever the spelling of its name."""
    wanted = canonical(distribution)
    found = {
        import_name
        for environment in known.everyone
        for import_name, provider in environment.providers.items()
        if canonical(provider) == wanted
    }
    for import_name, providers in _installed_for_application().items():
        if any(canonical(provider) == wanted for provider in providers):
            found.add(import_name)
    return sorted(found)


def _find_below(spec: ModuleSpec | None, name: str) -> ModuleSpec | None:
    """Return the spec of module *name*, given its top-level package's; nothing is imported on the way."""
    full, *rest = name.split(".")
    for part in rest:
        if spec is None or spec.submodule_search_locations is None:
            return None
        full = f"{full}.{part}"
        spec = PathFinder.find_spec(full, list(spec.submodule_search_locations))
    return spec


def _location(spec: ModuleSpec | None) -> str | None:
    if spec is None:
        return None
    if spec.origin is not None and spec.has_location:
        return spec.origin
    return next(iter(spec.submodule_search_locations or ()), None)


def _distribution_of(name: str) -> tuple[str, str] | None:
    providers = _installed_for_application().get(name.partition(".")[0])
    if not providers:
        return None
    version = act_for(known.application, importlib.metadata.version, providers[0])
    return providers[0], version


def _installed_for_application() -> dict[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = act_for(
        known.application, lambda: importlib.metadata.packages_distributions()
    )
    return found


def _shown(path: str) -> str:
    # <project>/.venv/lib/pythonX.Y/site-packages
    root = os.path.dirname(sys.prefix)
    return os.path.relpath(path, root) if is_below(path, root) else path
