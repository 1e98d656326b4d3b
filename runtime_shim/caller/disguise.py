"""Code of the shim that passes for something else: for importlib's own, or for nobody's.

CPython tells code by the file name in its code object, and so does the shim. A function that is given importlib's
file name is left out of tracebacks, is skipped by :mod:`warnings`, and is walked over when a caller is looked for.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any, TypeVar

    _Function = TypeVar("_Function", bound="Callable[..., Any]")

BOOTSTRAP = "<frozen importlib._bootstrap>"
EXTERNAL = "<frozen importlib._bootstrap_external>"
MACHINERY = frozenset({BOOTSTRAP, EXTERNAL})
"""The file names of importlib's own frames."""

PLAIN_KEYS_ONLY = "<mvenv: plain keys only>"
"""The file name of code to which no environment's key is ever equal to a plain name. It is nobody's for any other
question: what interrupts it (a trace function, a finalizer in C) is there on behalf of who was at work.
"""

# The code of the finder that starts the shim. It is on the stack while the first import of all goes on, and must not
# be taken for the one who asks.
starters: list[CodeType] = []


def as_importlib(function: _Function) -> _Function:
    """Give a loader's or finder's method the file name of ``importlib``'s own.

    Tracebacks leave such frames out (``remove_importlib_frames`` in CPython's Python/import.c), ``warnings``
    skips them when it counts stack levels, and :func:`runtime_shim.caller.frames.find` recognises them.
    """
    function.__code__ = function.__code__.replace(co_filename=EXTERNAL)
    return function


def plain_keys_only(function: _Function) -> _Function:
    """Make the look-ups that *function* itself does in ``sys.modules`` find plain keys and key objects only."""
    function.__code__ = function.__code__.replace(co_filename=PLAIN_KEYS_ONLY)
    return function


def plain_repr(loader: object) -> str:
    """Return what the loader's representation would be in any interpreter: :mod:`importlib` prints it of modules."""
    kind = next(one for one in type(loader).__mro__ if one.__module__.startswith("_frozen_importlib"))
    return f"<{kind.__module__}.{kind.__qualname__} object at {id(loader):#x}>"
