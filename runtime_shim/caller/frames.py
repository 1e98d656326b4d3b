"""Who is calling: from a Python frame to the environment whose code is at work.

The caller is the first frame, walking up from the lookup, whose code file belongs to an environment or to the
application's own source (:mod:`runtime_shim.caller.files`). Everything that serves several callers is *neutral* and
walked over: the standard library, frozen ``importlib``, and unversioned distributions, whose own dependencies are the
same for everybody. Generated code (its "file" is no absolute path) is its globals'; a file outside every known folder
is whoever's runs it first. So ``importlib.import_module``, ``typing.get_type_hints`` or a thread's target resolve to
whoever used them. A function that was sent by value says in its globals whose it is
(:mod:`runtime_shim.crossing.by_value`). Where nothing is found the caller is whoever has started the thread
(:mod:`runtime_shim.processes.threads`) or the process (:mod:`runtime_shim.processes.children`), else the application.

Between two Python frames there may be C code of an extension module that imports on its own behalf; see
:mod:`runtime_shim.caller.c_stack`. It is looked for only where it can be: not above an import statement, and not
inside ``importlib``'s own frames.
"""

from __future__ import annotations

import _imp
import builtins
import os

from runtime_shim.accelerator import IMPORT_OPERATIONS, extension
from runtime_shim.caller import c_stack, call_sites, command_line, remote_scripts
from runtime_shim.caller.builtins_namespaces import owners_by_namespace
from runtime_shim.caller.disguise import BOOTSTRAP, MACHINERY
from runtime_shim.caller.files import code_files
from runtime_shim.model import hosts
from runtime_shim.model.environment import known
from runtime_shim.model.inspection import namespace_of

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, FunctionType
    from typing import Any

    from runtime_shim.model.environment import Environment, Owners


EXTENSION_CALLS = (_imp.create_dynamic, _imp.exec_dynamic)
"""The functions through which importlib runs an extension module's C code."""

STARTED_BY = "_mvenv_started_by"
"""The attribute of a Thread that names the environment whose code has started it."""

WRITTEN_BY = "__mvenv_written_by__"
"""The global of a function that was sent by value which names the environment whose code it is; empty: the application.
"""

# Function of the standard library -> what says whose object its frame is about, or whose thread it runs. Filled once,
# by runtime_shim.modules.introspection and runtime_shim.processes.threads, which know more than this module may.
subjects: dict[str, Callable[[FrameType], Environment | None]] = {}

# Functions of importlib whose frames tell something.
TELLING = frozenset({"_call_with_frames_removed", "create_module", "exec_module", "_handle_fromlist"})

# How the standard library calls what a person types in a shell (`flask shell` opens one) or has written as an example:
# the person's if a host runs it, and otherwise whoever's runs it.
_TYPED = ("<console>", "<input>", "<doctest ")
_IMPORT = builtins.__import__


def _owners_of_generated(frame: FrameType) -> Owners | None:
    """Attribute generated code (``<string>``, or a file name with no folder) to the module whose globals it runs in.

    That is the file the globals name; for globals made for the occasion the environment that made them, see
    :mod:`runtime_shim.caller.builtins_namespaces`; for what a person gives on the command line, or a tool runs as
    ``__main__`` (``-c``, an IPython cell), the application. If none of these tells, the walk goes on.
    """
    names = frame.f_globals
    told = owners_told_by(names)
    if told is not None:
        return told
    file = names.get("__file__")
    if type(file) is str and not file.startswith("<"):
        owners = code_files.owners_of(file)
        if owners is None and _is_main(names):
            return _owners_of_main(file, names)
        return _owners_of_relative(file, names) if owners is None and file.endswith(".py") else owners
    if _is_main(names) and id(names) not in known.main_names:
        return known.of_person.owners
    if file is None and frame.f_code.co_filename.endswith(".py"):
        owners = _owners_of_relative(frame.f_code.co_filename, names)
        if owners is not None:
            return owners
    owners = owners_by_namespace.get(id(frame.f_builtins))
    is_remote = None if "__name__" in names else remote_scripts.is_one(frame)
    if is_remote or ("__name__" not in names and command_line.has(frame.f_code)):
        person = known.of_person
        names[WRITTEN_BY] = "" if person.is_application else person.name  # so its functions are told, too
        return person.owners
    if owners is not None and is_remote is None and c_stack.is_entry(frame):
        # Compiled code that calls `exec` hands out the builtins of the Python code below it.
        compiled = c_stack.caller(frame.f_back, frame)
        return owners if compiled is None else compiled.owners
    if owners is None and _is_main(names):
        return known.of_process.owners
    return owners


def _is_main(names: dict[str, Any]) -> bool:
    return names.get("__name__") == "__main__"


def _owners_of_stray(filename: str, names: dict[str, Any]) -> Owners | None:
    """Return the owners of an absolute file in nobody's folder, and remember them; None: whoever runs it."""
    if _is_main(names):
        return _owners_of_main(filename, names)
    if known.of_process is known.of_person and code_files.is_written_before(filename):
        code_files.give([filename], known.of_person)
        return known.of_person.owners
    return None


def owners_told_by(names: dict[str, Any]) -> Owners | None:
    """Return the owners of the environment that globals name as the writer of their functions; None if they don't."""
    name = names.get(WRITTEN_BY)
    if type(name) is not str:
        return None
    try:
        return (known.named(name) if name else known.application).owners
    except LookupError:  # written in another project, or before the environments were named anew
        return None


def writer_of(function: FunctionType) -> Environment | None:
    """Return the environment whose code a function is; None for a neutral one, or where nothing tells."""
    filename, names = function.__code__.co_filename, function.__globals__
    owners = code_files.owners_of(filename)
    if owners is None and filename not in code_files.neutral and filename[:7] != "<frozen":
        file = names.get("__file__")
        owners = owners_told_by(names)
        if owners is None and type(file) is str and not file.startswith("<"):
            owners = code_files.owners_of(file)
        elif owners is None:
            owners = owners_by_namespace.get(id(getattr(function, "__builtins__", None)))
            if owners is None and _is_main(names):
                owners = known.of_process.owners
    return None if owners is None else owners.environment


def _owners_of_relative(filename: str, names: dict[str, Any]) -> Owners | None:
    """Return the owners of a file that code names by a path from the working directory; None: nobody's, or no file.

    Generated code may have any name, so the file has to be there.
    """
    try:
        path = os.path.abspath(filename)
    except OSError:  # the working directory is gone
        return None
    if path in code_files.neutral or not os.path.isfile(path):
        return None
    owners = code_files.owners_of(path) or _owners_of_stray(path, names)
    if owners is not None:
        code_files.give([filename], owners.environment)
    return owners


def _owners_of_main(file: str, names: dict[str, Any]) -> Owners | None:
    """Return the owners of a program that runs as ``__main__``, and remember them.

    The program of this process is that of whoever has started it. Another one is what a tool runs for a person
    (``python -m coverage run script.py``, a notebook's cell): the application's, for it is no tool's own.
    """
    try:
        path = os.path.abspath(file)
    except OSError:  # the working directory is gone
        path = file
    owners = code_files.owners_of(path)
    if owners is None and path not in code_files.neutral:
        environment = known.of_process if id(names) in known.main_names else known.of_person
        owners = environment.owners
        code_files.give([path], environment)
    if owners is not None and file != path:
        code_files.give([file], owners.environment)
    return owners


def find_in_python(frame: FrameType | None, callee: FrameType | None = None) -> Environment:
    """Return the environment on whose behalf *frame* performs a lookup (the application included).

    :param callee: what *frame* has called, if the lookup is that one's doing.

    Cost: about a microsecond for a statement in a known file; tens of microseconds where an extension
    module may be at work between the frames.
    """
    native_code_possible = False
    start: FrameType | None = None
    strays: list[str] = []
    is_typed = False
    while frame is not None:
        code = frame.f_code
        if code.co_filename in MACHINERY:
            name = code.co_name
            if name not in TELLING:
                pass
            elif name == "_call_with_frames_removed":
                # importlib hands over to Python code (`exec`, `__import__`), or to an extension's own.
                if not native_code_possible and frame.f_locals["f"] in EXTENSION_CALLS:
                    native_code_possible = callee is None or c_stack.is_entry(callee)
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
                if not native_code_possible and (callee is None or c_stack.is_entry(callee)):
                    native_code_possible = not call_sites.is_of_interpreter(frame)
            elif native_code_possible and callee is not None and builtins.__import__ is not _IMPORT:
                # What C code there is between is a replacement of `__import__` (PySide's): it serves everybody.
                compiled = c_stack.caller(callee, start)
                if compiled is not None:
                    return compiled
                native_code_possible, start = False, frame
            filename = code.co_filename
            owners = code_files.owners_of(filename)
            if owners is None and filename not in code_files.neutral:
                if os.path.isabs(filename):
                    owners = owners_told_by(frame.f_globals) or _owners_of_stray(filename, frame.f_globals)
                    if owners is None:
                        strays.append(filename)
                elif filename[:7] != "<frozen":
                    owners = _owners_of_generated(frame)
                    is_typed = is_typed or filename.startswith(_TYPED)
            elif owners is None and code.co_name in subjects:
                about = subjects[code.co_name](frame)
                owners = None if about is None else about.owners
            if owners is not None and callee is not None and _is_finder_at_work(frame):
                owners = None
            if owners is not None:
                found = c_stack.caller(frame, start) if native_code_possible else None
                if (
                    found is None
                    and (strays or is_typed)
                    and _runs_persons_code(filename, owners.environment)
                ):
                    return _settled(strays, known.of_person)
                return found or _settled(strays, owners.environment)
        callee = frame
        frame = frame.f_back
    found = c_stack.caller(None, start) if native_code_possible else None
    return found or _settled(strays, known.of_process)


find: Callable[..., Environment] = find_in_python if extension is None else extension.find
"""The same, where there is an accelerator with the common cases decided in C (:mod:`runtime_shim.accelerator`)."""


def find_beyond(frame: FrameType) -> Environment:
    """Return the same for a frame of the standard library that calls no compiled code but the interpreter's.

    The functions of its file call each other, and the shim: between them the C stack has nothing to tell.
    """
    file = frame.f_code.co_filename
    if code_files.owners_of(file) is not None or file not in code_files.neutral:
        return find(frame)  # an environment's backport of it
    beyond = frame.f_back
    while beyond is not None and beyond.f_code.co_filename == file and beyond.f_code.co_name not in subjects:
        frame, beyond = beyond, beyond.f_back
    return find(beyond, frame)


def _is_finder_at_work(frame: FrameType) -> bool:
    """Whether a frame is that of a finder which importlib asks and which asks others in turn: on the importer's behalf.

    So do the hooks that wait for modules to be imported (wrapt's), and wrappers around the finders there are.
    """
    asking = frame.f_back
    return (
        asking is not None
        and asking.f_code.co_name == "_find_spec"
        and asking.f_code.co_filename == BOOTSTRAP
        and frame.f_code.co_code[frame.f_lasti] not in IMPORT_OPERATIONS
    )


def asking(frame: FrameType) -> FrameType:
    """Return the frame that asks a finder, given the one that has called it: a wrapper around it is walked over."""
    return frame.f_back if frame.f_back is not None and _is_finder_at_work(frame) else frame


def _isolated_home(module: Any) -> Environment | None:
    """Return the environment of a module that somebody imports from; None for one of the application's, or shared.

    ``from package import name`` imports a submodule by the package's own ``__name__``
    (``importlib._bootstrap._handle_fromlist``), which under an alias means another version to the caller.
    """
    spec = namespace_of(module).get("__spec__")
    environment: Environment | None = getattr(type(getattr(spec, "name", None)), "environment", None)
    return None if environment is None or environment.is_application else environment


def _runs_persons_code(filename: str, environment: Environment) -> bool:
    """Whether a code file is of a host, whose code runs files that a person has written and writes none to run them."""
    folders = (os.path.join(path, "") for path in environment.paths)
    return not environment.is_application and hosts.is_of_host(filename, folders)


def _settled(strays: list[str], environment: Environment) -> Environment:
    if strays:
        code_files.give(strays, environment)
    return environment
