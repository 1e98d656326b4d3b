"""After a build has replaced ``.venv``: this process goes on with the one that it has begun in.

The old folder has another name now, and stays while it is used (:mod:`runtime_shim.model.generation`). All that the
interpreter and the shim know by the old path is led there, once, when the next module is looked for or the next child
is started: what is imported from then on, what loaded modules say of their files, and the interpreter itself. So lazy
imports and workers get what the program has begun with, and not what the build has brought. Isolated environments need
nothing of the kind: a build makes others beside them.

Programs see the path that everybody knows (``.venv``) as long as nothing is replaced: they write it into caches,
kernels' specifications and build folders, where that of one build would be wrong after the next.
"""

from __future__ import annotations

import os
import sys

from runtime_shim.caller.files import code_files
from runtime_shim.model.environment import known
from runtime_shim.model.generation import generation
from runtime_shim.model.inspection import namespace_of
from runtime_shim.views import sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# What the interpreter says of itself.
_OF_THE_INTERPRETER = ("prefix", "exec_prefix", "executable")


def follow() -> None:
    """Go where the environment is that this process has begun in; one system call where it is in place."""
    folder = generation.moved_to()
    if folder:
        before = generation.folder
        generation.go_to(folder)
        code_files.add_neutral(folder)
        _lead(before, folder)
        for module in list(sys.modules.values()):
            _lead_module(module, before, folder)


def begin_anew(folder: str) -> None:
    """Take over the environment that is in *folder* now; what is loaded stays with the one before."""
    follow()
    before = generation.folder
    generation.hold(folder)
    if before != folder:
        _lead(before, folder)


def commands(
    arguments: Sequence[Any], programs: Sequence[Any], folder: Any = None
) -> tuple[Sequence[Any], Sequence[Any]]:
    """Return a child's arguments and the programs to try, in the environment where it is now.

    Arguments are led only if the program is one of the environment's: they are its scripts then.

    :param folder: in which the child begins, if it is another than this process's.
    """
    if generation.folder == generation.began_in:
        return arguments, programs
    led = [_command(program, _absolute(program, folder)) for program in programs]
    if led == list(programs):
        return arguments, led
    arguments = [_command(each, each) for each in arguments]
    taken = next((each for each in led if os.path.isfile(each)), "")
    if taken not in programs and arguments and _name(arguments[0]) == _name(taken):
        # By what it is called a Python finds its environment (CPython's Modules/getpath.py): by a bare name through
        # PATH, by a relative one from the working directory, and the new build is there.
        called = os.fsdecode(taken)
        arguments[0] = called if isinstance(arguments[0], str) else os.fsencode(called)
    return arguments, led


def _command(path: Any, place: Any) -> Any:
    """Return where *place* is now, in the form of *path*, or *path* if that is not in the environment."""
    if not isinstance(place, str | bytes):
        return path
    plain = os.fsdecode(place)
    led = _led(plain, generation.began_in, generation.folder)
    if led == plain or not os.path.lexists(led):
        return path
    return led if isinstance(path, str) else os.fsencode(led)


def _absolute(program: Any, folder: Any) -> Any:
    """Return the path of a program that a child finds from *folder*, or from where this process is."""
    if isinstance(program, str | bytes) and os.path.dirname(program):
        return os.path.abspath(os.path.join(os.fsdecode(folder or ""), os.fsdecode(program)))
    return program


def _name(path: Any) -> str:
    return os.path.basename(os.fsdecode(path))


def _lead(before: str, now: str) -> None:
    for name in _OF_THE_INTERPRETER:
        setattr(sys, name, _led(getattr(sys, name), before, now))
    for environment in known.everyone:
        environment.paths[:] = [_led(path, before, now) for path in environment.paths]
    sys_path.rename(lambda entry: _led(entry, before, now))


def _lead_module(module: Any, before: str, now: str) -> None:
    """Lead what a module says of its files; a lazy one (``importlib.util.LazyLoader``) is not loaded by that."""
    namespace = namespace_of(module)
    for name in ("__file__", "__cached__"):
        if name in namespace:
            namespace[name] = _led(namespace[name], before, now)
    spec = namespace.get("__spec__")
    for path in (namespace.get("__path__"), getattr(spec, "submodule_search_locations", None)):
        if isinstance(path, list):
            path[:] = [_led(entry, before, now) for entry in path]
    for owner, name in ((spec, "origin"), (spec, "cached"), (getattr(spec, "loader", None), "path")):
        value = getattr(owner, name, None)
        if value != _led(value, before, now):
            setattr(owner, name, _led(value, before, now))


def _led(path: Any, before: str, now: str) -> Any:
    """Return a path with the folder that it begins with replaced; what does not begin with it as it is."""
    if isinstance(path, str) and path.startswith(before + os.sep):
        return now + path[len(before) :]
    return now if path == before else path
