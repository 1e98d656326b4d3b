"""Which extension module is calling: the C stack between two Python frames.

C code that imports (``PyImport_ImportModule`` and its kin) has no Python frame. The frame below it is that of
whoever called into C, perhaps another environment: ``repr()`` of a numpy 2 array from code whose own numpy is
1.24 must find numpy 2's ``numpy._core``. So the C stack is read with glibc's ``backtrace``, or, where the C library
is musl and has none, with what that is made of (:class:`runtime_shim.caller.evaluation_loop.Unwinder`); each address
is attributed to its shared object with ``dladdr``; the first one inside an environment is the caller.

Python functions called from Python run inside one C call of the evaluation loop, so C frames and Python frames have
to be matched: C frames of the loop are told by where they are in the machine code
(:mod:`runtime_shim.caller.evaluation_loop`); a Python frame that *entered* a new loop is told by its
``_PyInterpreterFrame`` (``is_entry`` in 3.11; from 3.12 on a predecessor owned by the C stack). The struct offsets
below are those of CPython's Include/internal/pycore_frame.h and are checked before use. Where anything is not as
expected (no unwinder, an unknown Python) the answers are "don't know" and the caller falls back to the Python frame.
"""

from __future__ import annotations

import contextlib
import sys

from runtime_shim.accelerator import extension
from runtime_shim.caller import evaluation_loop
from runtime_shim.model.generation import generation
from runtime_shim.model.inspection import FREE_THREADED

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

# C frames read at first, and at most. Unwinding is most of the cost, and the answer is nearly always near.
_NEAR, _DEPTH = 32, 256
_EVALUATION = object()
_FRAME_OWNED_BY_CSTACK = 3

# (frame_obj, previous, is_entry or owner) offsets in _PyInterpreterFrame, by Python version.
_OFFSETS = {
    (3, 11): (40, 48, 68),
    (3, 12): (48, 8, 70),
    (3, 13): (48, 8, 70),
    (3, 14): (48, 8, 74),
    (3, 15): (48, 8, 74),
}
if FREE_THREADED:  # from 3.14 on `tlbc_index` stands in front of the owner
    _OFFSETS.update(dict.fromkeys(((3, 14), (3, 15)), (48, 8, 78)))
# Offset of PyFrameObject.f_frame: f_back is before it, and the object's header, which is longer where free-threaded.
_F_FRAME = object.__basicsize__ + 8


class _Unavailable:
    """The stand-in where the C stack cannot be read: every import is attributed by Python frames."""

    def is_entry(self, frame: FrameType) -> bool:  # noqa: ARG002 - the other class's signature
        return False

    def caller(self, stop: FrameType | None, start: FrameType | None = None) -> Environment | None:  # noqa: ARG002
        return None

    def between(self, frame: FrameType) -> list[int]:  # noqa: ARG002
        return []


class _Stack:
    """Reads this thread's C stack (glibc or musl, CPython 3.11 to 3.15)."""

    def __init__(self, environment_of_path: Any) -> None:
        import ctypes  # loaded late: only processes that use an environment pay for it

        generation.hold_without_descriptor(ctypes)

        class DlInfo(ctypes.Structure):
            _fields_ = (
                ("dli_fname", ctypes.c_char_p),
                ("dli_fbase", ctypes.c_void_p),
                ("dli_sname", ctypes.c_char_p),
                ("dli_saddr", ctypes.c_void_p),
            )

        # PyDLL keeps the GIL: no other thread runs between the lookup and the answer.
        process = ctypes.PyDLL(None)
        self._backtrace: Any = getattr(process, "backtrace", None)
        if self._backtrace is None:
            self._unwinder, self._backtrace = evaluation_loop.Unwinder(), self._unwound
        self._dladdr = process.dladdr
        self._dladdr.argtypes = (ctypes.c_void_p, ctypes.POINTER(DlInfo))
        self._info = DlInfo
        self._byref = ctypes.byref
        self._may_hold: Any = None
        if sys.platform == "darwin":
            from runtime_shim.caller import nearest_symbol  # there alone

            self._may_hold = nearest_symbol.held_by_symbol()
        self._buffer_types = {depth: ctypes.c_void_p * depth for depth in (_NEAR, _DEPTH)}
        self._pointer_at = ctypes.c_void_p.from_address
        self._byte_at = ctypes.c_ubyte.from_address
        self._environment_of_path = environment_of_path
        self._frame_object, self._previous, self._flag = _OFFSETS[sys.version_info[:2]]
        self._entry_is_own_flag = sys.version_info < (3, 12)
        self._kinds: dict[int, Any] = {}
        self._objects: dict[int, Any] = {}
        # Where the loop has parts that its symbol does not tell.
        self._function: Any = None
        self._loop: frozenset[int] = frozenset()
        if not all(evaluation_loop.asked_in_all_ways(self._loops_are_right)):
            self._learn_loop()

    def _learn_loop(self) -> None:
        places = evaluation_loop.places_in_3_11 if self._entry_is_own_flag else self._loops_at_work
        unwinder = evaluation_loop.Unwinder()
        self._function = unwinder.function
        self._loop = evaluation_loop.parts(unwinder, places)
        self._kinds.clear()

    def _loops_are_right(self) -> bool:
        """Whether as many evaluation loops are seen on the C stack as this thread's Python frames have entered."""
        entered = 0
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            entered += self.is_entry(frame)
            frame = frame.f_back
        return [self._kind(address) for address in self._addresses(_DEPTH)].count(_EVALUATION) == entered

    def is_entry(self, frame: FrameType) -> bool:
        """Tell whether *frame* was entered from C, so that native code may stand between it and its caller."""
        interpreter_frame = self._pointer_at(id(frame) + _F_FRAME).value or 0
        if self._entry_is_own_flag:
            return bool(self._byte_at(interpreter_frame + self._flag).value)
        return self._entered_at(interpreter_frame) != 0

    def _entered_at(self, interpreter_frame: int) -> int:
        """Return the address of what is in the C frame of the loop that this frame entered (from 3.12 on), else 0."""
        previous = self._pointer_at(interpreter_frame + self._previous).value or 0
        owned_by_c = previous and self._byte_at(previous + self._flag).value == _FRAME_OWNED_BY_CSTACK
        return previous if owned_by_c else 0

    def _loops_at_work(self) -> list[int]:
        """Return an address in the C frame of each evaluation loop of this thread, from 3.12 on."""
        found = []
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            found.append(self._entered_at(self._pointer_at(id(frame) + _F_FRAME).value or 0))
            frame = frame.f_back
        return [place for place in found if place]

    def layout_is_known(self) -> bool:
        """Check the offsets against frames whose answer is known, and that the C stack can be read."""
        frame = sys._getframe()
        interpreter_frame = self._pointer_at(id(frame) + _F_FRAME).value or 0
        if self._pointer_at(interpreter_frame + self._frame_object).value != id(frame):
            return False  # pragma: no cover - a layout that no Python of the tests has
        through_c = next(map(lambda _: self.is_entry(sys._getframe()), (None,)))  # noqa: C417 - map is C code
        directly = (lambda: self.is_entry(sys._getframe()))()
        return through_c and not directly and _EVALUATION in map(self._kind, self._addresses(_DEPTH))

    def tell_accelerator(self) -> None:
        """Let what is written in C know the offsets, which have been checked."""
        if extension is not None:
            previous = 0 if self._entry_is_own_flag else self._previous
            extension.know_frames(_F_FRAME, previous, self._flag, _FRAME_OWNED_BY_CSTACK)

    def _addresses(self, most: int) -> list[int]:
        buffer = self._buffer_types[most]()
        depth = self._backtrace(buffer, most)
        # Return addresses point behind the call; the byte before is inside the calling function for certain.
        return [address - 1 for address in buffer[:depth] if address]

    def _unwound(self, buffer: Any, most: int) -> int:
        """Do what glibc's ``backtrace`` does."""
        addresses = self._unwinder.addresses()[:most]
        buffer[: len(addresses)] = addresses
        return len(addresses)

    def _kind(self, address: int) -> Any:
        """Return an environment, ``_EVALUATION``, or None for code of nobody in particular."""
        try:
            return self._kinds[address]
        except KeyError:
            info = self._info()
            kind: Any = None
            if self._dladdr(address, self._byref(info)):
                named = info.dli_sname == b"_PyEval_EvalFrameDefault"
                if named and self._may_hold is not None:
                    named = self._may_hold(info.dli_saddr, address)
                if named or (self._loop and self._function(address) in self._loop):
                    kind = _EVALUATION
                elif info.dli_fname:
                    kind = self._environment_of_path(info.dli_fname.decode(errors="surrogateescape"))
            self._kinds[address] = kind
            return kind

    def caller(self, stop: FrameType | None, start: FrameType | None = None) -> Environment | None:
        """Return the environment of the nearest extension code above *stop* (None: in the whole stack).

        :param start: look below this frame only (None: from here on).
        """
        loops, passed = 0, -1
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame is not stop:
            loops += self.is_entry(frame)
            frame = frame.f_back
            if frame is start is not None:
                passed = loops
        found = self._first_environment(self._addresses(_NEAR), passed, loops)
        if found is _EVALUATION:
            found = self._first_environment(self._addresses(_DEPTH), passed, loops)
        return None if found is _EVALUATION else found

    def between(self, frame: FrameType) -> list[int]:
        """Return the addresses between the evaluation loop that *frame* entered and the one below it, outwards.

        None where code of another library than the interpreter's is among them.
        """
        loops = 0
        at: FrameType | None = sys._getframe()
        while at is not None and at is not frame.f_back:
            loops += self.is_entry(at)
            at = at.f_back
        for most in (_NEAR, _DEPTH):
            seen = 0
            found: list[int] = []
            for address in self._addresses(most):
                is_loop = self._kind(address) is _EVALUATION
                seen += is_loop
                if seen > loops:
                    return found if self._all_in_one_object([*found, address]) else []
                if seen == loops and not is_loop:
                    found.append(address)
        return []

    def _all_in_one_object(self, addresses: list[int]) -> bool:
        for address in addresses:
            if address not in self._objects:
                info = self._info()
                self._dladdr(address, self._byref(info))
                self._objects[address] = info.dli_fbase
        return len({self._objects[address] for address in addresses}) == 1

    def _first_environment(self, addresses: list[int], passed: int, loops: int) -> Any:
        """Return the first environment between evaluation loops *passed* and *loops*, None if there is none.

        ``_EVALUATION`` means that the addresses ended before the last loop was reached.
        """
        seen = 0
        for address in addresses:
            kind = self._kind(address)
            if kind is _EVALUATION:
                seen += 1
                if seen > loops:
                    return None
            elif kind is not None and seen > passed:
                return kind
        return _EVALUATION


# Of the module and not of an object: every walk asks it, and it is replaced as a whole.
_reader: _Stack | _Unavailable = _Unavailable()
_obstacle = ""


def load() -> None:
    """Import what :func:`start` needs, if there is such a thing."""
    with contextlib.suppress(ImportError):
        import ctypes  # noqa: F401 - loaded late, see _Stack


def start(environment_of_path: Any) -> bool:
    """Begin to read the C stack; return whether this interpreter allows it.

    :param environment_of_path: maps a shared object's path to its environment or None.
    """
    global _reader, _obstacle
    _obstacle = _unknown_layout()
    if not _obstacle:
        try:
            stack = _Stack(environment_of_path)
        except (ImportError, AttributeError, OSError) as error:
            # No ctypes, or a libc without dladdr, or one without backtrace and no libgcc.
            _obstacle = f"this interpreter or its libc cannot ({error})"
        else:
            if stack.layout_is_known():
                _reader = stack
                stack.tell_accelerator()
            else:  # pragma: no cover - a layout that no Python of the tests has
                _obstacle = "the stack of this build of Python is not as expected"
    return isinstance(_reader, _Stack)


def obstacle() -> str:
    """Return why the C stack cannot be read by this interpreter, in words for people; empty if it can."""
    if not isinstance(_reader, _Stack):
        start(lambda _: None)
    return _obstacle or _obstacle_of_jit()


def _obstacle_of_jit() -> str:
    # 3.15 gives the unwinder what it needs for code that the JIT compiler has made.
    jit = getattr(sys, "_jit", None)
    if sys.version_info[:2] == (3, 14) and jit is not None and jit.is_enabled():
        return "the JIT compiler of Python 3.14 is on (PYTHON_JIT), and loops that it compiles hide what called them"
    return ""


def _unknown_layout() -> str:
    if sys.platform == "win32":
        return "Windows has no `backtrace` and `dladdr`"
    version = sys.version_info[:2]
    if sys.implementation.name != "cpython":
        return f"this is {sys.implementation.name}, not CPython"
    if version not in _OFFSETS:
        known = sorted(_OFFSETS)
        told = "{}.{} to {}.{}".format(*known[0], *known[-1]) if known else "none"
        return "this mvenv does not know the frames of Python {}.{} (it knows {})".format(*version, told)
    # Those builds have another object header.
    if hasattr(sys, "getobjects"):
        return "mvenv does not know the frames of builds that trace references"
    return ""


def is_entry(frame: FrameType) -> bool:
    """Tell whether C code may stand directly below *frame* (never, where the C stack cannot be read)."""
    return _reader.is_entry(frame)


def between(frame: FrameType) -> list[int]:
    """Return the addresses of the interpreter's C code through which *frame* was entered from the Python code below it.

    None where it was not entered from C, another library's code is among it, or the C stack cannot be read.
    """
    return _reader.between(frame) if _reader.is_entry(frame) else []


def caller(stop: FrameType | None, start: FrameType | None = None) -> Environment | None:
    """Return the environment of the extension module nearest to the lookup, above the frame *stop*.

    :param start: look below this frame only.
    """
    return _reader.caller(stop, start)
