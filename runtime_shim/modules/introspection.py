"""Whose object is it about: functions of the standard library that look up the module of what they are given.

``inspect.getsource(cls)`` takes ``sys.modules[cls.__module__]``, ``typing.get_type_hints`` evaluates a class's
annotations in it, an entry point imports the module that its distribution names. Whoever asks, it is the object's
own module that is meant. So for these functions the caller is the environment of the object in hand.
"""

from __future__ import annotations

import os
import sys
from types import CodeType

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.model.environment import known
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Function -> the standard library's files that have it, and its local variables that hold the object, best first.
_SUBJECTS = {
    "__init__": (("traceback.py",), ("exc_value",)),  # from 3.15 on it looks for modules of a similar name
    "_is_type": (("dataclasses.py",), ("cls",)),
    "_process_class": (("dataclasses.py",), ("cls",)),
    "_signature_fromstr": (("inspect.py",), ("obj",)),
    "evaluate": (("annotationlib.py",), ("owner",)),
    "_findclass": (("inspect.py", "pydoc.py"), ("func",)),
    "get_annotations": (("inspect.py", "annotationlib.py"), ("obj",)),
    "get_type_hints": (("typing.py",), ("base", "obj")),
    "getfile": (("inspect.py",), ("object",)),
    "getmodule": (("inspect.py",), ("object",)),
    "load": ((os.path.join("metadata", "__init__.py"),), ("self",)),
}


def install() -> None:
    """Let :func:`runtime_shim.caller.frames.find` ask about the frames of these functions."""
    frames.subjects.update(dict.fromkeys(_SUBJECTS, _environment))
    frames.subjects["interact"] = _typist


def _typist(frame: FrameType) -> Environment | None:
    """Return whose the lines are that a shell of :mod:`code` reads and executes: those of the person who types them."""
    return known.of_person if frame.f_code.co_filename.endswith(f"{os.sep}code.py") else None


def _environment(frame: FrameType) -> Environment | None:
    """Return the environment of the object that *frame*'s function looks at; None if it is nobody's."""
    code = frame.f_code
    files, variables = _SUBJECTS[code.co_name]
    if not code.co_filename.endswith(files):
        return None
    there = frame.f_locals
    subject = next((there[name] for name in variables if name in there), None)
    return None if subject is None else _of(subject)


def _of(subject: Any) -> Environment | None:
    distribution = getattr(subject, "dist", None) if type(subject).__name__ == "EntryPoint" else None
    if distribution is not None:
        path = getattr(distribution, "_path", None)
        return None if path is None else code_files.environment_of(str(path))
    if isinstance(subject, type):
        return ownership.environment_of_type(subject)
    if isinstance(subject, type(sys)):
        return ownership.environment_of_module(subject)
    if isinstance(subject, BaseException):
        return _raised_by(subject)
    frame = getattr(subject, "tb_frame", subject)
    code = getattr(frame, "f_code", frame)
    if isinstance(code, CodeType):
        return code_files.environment_of(code.co_filename)
    function = getattr(subject, "__func__", subject)
    module_name, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if type(module_name) is str and type(name) is str:
        found = ownership.environment_of(function, module_name, name)
        if found is not None:
            return found
    return ownership.environment_by_globals(function)


def _raised_by(error: BaseException) -> Environment | None:
    """Return the environment of the innermost frame that an error has come through, if it is anybody's."""
    found, at = None, error.__traceback__
    while at is not None:
        found = code_files.environment_of(at.tb_frame.f_code.co_filename) or found
        at = at.tb_next
    return found
