"""Where in the machine code the evaluation loop of this interpreter is.

A C frame of the evaluation loop (``_PyEval_EvalFrameDefault``) is not told by its symbol: compilers put what they take
for unlikely into a part of its own (``….cold``), which is in no table of dynamic symbols. GCC 12 and 14 do so with one
instruction (``async with``), GCC 16 with most of them where the build was profiled. So the parts are learnt from a
stack that is known: every evaluation loop has a structure in its own C frame that the interpreter's frames lead to
(from 3.12 on a frame entered from C is preceded by ``entry_frame``, a local variable of the loop; in 3.11 it is the
thread's chain of ``_PyCFrame``). An unwinder tells which function's C frame that address lies in.

Source: CPython's Python/ceval.c and Include/internal/pycore_frame.h; the unwinder is the one of the Itanium C++ ABI, in
libgcc, which glibc's ``backtrace`` loads as well.
"""

from __future__ import annotations

import contextlib
import os

from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, TypeVar

    _Answer = TypeVar("_Answer")

_CFRAME_OF_THREAD = 56  # offset of PyThreadState.cframe in 3.11
_PREVIOUS = 16  # of _PyCFrame.previous
_MOST_LOOPS = 64


class Unwinder:
    """The C stack of the calling thread, by libgcc.

    It calls back through libffi, which on some systems keeps a file open for that from then on.

    :raises OSError: there is no libgcc.
    :raises AttributeError: it is another one.
    """

    def __init__(self) -> None:
        import ctypes  # loaded late: only processes that use an environment pay for it

        library = _libgcc()
        self._enclosing = library["_Unwind_FindEnclosingFunction"]
        self._enclosing.argtypes, self._enclosing.restype = (ctypes.c_void_p,), ctypes.c_void_p
        self._address, self._lower_end = library["_Unwind_GetIP"], library["_Unwind_GetCFA"]
        for function in (self._address, self._lower_end):
            function.argtypes, function.restype = (ctypes.c_void_p,), ctypes.c_void_p
        self._unwind = library["_Unwind_Backtrace"]
        self._step = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
        self._step_in_c = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        self._address_type = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
        self._address_place = ctypes.cast(self._address, ctypes.c_void_p).value or 0
        self._new_queue: Any = None

    def frames(self) -> list[tuple[int, int]]:
        """Return (return address, lower end of the C frame in memory) from here outwards."""
        found: list[tuple[int, int]] = []

        def note(context: int, _: int) -> int:
            found.append((self._address(context) or 0, self._lower_end(context) or 0))
            return 0

        self._unwind(self._step(note), None)
        return found

    def addresses(self) -> list[int]:
        """Return the return addresses from here outwards: what glibc's ``backtrace`` returns.

        No Python code is called back: a signal that is handled in it, or what a trace function raises, would get
        lost in the C code between. So the unwinder calls `_Unwind_GetIP` by way of ctypes, whose ``errcheck`` puts
        the answer into a queue (a method in C that takes the three arguments) and says None, which is 0: go on.
        """
        if self._new_queue is None:
            from queue import SimpleQueue  # for those without `backtrace`

            self._new_queue = SimpleQueue
        found = self._new_queue()
        address = self._address_type(
            self._address_place
        )  # by name it would be looked up, which audit hooks hear
        address.errcheck = found.put
        self._unwind(self._step_in_c(address), None)
        return [found.get_nowait() or 0 for _ in range(found.qsize())]

    def function(self, address: int) -> int:
        """Return where the function (or the part of one) begins that holds *address*; 0 where nobody knows."""
        return self._enclosing(address) or 0


def _libgcc() -> Any:
    """Return libgcc: the system's, else one that a wheel has brought along.

    Where the C library is musl the system often has none, since nothing but C++ needs it; `auditwheel` puts a copy
    beside what is written in C++ (``numpy.libs/libgcc_s-0cd532bd.so.1``). Any copy does: it finds all that is loaded.

    :raises OSError: there is none.
    """
    import ctypes  # loaded late, as above

    try:
        return ctypes.PyDLL("libgcc_s.so.1")
    except OSError:
        for path in sorted(_bundled()):
            with contextlib.suppress(OSError):
                return ctypes.PyDLL(path)
        reason = "there is no libgcc_s.so.1; Alpine has it in the package libgcc"
        raise OSError(reason) from None


def _bundled() -> Iterator[str]:
    for environment in known.everyone:
        for site_packages in environment.paths[:1]:
            with contextlib.suppress(OSError):
                for folder in os.listdir(site_packages):
                    if folder.endswith(".libs"):
                        path = os.path.join(site_packages, folder)
                        names = os.listdir(path)
                        yield from (os.path.join(path, name) for name in names if name.startswith("libgcc_s"))


def parts(unwinder: Unwinder, places: Callable[[], Sequence[int]]) -> frozenset[int]:
    """Return where the parts of the evaluation loop begin.

    :param places: returns addresses, each in the C frame of one of the evaluation loops at work.
    """

    def look() -> list[int]:
        frames = unwinder.frames()
        # The stack grows down: what begins below the address, and last, holds it.
        holding = [
            next((address for address, end in reversed(frames) if end <= place), 0) for place in places()
        ]
        return [unwinder.function(address - 1) for address in holding if address]

    return frozenset(part for found in asked_in_all_ways(look) for part in found) - {0}


def asked_in_all_ways(question: Callable[[], _Answer]) -> list[_Answer]:
    """Ask while C code stands between two evaluation loops, by instructions of all kinds.

    Among them are frequent ones, and what an optimiser takes for unlikely.
    """
    answers: list[_Answer] = []

    def look(*_: object) -> bool:
        answers.append(question())
        return False

    for way in _ways_through_c(look):
        way()
    return answers


def _ways_through_c(look: Callable[..., bool]) -> Iterator[Callable[[], object]]:
    """Yield calls of *look*."""

    class Asked:
        def __aenter__(self) -> Any:
            return look()

        def __neg__(self) -> Any:
            return look()

        def __delitem__(self, _: object) -> None:
            look()

        def __contains__(self, _: object) -> bool:
            return look()

        async def __aexit__(self, *_: object) -> None:
            """Never asked."""

    asked = Asked()

    async def enter() -> None:
        async with asked:
            pass

    def entering() -> None:
        with contextlib.suppress(TypeError):  # what `look` answers can't be awaited
            enter().send(None)

    def delete() -> None:
        del asked[0]

    yield lambda: list(map(look, (None,)))
    yield entering
    yield delete
    yield lambda: None in asked
    yield lambda: -asked


def places_in_3_11() -> list[int]:
    """Return an address in the C frame of each evaluation loop at work in this thread: those of 3.11's ``_PyCFrame``.

    The last one is part of the thread's state and lies in no loop.
    """
    import ctypes  # loaded late, as above

    state = ctypes.PyDLL(None).PyThreadState_Get  # not ctypes.pythonapi's, which everybody shares
    state.restype = ctypes.c_void_p
    thread = state()
    pointer = ctypes.c_void_p.from_address
    found: list[int] = []
    place = pointer(thread + _CFRAME_OF_THREAD).value
    while place and len(found) < _MOST_LOOPS:
        found.append(place)
        place = pointer(place + _PREVIOUS).value
    return found[:-1]
