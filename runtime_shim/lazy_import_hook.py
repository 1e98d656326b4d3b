"""The `__lazy_import__` of this process (PEP 810, Python 3.15), in place from the start on.

A lazy line asks no finder, so the finder that starts the shim would be asked too late.

What is the standard library's stays as it is; anything else starts the shim, and is bound to whoever has written it
(:mod:`runtime_shim.loading.lazy_imports`). The shim's own modules import at once, also where all imports are lazy (``-X
lazy_imports=all``): they run inside look-ups that an import asks for.
"""

# No `from __future__ import annotations` here: that is one more file to open.
import builtins
import sys
from sys import _getframe

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import FrameType
    from typing import Any

_SHIM = __name__.partition(".")[0]
_statements: "list[Any]" = []
"""The code of a line that makes a lazy object, once there has been one: the compiler is not needed at every start."""


def install(start: "Callable[[], Any]") -> None:
    """Put the function in place.

    :param start: starts the shim, and returns what binds a lazy line to its environment.
    """
    original: Any = builtins.__lazy_import__  # type: ignore[attr-defined]

    def __lazy_import__(  # noqa: N807 - its name in CPython
        name: str,
        globals: "Mapping[str, Any] | None" = None,  # noqa: A002 - as in CPython
        locals: "Mapping[str, Any] | None" = None,  # noqa: A002 - as above
        fromlist: "Sequence[str] | None" = (),
        level: int = 0,
    ) -> "Any":
        frame = _getframe(1)
        if str(frame.f_globals.get("__name__")).partition(".")[0] == _SHIM:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        line = _Line(original, frame)
        arguments = (name, globals, locals, fromlist, level)
        # A relative import stays within the top-level package of whoever imports.
        top = (str(frame.f_globals.get("__package__")) if level else name).partition(".")[0]
        if top in sys.stdlib_module_names:
            return line.made(arguments, frame.f_builtins)
        try:
            bound = start().bound
        except ImportError:  # of a map that is damaged: told where the name is used
            return line.made(arguments, frame.f_builtins)
        return bound(line, arguments)

    builtins.__lazy_import__ = __lazy_import__  # type: ignore[attr-defined]


class _Line:
    """A line with a lazy import, at work."""

    def __init__(self, original: "Any", frame: "FrameType") -> None:
        self._original = original
        self.frame = frame

    def made(self, arguments: "tuple[Any, ...]", names: "Mapping[str, Any]") -> "Any":
        """Call CPython's own ``__lazy_import__`` as the line does; what fails later says which line it was.

        :param arguments: those of ``__lazy_import__``.
        :param names: the builtins that the object is to have.
        """
        frame = self.frame
        scope = {"__builtins__": names, "original": self._original, "arguments": arguments}
        # The function is for a module's own level.
        if not _statements:
            _statements.append(compile("made = original(*arguments)", "<mvenv>", "exec"))
        code = _statements[0].replace(
            co_filename=frame.f_code.co_filename, co_firstlineno=frame.f_lineno, co_name=frame.f_code.co_name
        )
        exec(code, scope)  # noqa: S102 - as above
        return scope["made"]
