"""mvenv's runtime shim: one process, several environments, each with its own view of the import system.

The shim is copied into the application environment by ``mvenv build`` and started by a ``.pth`` file, so
``.venv/bin/python app.py`` is all it takes. It uses the standard library alone.

Start-up stays cheap: ``activate`` puts two list subclasses and one finder in place, and everything else is
loaded when something outside the standard library is imported for the first time.
"""

# No `from __future__ import annotations` here: that is one more file to open at every start.
import sys

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType
    from typing import Any, TypeVar

    from runtime_shim.bundle import Bundle
    from runtime_shim.crossing.convert import ConversionError, convert, register_converter
    from runtime_shim.crossing.pickles import plain_pickles
    from runtime_shim.crossing.reading import PickleVersionWarning, exact_pickles
    from runtime_shim.diagnosis.explain import explain
    from runtime_shim.model.environment import Environment
    from runtime_shim.reloading import reload
    from runtime_shim.runtime import Runtime

    _Result = TypeVar("_Result")

__all__ = [
    "ConversionError",
    "PickleVersionWarning",
    "activate",
    "convert",
    "exact_pickles",
    "explain",
    "plain_pickles",
    "register_converter",
    "reload",
]

# Public name -> the submodule that has it, imported on first use. No submodule may have a public name itself:
# importing it would put the module in the function's place.
_PUBLIC = {
    "ConversionError": "crossing.convert",
    "PickleVersionWarning": "crossing.reading",
    "convert": "crossing.convert",
    "exact_pickles": "crossing.reading",
    "explain": "diagnosis.explain",
    "plain_pickles": "crossing.pickles",
    "register_converter": "crossing.convert",
    "reload": "reloading",
}


class PathList(list):  # type: ignore[type-arg]
    """``sys.path``: a list that shows each environment its own contents.

    The list's real storage is the application's. Until an environment is in play it is a plain list; then
    :mod:`runtime_shim.views.sys_path` gives the class the methods that look at the caller. Being the same object
    from start-up on, it stays right for whoever kept a reference.
    """

    __slots__ = ()


class FinderList(list):  # type: ignore[type-arg]
    """``sys.meta_path``: a plain list at first; :mod:`runtime_shim.views.meta_path` makes it look at the caller."""

    __slots__ = ()


class Starter:
    """A finder that loads the shim proper at the first import from outside the standard library."""

    # `site` looks for these at every start; they belong to the installation, never to an environment.
    _ignored = frozenset({"sitecustomize", "usercustomize"})
    # Reads what names versions. (Up to CPython 3.11 it starts the shim anyway, by trying `org.python`.)
    _needing = frozenset({"pickle"})
    # What the shim's own modules are loaded from while it starts.
    _bundle: "Bundle | None" = None

    @classmethod
    def find_spec(
        cls, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "Any":
        """Start the shim if *fullname* is not the standard library's, or :mod:`pickle`; let its finder answer."""
        top = fullname.partition(".")[0]
        if top == __name__:
            bundle = cls._bundle
            return bundle and bundle.find_spec(fullname)
        if (top in sys.stdlib_module_names and top not in cls._needing) or top in cls._ignored:
            return None
        _started_runtime()
        # importlib is on its way through the finders there were; ask those that there are now.
        return sys.modules["_frozen_importlib"]._find_spec(fullname, path, target)  # noqa: SLF001

    @classmethod
    def find_distributions(cls, context: "Any" = None) -> "Any":
        """Start the shim: the application may ask for a distribution before it imports any."""
        return _started_runtime().finder.find_distributions(context)


# Tracebacks and warnings leave it out like the rest of importlib, and so does whoever looks for the caller
# (runtime_shim.caller.disguise has the words): it is on the stack of the very first import.
Starter.find_spec.__func__.__code__ = Starter.find_spec.__code__.replace(  # type: ignore[attr-defined]
    co_filename="<frozen importlib._bootstrap_external>"
)


# Saved: debuggers put functions of their own into their places.
_set_trace, _set_profile, _add_audit_hook = sys.settrace, sys.setprofile, sys.addaudithook


def activate() -> None:
    """Install the shim in this interpreter; called by the ``.pth`` file, harmless when called again."""
    if not isinstance(sys.path, PathList):
        sys.addaudithook = addaudithook
        sys.path = PathList(sys.path)
        sys.meta_path = FinderList([Starter, *sys.meta_path])


def environment_named(name: str) -> "Environment":
    """Return the environment of this name: what an environment in a pickle becomes, in any process of the project.

    :raises LookupError: if there is none.
    """
    return _started_runtime().environments.named(name)


def without_import_lock(function: "Callable[[], _Result]") -> "_Result":
    """Call *function*, which imports, while this thread does not hold the import lock.

    importlib asks finders with that lock held (``_find_spec`` in CPython's Lib/importlib/_bootstrap.py). A finder that
    imports with it would wait for a module that another thread is importing, and that thread for the lock.
    """
    import_lock, depth = sys.modules["_imp"], 0
    while import_lock.lock_held():
        try:
            import_lock.release_lock()
        except RuntimeError:  # another thread holds it
            break
        depth += 1
    try:
        return function()
    finally:
        for _ in range(depth):
            import_lock.acquire_lock()


def addaudithook(hook: "Callable[[str, tuple[Any, ...]], Any]") -> None:
    """Add a hook that does not hear of what the shim does to find out who is calling (:func:`sys.addaudithook`)."""
    from runtime_shim import audit_hooks  # for programs with audit hooks

    audit_hooks.add(hook, _add_audit_hook)


def undisturbed(function: "Callable[[], _Result]") -> "_Result":
    """Call *function*, which loads or starts the shim, while no code of the program can run in this thread.

    A trace function, a signal's handler, a callback of the garbage collector or an audit hook may import something, for
    which it needs the shim: half of it is no use. None of them has anything to see here.
    """
    import gc  # built in
    from _thread import get_ident

    signals: Any = sys.modules.get("_signal")
    audit_hooks = sys.modules.get(f"{__name__}.audit_hooks")
    blocking = getattr(signals, "pthread_sigmask", None)
    thread, trace, profile = get_ident(), sys.gettrace(), sys.getprofile()
    monitoring: Any = getattr(sys, "monitoring", None)
    tools = [tool for tool in range(6) if monitoring is not None and monitoring.get_tool(tool)]
    events = {tool: monitoring.get_events(tool) for tool in tools}
    is_collecting = gc.isenabled()
    blocked = blocking and blocking(signals.SIG_BLOCK, signals.valid_signals())
    try:
        gc.disable()
        # Profilers in C have set themselves, with an object that cannot be called; they run no code of the program.
        if callable(profile):
            _set_profile(None)
        if callable(trace):
            _set_trace(None)
        for tool in events:
            monitoring.set_events(tool, 0)
        if audit_hooks is not None:
            audit_hooks.deaf.add(thread)
        return function()
    finally:
        if audit_hooks is not None:
            audit_hooks.deaf.discard(thread)
        for tool, those in events.items():
            monitoring.set_events(tool, those)
        if callable(trace):
            _set_trace(trace)
        if callable(profile):
            _set_profile(profile)
        if is_collecting:
            gc.enable()
        if blocking:
            blocking(signals.SIG_SETMASK, blocked)


def _started_runtime() -> "Runtime":
    runtime = sys.modules.get(f"{__name__}.runtime")
    if runtime is not None and getattr(runtime, "runtime", None) and runtime.runtime.is_started:
        return runtime.runtime.start(sys.modules[__name__])  # type: ignore[no-any-return]
    return without_import_lock(lambda: undisturbed(_load_and_start))


def _load_and_start() -> "Runtime":
    if f"{__name__}.runtime" not in sys.modules:
        from runtime_shim import bundle  # loaded late: a script of plain standard library never pays

        Starter._bundle = bundle.read(__path__[0])  # noqa: SLF001 - of this module
    from runtime_shim.runtime import runtime  # loaded late, as above

    runtime.start(sys.modules[__name__])
    Starter._bundle = None  # noqa: SLF001 - as above
    return runtime


def __getattr__(name: str) -> "Any":
    """Load a public function on first use (PEP 562), and the shim itself if nothing has needed it yet."""
    module = _PUBLIC.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _started_runtime()
    value = getattr(__import__(f"{__name__}.{module}", fromlist=[name]), name)
    globals()[name] = value
    return value
