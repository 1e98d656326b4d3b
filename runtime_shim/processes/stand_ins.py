"""On whose behalf a thread or a process is started, where a tool has a hand in it.

Whoever stands in for a function of the standard library speaks for its caller.

Debuggers, tracers and error reporters put functions of their own in the place of ``threading._start_new_thread``,
``Thread.start``, ``subprocess.Popen.__init__`` or ``os.execv``, and call the original in the end. Who starts the thread
or the process is not the tool but whoever has called the function that it replaced.

And what a host of a person's code starts runs a person's code: a notebook's ``%%python``, a test runner's workers.
"""

from __future__ import annotations

import os
import sys
from types import FunctionType, MethodType

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.model import hosts
from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import CodeType, FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

# Where tools put their functions: modules, and classes in them.
_PLACES = {
    "threading": ("Thread",),
    "_thread": (),
    "subprocess": ("Popen",),
    "_posixsubprocess": (),
    "os": (),
    "posix": (),
    "multiprocessing.process": ("BaseProcess",),
    "multiprocessing.util": (),
    "multiprocessing.spawn": (),
}

# Code that starts threads or processes in its own name, by its id: looking for it takes half a millisecond. (By the
# code itself, its hash is that of all that it holds.) What stands in for a function is called for that alone, so it is
# in its place from the first time on.
_no_stand_ins: dict[int, CodeType] = {}
_MOST = 64


def on_behalf_of(frame: FrameType) -> Environment:
    """Return the environment on whose behalf *frame* starts a thread or a process."""
    start: FrameType | None = frame
    calling = frames.find(frame)
    if calling.is_application:
        return calling
    while start is not None:
        owners = code_files.owners_of(start.f_code.co_filename)
        if owners is None:
            start = start.f_back
        elif start.f_back is not None and _stands_in(start.f_code):
            start = start.f_back
            calling = frames.find(start)
        else:
            break
    if start is None or calling.is_application:
        return calling
    folders = [os.path.join(path, "") for path in calling.paths]
    return known.of_person if hosts.is_of_host(start.f_code.co_filename, folders) else calling


def _stands_in(code: CodeType) -> bool:
    """Whether it is the code of a Python function that is in the place of one of the standard library's."""
    if _no_stand_ins.get(id(code)) is code:
        return False
    for name, classes in _PLACES.items():
        module = sys.modules.get(name)
        if module is not None:
            places = (module, *(getattr(module, each, None) for each in classes))
            codes = (each for place in places for each in _codes_of(getattr(place, "__dict__", {})))
            if any(each is code for each in codes):
                return True
    if len(_no_stand_ins) >= _MOST:
        _no_stand_ins.clear()
    _no_stand_ins[id(code)] = code
    return False


def _codes_of(names: Mapping[str, Any]) -> Iterator[CodeType]:
    for value in list(names.values()):
        function = value.__func__ if type(value) in (MethodType, classmethod, staticmethod) else value
        if type(function) is FunctionType:
            yield function.__code__
