"""Who is asking: from a Python frame to the environment whose code is at work.

The origin is the first frame, walking up from the lookup, whose code file belongs to an environment or to the
application's own source. Everything that serves several callers is *neutral* and walked over: the standard
library, frozen ``importlib``, and unversioned distributions, whose own dependencies are the same for
everybody. Generated code (its "file" is no absolute path) is its globals'; a file outside every known folder is
whoever's runs it first. So ``importlib.import_module``,
``typing.get_type_hints`` or a thread's target resolve to whoever used them. Where nothing is found the origin is
whoever has started the thread (:mod:`runtime_shim.threads`) or the process (:mod:`runtime_shim.children`), else the
application.

Between two Python frames there may be C code of an extension module that imports on its own behalf; see
:mod:`runtime_shim.native`. It is looked for only where it can be: not above an import statement, and not
inside ``importlib``'s own frames.
"""

from __future__ import annotations

import _imp
import builtins
import opcode
import os
import sys
from types import ModuleType

from runtime_shim import namespaces, native

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from types import FrameType
    from typing import Any, TypeVar

    from runtime_shim.environment import Environment, Owners

    _Function = TypeVar("_Function", bound="Callable[..., Any]")

# `co_code` gives the instructions without the interpreter's specialisations (CPython's _PyCode_GetCode).
IMPORT_OPERATIONS = frozenset(
    opcode.opmap[name] for name in ("IMPORT_NAME", "IMPORT_FROM", "IMPORT_STAR") if name in opcode.opmap
)

_IMPORT = builtins.__import__

# The functions through which importlib runs an extension module's C code.
_EXTENSION_CALLS = (_imp.create_dynamic, _imp.exec_dynamic)

# The getter behind `module.__dict__`: asking the module itself could run its code (apipkg's lazy modules import).
_namespace: Any = vars(ModuleType)["__dict__"].__get__

MACHINERY = frozenset({"<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>"})

# code file -> the owners of its environment's (or the application's) view; neutral files are not in it.
by_file: dict[str, Owners] = {}

# Function of the standard library -> what says whose object its frame is about; see runtime_shim.subjects.
subjects: dict[str, Callable[[FrameType], Environment | None]] = {}

# Those files that no folder tells, and how many are remembered at most.
_fixed: dict[str, Owners] = {}
_MOST_FILES = 1 << 13
# What the process that started this one has said to be the application's.
_claimed: list[str] = []
_claimed_folders: list[str] = []

_neutral_files: set[str] = set()
# (folder ending in a separator, its environment or None for a neutral one), longest folder first.
_folders: list[tuple[str, Environment | None]] = []
_application: list[Environment] = []
# Folders of the application's own source, ending in a separator: the project, and where programs were started.
_sources: list[str] = []
# Who is asking where no code tells: the application, or the environment that started this interpreter.
_bottom: list[Environment] = []


class _NobodysOwners(dict[str, None]):
    environment: type[Nobody]

    def __missing__(self, name: str) -> None:
        return None


class Nobody:
    """The origin to whom no environment's key is ever equal."""

    owners: Any = _NobodysOwners()


Nobody.owners.environment = Nobody
# The attribute of a Thread that names the environment whose code has started it; see runtime_shim.threads.
STARTED_BY = "_mvenv_started_by"
_PLAIN_KEYS_ONLY = "<mvenv: plain keys only>"


def plain_keys_only(function: _Function) -> _Function:
    """Make the look-ups that *function* itself does in ``sys.modules`` find plain keys and key objects only."""
    function.__code__ = function.__code__.replace(co_filename=_PLAIN_KEYS_ONLY)
    return function


def configure(
    application: Environment, folders: dict[str, Environment | None], sources: Iterable[str]
) -> None:
    """Say which folders belong to which environment (None: neutral), and which hold the application's source.

    A file that lies in none of them (a plugin, a template compiled into a temporary folder) is whoever's code
    runs it first.
    """
    _application[:] = [application]
    _sources[:] = [os.path.join(folder, "") for folder in sources]
    _folders[:] = sorted(folders.items(), key=lambda item: len(item[0]), reverse=True)
    by_file.clear()
    _fixed.update(dict.fromkeys(_claimed, application.owners))
    _fixed[_PLAIN_KEYS_ONLY] = Nobody.owners
    by_file.update(_fixed)
    _neutral_files.clear()


def claims() -> tuple[list[str], list[str]]:
    """Return what is the application's in this process: folders, and files elsewhere."""
    owners = application().owners
    return list(_sources), [filename for filename, whose in _fixed.items() if whose is owners]


def claim(folders: Sequence[str], files: Sequence[str]) -> None:
    """Say that folders and files are the application's, wherever they lie."""
    _claimed_folders[:], _claimed[:] = folders, files
    if _application:
        _sources.extend(_claimed_folders)
        _fixed.update(dict.fromkeys(_claimed, application().owners))
        by_file.update(_fixed)


def serve(started_by: Environment | None) -> None:
    """Say on whose behalf this process runs, if not the application's: that is who asks where no code tells.

    Code given on the command line, a module run with ``-m`` and the main script are that environment's, too.
    """
    _bottom[:] = [started_by or application()]
    main = getattr(sys.modules.get("__main__"), "__file__", None)
    if main is not None:
        by_file[main] = _fixed[main] = _bottom[0].owners
    if started_by is not None:
        # What lies beside the script is that environment's; the project stays the application's.
        _sources[1:] = _claimed_folders


def application() -> Environment:
    """Return the application's own environment."""
    return _application[0]


def project() -> str:
    """Return the project's folder."""
    return _sources[0]


def is_installed(path: str) -> bool:
    """Whether *path* lies in an environment, the application's included, or in the standard library."""
    path = path.rstrip("/\\") + os.sep
    return any(path.startswith(folder) for folder, _ in _folders)


def environment_of_path(path: str) -> Environment | None:
    """Return the environment that holds *path*, None if none does (neutral, or the application's source)."""
    for folder, environment in _folders:
        if path.startswith(folder):
            return environment
    return None


def _owners_of_file(filename: str) -> Owners | None:
    """Classify a code file, remembering the answer; None for a neutral one, and for one that nobody's folder holds."""
    owners = by_file.get(filename)
    # Names like "<string>" and "page.html" are made up at will: remembering them could fill the memory.
    if owners is None and os.path.isabs(filename) and filename not in _neutral_files:
        for folder, environment in _folders:
            if filename.startswith(folder):
                if environment is None:
                    _neutral_files.add(filename)
                    return None
                return _remember(filename, environment.owners)
        if filename.startswith(tuple(_sources)):
            return _remember(filename, _application[0].owners)
    return owners


def _owners_of_generated(frame: FrameType) -> Owners | None:
    """Attribute generated code (``<string>``, or a file name with no folder) to the module whose globals it runs in.

    That is the file the globals name; for globals made for the occasion the environment that made them, see
    :mod:`runtime_shim.namespaces`; for what a person types or gives on the command line (an IPython cell, a
    doctest, ``-c``) the application. If none of these tells, the walk goes on.
    """
    names = frame.f_globals
    file = names.get("__file__")
    if type(file) is str and not file.startswith("<"):
        return _owners_of_file(file)
    owners = namespaces.owners_by_namespace.get(id(frame.f_builtins))
    if owners is not None and native.is_entry(frame):
        # Compiled code that calls `exec` hands out the builtins of the Python code below it.
        compiled = native.caller(frame.f_back, frame)
        return owners if compiled is None else compiled.owners
    if owners is None and names.get("__name__") == "__main__":
        return _bottom[0].owners
    return owners


def find(frame: FrameType | None) -> Environment:
    """Return the environment on whose behalf *frame* performs a lookup (the application included).

    Cost: about a microsecond for a statement in a known file; tens of microseconds where an extension
    module may be at work between the frames.
    """
    native_code_possible = False
    callee: FrameType | None = None
    start: FrameType | None = None
    strays: list[str] = []
    while frame is not None:
        code = frame.f_code
        if code.co_filename in MACHINERY:
            name = code.co_name
            if name == "_call_with_frames_removed":
                # importlib hands over to Python code (`exec`, `__import__`), or to an extension's own.
                if not native_code_possible and frame.f_locals["f"] in _EXTENSION_CALLS:
                    native_code_possible = callee is None or native.is_entry(callee)
            elif name in ("create_module", "exec_module"):
                loading = getattr(frame.f_locals.get("self"), "environment", None)
                if loading is not None:
                    return _settled(strays, loading)
            elif name == "_handle_fromlist":
                package = _isolated_home(frame.f_locals["module"])
                if package is not None:
                    return _settled(strays, package)
        else:
            if code.co_code[frame.f_lasti] not in IMPORT_OPERATIONS:
                native_code_possible = native_code_possible or callee is None or native.is_entry(callee)
            elif native_code_possible and callee is not None and builtins.__import__ is not _IMPORT:
                # What C code there is between is a replacement of `__import__` (PySide's): it serves everybody.
                compiled = native.caller(callee, start)
                if compiled is not None:
                    return compiled
                native_code_possible, start = False, frame
            filename = code.co_filename
            owners = _owners_of_file(filename)
            if owners is None and filename not in _neutral_files:
                if os.path.isabs(filename):
                    strays.append(filename)
                elif filename[:7] != "<frozen":
                    owners = _owners_of_generated(frame)
            elif owners is None and code.co_name in subjects:
                about = subjects[code.co_name](frame)
                owners = None if about is None else about.owners
            if owners is not None:
                found = native.caller(frame, start) if native_code_possible else None
                return found or _settled(strays, owners.environment)
        callee = frame
        frame = frame.f_back
    outermost = _of_thread(callee) or _bottom[0]
    found = native.caller(None, start) if native_code_possible else None
    return found or _settled(strays, outermost)


def _isolated_home(module: Any) -> Environment | None:
    """Return the environment of a module that somebody imports from; None for one of the application's, or shared.

    ``from package import name`` imports a submodule by the package's own ``__name__``
    (``importlib._bootstrap._handle_fromlist``), which under an alias means another version to the caller.
    """
    try:
        spec = _namespace(module).get("__spec__")
    except TypeError:  # anything may be put into sys.modules
        return None
    environment: Environment | None = getattr(type(getattr(spec, "name", None)), "environment", None)
    return None if environment is None or environment.is_application else environment


def _settled(strays: list[str], environment: Environment) -> Environment:
    """Remember whose the files are that nobody's folder holds: whoever runs them first (a loader of plugins)."""
    for filename in strays:
        _remember(filename, environment.owners)
    return environment


def _remember(filename: str, owners: Owners) -> Owners:
    """Remember whose a file is; of very many (templates compiled under names of their own) the latest."""
    if len(by_file) > _MOST_FILES:
        for known in list(by_file)[: _MOST_FILES // 2]:
            by_file.pop(known, None)  # another thread may be here, too
        by_file.update(_fixed)
    by_file[filename] = owners
    return owners


def _of_thread(outermost: FrameType | None) -> Environment | None:
    """Return the environment whose code has started this thread, by its outermost frame; None for no such."""
    if outermost is not None and outermost.f_code.co_name == "_bootstrap":
        return getattr(outermost.f_locals.get("self"), STARTED_BY, None)
    return None
