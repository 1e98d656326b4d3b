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
    from runtime_shim.crossing.builds import OtherBuildError, OtherBuildWarning
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
    "OtherBuildError",
    "OtherBuildWarning",
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
    "OtherBuildError": "crossing.builds",
    "OtherBuildWarning": "crossing.builds",
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
    at_start: "frozenset[Any]" = frozenset()
    """What was on it when the interpreter started."""

    def __reduce_ex__(self, protocol: "Any") -> "Any":
        """Copy and pickle as a plain list."""
        return list, (self[:],)


class FinderList(list):  # type: ignore[type-arg]
    """``sys.meta_path``: a plain list at first; :mod:`runtime_shim.views.meta_path` makes it look at the caller."""

    __slots__ = ()
    __reduce_ex__ = PathList.__reduce_ex__


# Who goes by a type's name (`reprlib`, encoders) or shows it means a list, and has one.
for _kind in (PathList, FinderList):
    _kind.__name__ = _kind.__qualname__ = "list"
    _kind.__module__ = "builtins"


class Marshalling:
    # `marshal.dumps`, or `marshal.dump`, for values with `sys.path` in them: runtime_shim.marshalling. An object: a
    # function would become a method where a class has it as an attribute. Its docstring is that of the function.
    __slots__ = ("__doc__", "__name__", "__qualname__", "_written")
    __module__ = "marshal"

    def __init__(self, written: "Any") -> None:
        self._written = written
        self.__name__ = self.__qualname__ = written.__name__
        self.__doc__ = written.__doc__

    def __call__(self, value: "Any", /, *arguments: "Any", **keywords: "Any") -> "Any":
        """Write *value* as marshal does; what it refuses is written with plain types."""
        try:
            return self._written(value, *arguments, **keywords)
        except ValueError:
            from runtime_shim import marshalling  # for what marshal refuses

            plain = marshalling.plain(value, (PathList, FinderList))
            if plain is value:
                raise
            return self._written(plain, *arguments, **keywords)

    def __reduce__(self) -> str:
        """Pickle by name, as the function is."""
        return str(self.__name__)


class Starter:
    """A finder that loads the shim proper at the first import from outside the standard library."""

    # `site` looks for two of these at every start, `traceback` of 3.15 for the third; they belong to the
    # installation, never to an environment.
    _ignored = frozenset({"sitecustomize", "usercustomize", "_missing_stdlib_info"})
    # Reads what names versions. (Up to CPython 3.11 it starts the shim anyway, by trying `org.python`.) And starts
    # processes; who has imported pickle before there was a shim may have imported nothing else since.
    _needing = frozenset({"pickle", "multiprocessing.spawn"})
    # What the shim's own modules are loaded from while it starts.
    _bundle: "Bundle | None" = None
    is_needless = False  # once the shim has been started

    @classmethod
    def find_spec(
        cls, fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "Any":
        """Start the shim if *fullname* is not the standard library's, or needs it; let its finder answer."""
        top = fullname.partition(".")[0]
        if top == __name__:
            bundle = cls._bundle
            return bundle and bundle.find_spec(fullname)
        if (top in sys.stdlib_module_names and fullname not in cls._needing) or top in cls._ignored:
            return None
        try:
            _started_runtime()
        except ImportError:  # its files are damaged
            spec = cls._found_by_others(fullname, path, target)
            asking = sys._getframe(1).f_back  # of importlib's `_find_spec`
            if spec is None and asking is not None and asking.f_code.co_name == "_find_and_load_unlocked":
                raise
            return spec
        # importlib is on its way through the finders there were; ask those that there are now.
        return sys.modules["_frozen_importlib"]._find_spec(fullname, path, target)  # noqa: SLF001

    @classmethod
    def _found_by_others(cls, *asked: "Any") -> "Any":
        """Return what there is beside the environments: whoever imports nothing of them goes on."""
        specs = (finder.find_spec(*asked) for finder in [*sys.meta_path] if finder is not cls)
        return next((spec for spec in specs if spec is not None), None)

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
    """Install the shim in this interpreter; called by the ``.pth`` file, harmless when called again.

    Programs read ``.pth`` files anew (``site.addsitedir``), some of them while ``sys.path`` is a list of their own.
    """
    if isinstance(sys.path, PathList) or Starter.is_needless:
        return
    sys.addaudithook = addaudithook
    PathList.at_start = frozenset(sys.path)
    sys.path = PathList(sys.path)
    sys.meta_path = FinderList([Starter, *(finder for finder in sys.meta_path if finder is not Starter)])
    marshal: Any = sys.modules["marshal"]  # importlib has it
    if type(marshal.dumps) is not Marshalling:
        marshal.dumps, marshal.dump = Marshalling(marshal.dumps), Marshalling(marshal.dump)
    if hasattr(sys, "get_lazy_imports") and f"{__name__}.lazy_import_hook" not in sys.modules:
        from runtime_shim import lazy_import_hook  # for Python 3.15 and later

        lazy_import_hook.install(_started_runtime)


def hide(folder_name: str) -> None:
    """Take a folder beside ``site-packages`` out of ``sys.path``; called by the ``.pth`` file that has put it there.

    It holds a link to each module that the application sees in an environment, for tools that read code without running
    it. Where this interpreter runs for one of them, to say where modules are, the entry stays.
    """
    global static_view
    path = sys.modules["os"].path
    folder = path.join(path.dirname(path.dirname(__path__[0])), folder_name)
    if folder in sys.path and not _is_asked_for_path():
        static_view = folder
        sys.path[:] = [entry for entry in sys.path if entry != folder]


static_view = ""
"""The entry of ``sys.path`` that :func:`hide` has taken out."""

# What asks an interpreter for its search path, and then reads the modules there by itself: scripts by the end of their
# path, code by what it says.
_ASKING_SCRIPTS = ("/mypy/pyinfo.py", "/jedi/inference/compiled/subprocess/__main__.py")
_ASKING_CODE = ("json.dump(dict(path=", "site_package_path = ")  # Pyright and what is made from it; Pyrefly


def _is_asked_for_path() -> bool:
    arguments = iter(sys.orig_argv[1:])
    for argument in arguments:
        if argument == "-c":
            code = next(arguments, "")
            return any(words in code for words in _ASKING_CODE)
        if not argument.startswith("-"):
            return argument.endswith(_ASKING_SCRIPTS)
        if argument in ("-W", "-X"):
            next(arguments, None)
    return False


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
    try:
        return without_import_lock(lambda: undisturbed(_load_and_start))
    except (ImportError, MemoryError, RecursionError):
        raise
    except Exception as error:
        raise ImportError(
            f"mvenv's shim cannot be started\n  cause: {__path__[0]} is damaged: {type(error).__name__}: {error}\n\n"
            "hint: run `mvenv build` again"
        ) from error


def _load_and_start() -> "Runtime":
    if f"{__name__}.runtime" not in sys.modules:
        from runtime_shim import bundle  # loaded late: a script of plain standard library never pays

        Starter._bundle = bundle.read(__path__[0])  # noqa: SLF001 - of this module
    from runtime_shim.runtime import runtime  # loaded late, as above

    runtime.start(sys.modules[__name__])
    Starter._bundle = None  # noqa: SLF001 - as above
    Starter.is_needless = True
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
