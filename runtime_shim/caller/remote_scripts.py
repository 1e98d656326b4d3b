"""Scripts that another process has a program run: ``sys.remote_exec``, debuggers that attach (PEP 768, Python 3.14).

The interpreter runs such a script between two instructions of whatever is at work in the main thread, as ``exec`` would
there: it has the file name ``<string>``, an empty namespace, and the builtins of that code. But it is a person's. Only
the C stack tells: the machine code of ``exec`` or ``eval`` is in none of its frames, and no other library's is.

Source: ``run_remote_debugger_source`` in CPython's Python/ceval_gil.c.
"""

from __future__ import annotations

import operator
import sys

from runtime_shim.caller import c_stack, evaluation_loop

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

_CAN_BE = sys.version_info >= (3, 14)


class _Builtins:
    """Where the machine code of ``exec`` and ``eval`` is; learnt when first asked for."""

    def __init__(self) -> None:
        self._function = evaluation_loop.Unwinder().function
        self._functions: dict[int, int] = {}
        exec_, eval_ = (self._always(run) for run in (exec, eval))
        # What both go through everybody does who runs code.
        self.parts = exec_ ^ eval_
        self.are_known = bool(exec_ - eval_) and bool(eval_ - exec_)

    def _always(self, run: Callable[[Any, dict[str, Any]], object]) -> set[int]:
        """Return the C functions through which *run* comes to Python code, with source and with compiled code."""
        found: list[set[int]] = []
        for source in ("look()", compile("look()", "<string>", "eval")):
            run(source, {"look": lambda: found.append(self.functions(sys._getframe(1)))})
        return set.intersection(*found)

    def functions(self, frame: FrameType) -> set[int]:
        """Return where the C functions begin between the evaluation loop of *frame* and the one below it."""
        found = set()
        for address in c_stack.between(frame):
            if address not in self._functions:
                self._functions[address] = self._function(address)
            found.add(self._functions[address])
        return found


undisturbed: Callable[[Callable[[], _Builtins]], _Builtins] = operator.call
"""How to learn while no code of the program can come in between; :mod:`runtime_shim.runtime` supplies it."""

_builtins: _Builtins | None = None


def is_one(frame: FrameType) -> bool | None:
    """Whether *frame* is that of a script which the interpreter runs because another process has asked it to.

    False: it is not, and no other library's code than the interpreter's has entered it. None: that is not known,
    because it is no such frame at all, or the C stack cannot be read.
    """
    global _builtins
    code = frame.f_code
    if not _CAN_BE or code.co_name != "<module>" or code.co_filename != "<string>" or frame.f_back is None:
        return None
    if next(iter(frame.f_globals), None) != "__builtins__" or not c_stack.is_entry(frame):
        return None  # `PyRun_String` was given an empty dict
    try:
        if _builtins is None:
            _builtins = undisturbed(_Builtins)
    except (ImportError, AttributeError, OSError):  # no libgcc
        return None
    found = _builtins.functions(frame)
    return found.isdisjoint(_builtins.parts) if found and _builtins.are_known else None
