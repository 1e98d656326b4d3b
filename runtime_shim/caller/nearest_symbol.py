"""macOS: is the symbol that ``dladdr`` gives for an address the function that holds it?

There it is the nearest one below the address, however far: where a Python was stripped, that of the evaluation loop for
all static functions behind it. (On Linux symbols have sizes, and this is not used.) The unwinder (part of the
system library) knows where functions begin, but takes neighbours of one kind for one: it can say "no", never "yes".

Written for macOS and never run there (docs/systems.md).
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable


def held_by_symbol() -> Callable[[int | None, int], bool]:
    """Return what says whether the function at a symbol (its address) may hold another address.

    :raises AttributeError: the system library has no unwinder.
    """
    import ctypes  # loaded by who asks

    enclosing = ctypes.PyDLL(None)["_Unwind_FindEnclosingFunction"]
    enclosing.argtypes, enclosing.restype = (ctypes.c_void_p,), ctypes.c_void_p
    return lambda symbol, address: begins_before(enclosing(address), symbol)


def begins_before(function: int | None, symbol: int | None) -> bool:
    """Whether a function, or a neighbour that it is taken together with, does not begin behind a symbol.

    :param function: None where the unwinder doesn't know.
    """
    return (function or 0) <= (symbol or 0)
