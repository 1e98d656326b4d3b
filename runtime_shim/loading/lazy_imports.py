"""Lazy imports (PEP 810, Python 3.15): an import that happens later still is its own environment's.

``lazy import lib`` makes an object that imports when the name is first used, in the frame of whoever uses it, and for
good. That may be another environment's code (``dep_a.lib`` touched by ``dep_b``). So a lazy object is made with an
``__import__`` of the environment whose line it is: CPython takes that function from the builtins it finds when the
object is made (``_PyImport_LoadLazyImportTstate`` in Python/import.c).
"""

from __future__ import annotations

import builtins
import importlib._bootstrap as bootstrap

from runtime_shim.caller import frames
from runtime_shim.caller.acting import as_code_of

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment

# What resolving a relative name and asking a filter need of the module whose line it is.
_TOLD_OF_MODULE = ("__name__", "__package__", "__spec__", "__path__")
# Of the module and not of an object: lazy objects keep them as long as the process.
_builtins: dict[Environment, dict[str, Any]] = {}


def _find_parts(module: ModuleType, name: str) -> None:
    """See to it that each part of a dotted name is an attribute of the one before; called by an environment's code.

    ``lazy import lib.sub as sub`` takes them from there when the import is over, and looks into ``sys.modules`` if one
    is missing, in the frame of whoever uses the name. One is while another thread has loaded it and not yet set it,
    which it does with the module's lock (``_find_and_load_unlocked`` in CPython's Lib/importlib/_bootstrap.py).
    """
    private: Any = bootstrap
    here: Any = module
    for part in name.split(".")[1:]:
        if not hasattr(here, part):
            private._lock_unlock_module(name)  # noqa: SLF001
        here = getattr(here, part, None)


def bound(line: Any, arguments: tuple[Any, ...]) -> Any:
    """Return the lazy object for a *line*, or the module where it is not to be lazy.

    :param line: calls CPython's own ``__lazy_import__`` (``runtime_shim.lazy_import_hook``).
    :param arguments: those of ``__lazy_import__``.
    """
    name, names, _, fromlist, level = arguments
    own = _of(frames.find(line.frame))
    told = {each: names[each] for each in _TOLD_OF_MODULE if each in names} if names is not None else {}
    told["__builtins__"] = own
    return line.made((name, told, told, fromlist, level), own)


def _of(environment: Environment) -> dict[str, Any]:
    """Return builtins of which the ``__import__`` is *environment*'s."""
    found = _builtins.get(environment)
    if found is None:
        found = _builtins[environment] = {"__import__": as_code_of(environment, _import)}
    return found


def _import(
    name: str,
    names: Mapping[str, Any] | None,
    local_names: Mapping[str, Any] | None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
    builtins: Any = builtins,  # its globals are others
    find_parts: Any = _find_parts,
) -> Any:
    module = builtins.__import__(name, names, local_names, fromlist or (), level)
    if not fromlist:
        find_parts(module, name)
    return module
