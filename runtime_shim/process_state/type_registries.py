"""Registries that extension modules share through the interpreter: one for each environment.

pybind11, nanobind and SWIG let extension modules find each other's classes through one registry per process. It is
an object under an agreed name, which each module looks up when it is loaded and makes if there is none:

=========  ===========================================================  ==========================================
who        name                                                         where
=========  ===========================================================  ==========================================
pybind11   ``__pybind11_internals_v4_gcc_libstdcpp_cxxabi1014__``       builtins of the running frame
           ``__pybind11_internals_v5_…``, later versions;               ``PyInterpreterState_GetDict()``
           ``__pybind11_module_local_…``, ``__pybind11_module_cache``
nanobind   ``__nb_internals_v7_…``, ``__nb_internals_v13_…_domain__``   ``PyInterpreterState_GetDict()``
SWIG       ``swig_runtime_data4`` (a module)                            ``sys.modules``
=========  ===========================================================  ==========================================

(``PYBIND11_INTERNALS_ID`` in pybind11's detail/internals.h, ``init`` in nanobind's nb_internals.cpp,
``SWIG_Python_GetModule`` in SWIG's pyinit.swg.) The second version of a library finds its classes registered already:
``generic_type: type "…" is already registered!``; SWIG quietly hands out the first version's classes.

So an environment's extensions are called from a frame whose builtins are that environment's own, and in the two dicts
that are the interpreter's a registry has a key like those of ``sys.modules`` (:mod:`runtime_shim.modules.keys`): same
text, same hash, equal only for the extensions of its environment. Nothing is swapped, so threads and nested imports
need no care. A registry is made under the plain name; whoever was the last to look for it has made it, and it gets that
owner's key before anybody else finds it.

Extensions of the application and of unversioned distributions have one registry together, as in a plain interpreter.
"""

from __future__ import annotations

import _imp
import importlib._bootstrap as bootstrap
import sys
from importlib.machinery import ExtensionFileLoader
from types import FunctionType, ModuleType

from runtime_shim.caller import builtins_namespaces, frames
from runtime_shim.caller.disguise import MACHINERY, as_importlib
from runtime_shim.caller.files import code_files
from runtime_shim.model.inspection import FREE_THREADED
from runtime_shim.modules import turns

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

_PREFIXES = ("__pybind11_", "__nb_internals_")
# SWIG_RUNTIME_VERSION: 4 since SWIG 1.3.37, 5 since SWIG 4.4.
_SWIG = ("swig_runtime_data4", "swig_runtime_data5")


class _Process:
    """What of it all there is one of."""

    def __init__(self) -> None:
        # What PyInterpreterState_GetDict() gives; empty where that cannot be called.
        self.interpreter_dict: dict[Any, Any] = {}
        # Name of a registry → who was the last to look it up.
        self.last: dict[str, Environment] = {}
        # Environment → what calls C code on its behalf.
        self.callers: dict[Environment, Callable[..., Any]] = {}


_process = _Process()


class RegistryKey(str):
    """The name of one environment's registry: equal to the plain name for that environment's extensions."""

    owner: Environment | None = None
    __hash__ = str.__hash__

    def __eq__(
        self,
        other: object,
        getframe: Any = sys._getframe,  # bound here because shutdown empties module globals
        is_finalizing: Any = sys.is_finalizing,
    ) -> Any:
        same = str.__eq__(self, other)
        if same is not True:
            return same
        if type(other) is type(self):
            return self is other
        try:
            frame = getframe(1)
        except ValueError:  # C code with no Python frame below it: a native thread, or interpreter shutdown
            return False
        return not is_finalizing() and frame.f_code is not _OWN_LOOKUPS and _is_asked_for(self, frame)

    def __ne__(self, other: object) -> Any:
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal


def _is_asked_for(key: RegistryKey, frame: FrameType) -> bool:
    """Whether *key*'s registry is that of the extension module that looks one up above *frame*."""
    name = str(key)
    _settle(_dict_of(name), name)  # whoever was last has made one since then
    calling = _of_extension(frame) or frames.find(frame)
    answer = key.owner is calling
    # The last step: from here to the insertion into the dict no other thread gets in (free-threaded: `_run`).
    _process.last[name] = calling
    return answer


def _of_extension(frame: FrameType | None) -> Environment | None:
    """Return whose extension module importlib is running directly above *frame*; None if it runs none."""
    while frame is not None and frame.f_code.co_filename in MACHINERY:
        if (
            frame.f_code.co_name == "_call_with_frames_removed"
            and frame.f_locals["f"] in frames.EXTENSION_CALLS
        ):
            return _owner(frame.f_back.f_locals["self"])  # type: ignore[union-attr]
        frame = frame.f_back
    return None


def _owner(loader: Any) -> Environment:
    found: Environment | None = getattr(loader, "environment", None)
    return found or code_files.environment_of(loader.path) or code_files.application


def _dict_of(name: str) -> dict[Any, Any]:
    return sys.modules if name in _SWIG else _process.interpreter_dict


def _plain(registries: dict[Any, Any], name: str, take: bool = False) -> Any:
    """Return what is registered under the plain name: no key is equal to it in this function."""
    return registries.pop(name, None) if take else registries.get(name)


_OWN_LOOKUPS = _plain.__code__


def _settle(registries: dict[Any, Any], name: str, maker: Environment | None = None) -> None:
    """Give the registry that has been made under a plain name its owner's key.

    :param maker: who has made it, unless somebody's key has been there to note who looked last.
    """
    if _plain(registries, name) is not None:
        key = RegistryKey(name)
        key.owner = _process.last.get(name) or maker or _at_work()
        _process.last.setdefault(name, key.owner)
        registries[key] = _plain(registries, name, take=True)


def _settle_all(maker: Environment | None = None) -> None:
    for name in list(_process.interpreter_dict):
        if type(name) is str and name.startswith(_PREFIXES):
            _settle(_process.interpreter_dict, name, maker)
    for name in _SWIG:
        _settle(sys.modules, name, maker)


def _at_work() -> Environment:
    """Return whose extension module is being loaded, by this thread or else another; the application if none is."""
    # Where threads run at the same time the frames of others cannot be walked, and all extensions take turns.
    others = () if FREE_THREADED else sys._current_frames().values()  # noqa: SLF001
    for outermost in (sys._getframe(), *others):
        frame: FrameType | None = outermost
        while frame is not None:
            found = _of_extension(frame)
            if found is not None:
                return found
            frame = frame.f_back
    at_work: list[Environment] = turns.extensions.elsewhere()
    return at_work[0] if at_work else code_files.application


@as_importlib
def _run(self: Any, function: Callable[[Any], Any], argument: Any) -> Any:
    """Run an extension module's own code as :class:`importlib.machinery.ExtensionFileLoader` does."""
    owner = _owner(self)
    # From the look-up of a registry to its insertion nobody else may look; elsewhere the GIL sees to that. The loaders
    # of environments have taken their turn.
    in_turn = FREE_THREADED and turns.extensions.here() is None
    visit = turns.extensions.begin(turns.extensions.wait(owner)) if in_turn else None
    try:
        _settle_all()
        return _caller(owner)(function, argument)
    finally:
        _settle_all(owner)
        if visit is not None:
            turns.extensions.leave(visit)


def _caller(owner: Environment) -> Callable[..., Any]:
    """Return ``importlib._bootstrap._call_with_frames_removed`` with *owner*'s builtins."""
    if owner not in _process.callers:
        names = vars(sys.modules["builtins"]) if owner.is_application else builtins_namespaces.of(owner)
        if not owner.is_application:
            common = vars(sys.modules["builtins"])
            for name, registry in list(names.items()):
                if name.startswith(_PREFIXES) and registry is common.get(name):
                    del names[name]  # the application's, there when the namespace was copied
        # importlib's own code, so that a warning of the extension's comes from where it always does.
        private: Any = bootstrap
        code = private._call_with_frames_removed.__code__  # noqa: SLF001
        _process.callers[owner] = FunctionType(
            code, {"__builtins__": names, "__name__": "importlib._bootstrap"}
        )
    return _process.callers[owner]


@as_importlib
def _create_module(self: ExtensionFileLoader, spec: Any) -> Any:
    return _run(self, _imp.create_dynamic, spec)


@as_importlib
def _exec_module(self: ExtensionFileLoader, module: Any) -> None:
    _run(self, _imp.exec_dynamic, module)


def install() -> None:
    """Let importlib's loader of extension modules go by this module; called before any environment's is loaded."""
    if ExtensionFileLoader.create_module is _create_module:
        return
    try:
        import ctypes  # loaded already, by runtime_shim.caller.c_stack

        current = ctypes.pythonapi.PyInterpreterState_Get
        state = ctypes.pythonapi.PyInterpreterState_GetDict
        current.restype = state.restype = ctypes.c_void_p
        state.argtypes = (ctypes.c_void_p,)
        # A borrowed reference, which ctypes.py_object as the result's type would give back.
        _process.interpreter_dict = ctypes.cast(state(current()), ctypes.py_object).value
    except (ImportError, AttributeError, ValueError):
        pass  # no ctypes: one registry of each kind for all, but for those in the builtins
    for name in _SWIG:
        # SWIG's modules run Python code between looking and making: an entry of nobody's, to note who looked last.
        _settle(sys.modules, name)
        sys.modules[RegistryKey(name)] = ModuleType(name)
    ExtensionFileLoader.create_module = _create_module  # type: ignore[method-assign]
    ExtensionFileLoader.exec_module = _exec_module  # type: ignore[method-assign]
