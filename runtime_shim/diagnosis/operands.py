"""What a failing instruction was given: from a frame and its instruction to the objects that it names.

Objects are only looked at where no code of the program can run: local and global names, the namespaces of modules,
classes and instances; no properties, no comparisons.
"""

from __future__ import annotations

import dis
from types import BuiltinFunctionType, GetSetDescriptorType, MethodType, ModuleType

from runtime_shim.model.inspection import MISSING, static_attribute

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import CodeType, FrameType
    from typing import Any

    Range = tuple[tuple[int, int], tuple[int, int]]

_LARGEST_CODE = 30_000  # bytes; generated code can be long
_MOST_ELEMENTS = 20  # of a container
_NAMES = frozenset(
    (
        "LOAD_CLASSDEREF",
        "LOAD_DEREF",
        "LOAD_FAST",
        "LOAD_FAST_BORROW",  # 3.14
        "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
        "LOAD_FAST_CHECK",
        "LOAD_FAST_LOAD_FAST",
        "LOAD_FROM_DICT_OR_DEREF",
        "LOAD_FROM_DICT_OR_GLOBALS",
        "LOAD_GLOBAL",
        "LOAD_NAME",
    )
)
_ATTRIBUTES = frozenset(("LOAD_ATTR", "LOAD_METHOD"))
# What only puts operands together, so that those inside are still operands of the instruction around it.
_TRANSPARENT = _NAMES | _ATTRIBUTES
_TRANSPARENT |= {"BUILD_LIST", "BUILD_TUPLE", "BUILD_SET", "BUILD_MAP", "BUILD_CONST_KEY_MAP", "KW_NAMES"}
_TRANSPARENT |= {
    "LIST_EXTEND",
    "SET_UPDATE",
    "DICT_UPDATE",
    "DICT_MERGE",
    "PUSH_NULL",
    "LOAD_CONST",
    "LOAD_COMMON_CONSTANT",  # 3.14
    "LOAD_SMALL_INT",
    "NOT_TAKEN",
    "PRECALL",
}
_TRANSPARENT |= {
    "LIST_TO_TUPLE",
    "CALL_INTRINSIC_1",
    "NOP",
    "CACHE",
    "EXTENDED_ARG",
    "TO_BOOL",
    "COPY",
    "SWAP",
}
_CALLS = frozenset(("CALL", "CALL_FUNCTION_EX", "CALL_KW"))
_TYPE_TESTS = frozenset(("isinstance", "issubclass"))
_AFTER_THE_CALL = ("POP_JUMP", "CACHE", "EXTENDED_ARG", "NOT_TAKEN", "TO_BOOL", "UNARY_NOT")
_COMPARISONS = frozenset(("IS_OP", "COMPARE_OP"))


class Operand:
    """An object that an instruction was given.

    :ivar value: the object; for a method that is called, the object it belongs to.
    :ivar modules: those on the way to it (``dep``, ``dep.lib`` in ``dep.lib.Thing``), whose libraries are at work.
    :ivar is_called: whether it is what the instruction calls.
    """

    __slots__ = ("is_called", "modules", "value")

    def __init__(self, value: Any, modules: list[ModuleType], *, is_called: bool) -> None:
        self.value = value
        self.modules = modules
        self.is_called = is_called


class Failure:
    """A frame of a traceback, at the instruction that failed or was waiting for the call that did."""

    def __init__(self, frame: FrameType, position: int) -> None:
        self.frame = frame
        self._position = position
        self._bases: list[Any] = []
        code = frame.f_code
        self._instructions = _instructions(code)
        # While a call lasts, the position is within the cache entries that follow the instruction.
        at = next((one for one in reversed(self._instructions) if one.offset <= position), None)
        self.operation = at.opname if at is not None else ""
        self._range = _range(at) if at is not None else None

    @property
    def is_raise(self) -> bool:
        """Whether it is a ``raise`` or ``assert`` statement."""
        return self.operation == "RAISE_VARARGS"

    def operands(self) -> list[Operand]:
        """Return what the instruction works on, as far as it is named: results of calls inside it are unknown."""
        self._bases.clear()
        if self._range is None:
            return []
        inside = [one for one in self._instructions if _within(_range(one), self._range)]
        # What comes after it may have the place of an operand: the store of an in-place operator (`a += b`).
        nested = [
            _range(one)
            for one in inside
            if one.offset < self._position and one.opname not in _TRANSPARENT and _range(one) != self._range
        ]
        found: list[Operand] = []
        for chain in _chains(inside):
            reach = _range(chain[-1])
            if any(_within(reach, other) for other in nested):
                continue
            if self.operation in _ATTRIBUTES and reach == self._range and len(chain) > 1:
                chain = chain[:-1]  # the attribute that wasn't there
            called = self.operation.startswith("CALL") and reach is not None and reach[0] == self._range[0]
            found += self._resolved(chain, is_called=called)
        return found

    def begins_with_name(self) -> bool:
        """Whether the instruction's source begins with a name, so that its first operand is the first thing there."""
        starts = [_range(one) for one in self._instructions if one.opname in _NAMES]
        return any(one is not None and self._range is not None and one[0] == self._range[0] for one in starts)

    def makers(self) -> list[Operand]:
        """Return the functions and classes of which the instruction was given results, as far as they are named."""
        found: list[Operand] = []
        for call in self._instructions:
            reach = _range(call)
            if call.opname not in _CALLS or not _within(reach, self._range) or reach == self._range:
                continue
            if call.offset > self._position:
                continue
            for chain in _chains([one for one in self._instructions if _within(_range(one), reach)]):
                place = _range(chain[-1])
                if place is not None and reach is not None and place[0] == reach[0]:
                    found += self._resolved(chain, is_called=True)
                    break
        return found

    def bases(self) -> list[Operand]:
        """Return the objects of which the instruction was given attributes."""
        return [Operand(value, [], is_called=False) for value in self._bases]

    def mentioned(self) -> list[Operand]:
        """Return the objects that the instruction's source names, in calls inside it as well."""
        inside = [one for one in self._instructions if _within(_range(one), self._range)]
        return [one for chain in _chains(inside) for one in self._resolved(chain[:1], is_called=False)]

    def type_tests(self) -> Iterator[list[Any]]:
        """Yield the objects that each test of a type before the instruction names: an object and classes."""
        for test in self._instructions:
            reach = _range(test)
            if reach is None or test.offset > self._position:
                continue
            is_call = test.opname in ("CALL", "CALL_FUNCTION")
            if not is_call and test.opname not in _COMPARISONS:
                continue
            chains = list(_chains([one for one in self._instructions if _within(_range(one), reach)]))
            words = {name for chain in chains for one in chain for name in _words(one)}
            if (is_call and _first_word(chains) in _TYPE_TESTS) or (
                not is_call and words & {"type", "__class__"}
            ):
                yield [one.value for chain in chains for one in self._resolved(chain, is_called=True)]

    def guard(self) -> list[Operand]:
        """Return what the call was given on whose answer the ``raise`` depends: ``if not is_frame(x): raise …``."""
        before = [one for one in self._instructions if one.offset < self._position]
        while before and not before[-1].opname.startswith("POP_JUMP"):
            before.pop()
        while before and before[-1].opname not in _CALLS:
            if not before.pop().opname.startswith(_AFTER_THE_CALL):
                return []
        inside = [one for one in before if _within(_range(one), _range(before[-1]))]
        return [one for chain in _chains(inside) for one in self._resolved(chain, is_called=False)]

    def local_values(self) -> list[Any]:
        """Return the function's local objects; none for a module's or class's body."""
        if not self.frame.f_code.co_flags & _FUNCTION:
            return []
        return list(self.frame.f_locals.values())[:_MOST_LOCALS]

    def _resolved(self, chain: Sequence[Any], *, is_called: bool) -> Iterator[Operand]:
        first, *attributes = chain
        words = _words(first)
        for name in words:
            value = self._named(name)
            modules = [value] if type(value) is ModuleType else []
            for attribute in attributes if name == words[-1] else ():
                found = _attribute(value, str(attribute.argval))
                if found is MISSING:
                    # A method is its object's, `x.__class__` tells of x; what a property returns is unknown.
                    if attribute.argval != "__class__" and not (is_called and attribute is attributes[-1]):
                        self._bases.append(value)
                        value = MISSING
                    break
                if type(value) is not ModuleType:
                    self._bases.append(value)  # what it was given may be nobody's: the core of an image
                value = found
                if type(value) is ModuleType:
                    modules.append(value)
            if value is not MISSING:
                yield Operand(_receiver(value), modules, is_called=is_called)

    def _named(self, name: str) -> Any:
        frame = self.frame
        spaces = [frame.f_locals, frame.f_globals, frame.f_builtins]
        if frame.f_code.co_flags & _FUNCTION == 0 and type(frame.f_locals) is not dict:
            del spaces[0]  # a class's body whose namespace is an object of the program
        return next((space[name] for space in spaces if name in space), MISSING)


_FUNCTION = 0x1  # CO_OPTIMIZED
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_MOST_LOCALS = 50


def elements(value: Any, depth: int = 2) -> Iterator[Any]:
    """Yield an object and, if it is a small built-in container, what it holds."""
    yield value
    kind = type(value)
    if depth and kind in (list, tuple, set, frozenset, dict) and len(value) <= _MOST_ELEMENTS:
        for part in list(value.values() if kind is dict else value):
            yield from elements(part, depth - 1)


def _attribute(value: Any, name: str) -> Any:
    """Return an attribute, ``MISSING`` if there is none or reading it would run Python code.

    An attribute that a type made in C computes (the `dtype` of an array) is read, so that no program's code runs.
    """
    kind = type(value)
    found = static_attribute(value, name)
    if found is not MISSING or kind.__flags__ & _HEAP_TYPE or issubclass(kind, (type, ModuleType)):
        return found
    slot = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
    if type(slot) is not GetSetDescriptorType:
        return MISSING
    try:
        return slot.__get__(value)
    except Exception:  # noqa: BLE001 - the library's own; then it is no operand
        return MISSING


def _receiver(value: Any) -> Any:
    if type(value) is MethodType:
        return value.__self__
    # `__self__` is the module for a function, for OpenCV's nothing.
    is_bound = type(value) is BuiltinFunctionType and type(value.__self__) not in (ModuleType, type(None))
    return value.__self__ if is_bound else value


def _instructions(code: CodeType) -> list[Any]:
    return list(dis.get_instructions(code)) if len(code.co_code) <= _LARGEST_CODE else []


def _range(instruction: Any) -> Range | None:
    """Return where an instruction's source begins and ends; whole lines where columns are not known."""
    place = instruction.positions
    if place is None or place.lineno is None or place.end_lineno is None:
        return None
    end = 1 << 20 if place.end_col_offset is None else place.end_col_offset
    return (place.lineno, place.col_offset or 0), (place.end_lineno, end)


def _within(inner: Range | None, outer: Range | None) -> bool:
    return inner is not None and outer is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _chains(instructions: Sequence[Any]) -> Iterator[list[Any]]:
    """Yield the loads of names, each with the attributes taken from it right after."""
    chain: list[Any] = []
    for one in instructions:
        if chain and one.opname in _ATTRIBUTES:
            chain.append(one)
            continue
        if chain:
            yield chain
        chain = [one] if one.opname in _NAMES else []
    if chain:
        yield chain


def _words(load: Any) -> tuple[str, ...]:
    value = load.argval
    return value if isinstance(value, tuple) else (str(value),)


def _first_word(chains: Sequence[Sequence[Any]]) -> str:
    return _words(chains[0][0])[0] if chains else ""
