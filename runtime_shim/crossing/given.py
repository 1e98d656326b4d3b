"""What a library is given that is another installed copy's is carried over before it looks at it.

pandas tells its own objects by class, by ``_typ``, and in C; another copy's it takes for lists, for arrays, for numbers
or for something that it has never heard of, mostly without an error: labels do not count, the other's ``NaT`` is the
first of January of the year 1, its ``NA`` is not missing. The same goes for what pandas, and numpy's masked arrays,
make of another numpy's arrays and scalars. So at the door of such a library (:mod:`.doors`) each argument is looked
at: by its class alone, and in containers as far as a library looks into them itself.

Whatever cannot be carried is an error that names both versions.
"""

from __future__ import annotations

import functools
import sys
from itertools import chain
from types import FunctionType, GeneratorType, MethodType

from runtime_shim.crossing.converters.carrier import Carrier
from runtime_shim.crossing.converters.error import ConversionError
from runtime_shim.crossing.converters.lookup import home_of
from runtime_shim.crossing.lookalikes import carrying
from runtime_shim.modules import ownership
from runtime_shim.process_state.numpy_attributes import copies

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from runtime_shim.model.environment import Environment

    Handler = Callable[[Any], Any]

_DEPTH = 4  # of containers in containers: rows of a frame are two, a dict of lists of lists three
_MOST_KINDS = 10_000  # remembered; a program may make any number of classes
# What is called rather than read, and known by name there: pandas has a table of functions.
_CALLED = ("ufunc", "_ArrayFunctionDispatcher", "vectorize")
_SEQUENCES: tuple[type, ...] = (
    list,
    tuple,
    set,
    frozenset,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)
_FUNCTIONS = (FunctionType, MethodType, functools.partial)
# Read once: what they yield is carried when it is asked for.
_ITERATORS: tuple[type, ...] = (GeneratorType, map, zip, filter, type(iter([])), type(iter(())), chain)


class Given:
    """The arguments of one library's copy.

    :param environment: the one that holds the copy.
    :param roots: the top-level names of the libraries of which it knows its own objects only.
    :param folder: where the copy's own code lies, with a separator at the end.
    """

    def __init__(self, environment: Environment, roots: tuple[str, ...], folder: str) -> None:
        self.kinds = _Kinds(self)
        self.inside = _Files()
        """The files of the copy's own code that have been met; what that passes on was looked at at the door."""
        self._environment = environment
        self._roots = roots
        self._folder = folder

    def taken(
        self, arguments: tuple[Any, ...], options: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Return arguments as the copy's own; called by a door, on behalf of the door's caller."""
        if self._is_asked_from_inside():
            return arguments, options
        result = self.result
        return tuple(map(result, arguments)), {name: result(value) for name, value in options.items()}

    def taken_with_functions(
        self, arguments: tuple[Any, ...], options: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Do the same where functions of the program's are called: what they return is carried as well."""
        if self._is_asked_from_inside():
            return arguments, options
        made = tuple(map(self._with_functions, arguments))
        if options.get("engine") == "numba":  # compiles the function, not what stands for it
            return made, options
        return made, {name: self._with_functions(value) for name, value in options.items()}

    def taken_and_passed(
        self, arguments: tuple[Any, ...], options: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Do the same for a method that passes all but its first argument, a function, on to that."""
        if self._is_asked_from_inside() or options.get("engine") == "numba":
            return arguments, options
        made = *map(self._with_functions, arguments[:1]), *arguments[1:]
        if arguments:
            return made, options
        return made, {name: self._with_functions(value) for name, value in options.items()}

    def _is_asked_from_inside(self) -> bool:
        door = sys._getframe(2)
        asking = door.f_back
        if asking is None or not asking.f_code.co_filename.startswith(self._folder):
            return False
        self.inside.add(asking.f_code.co_filename)
        return True

    def _with_functions(self, value: Any) -> Any:
        """Return an argument as the copy's own, a program's function as one whose results are."""
        kind = type(value)
        if kind is list or isinstance(value, tuple):
            made = list(map(self._with_functions, value))
            if all(map(_is, made, value)):
                return value
            return made if kind is list else _tuple_like(kind, made)
        if kind is dict:
            return {self.result(name): self._with_functions(part) for name, part in value.items()}
        copy = copies.of_function(value) if callable(value) and not isinstance(value, type) else None
        if copy is not None:
            own = copies.by_environment.get(self._environment.owners["numpy"])
            name = value.__name__
            if own is None or copy is own or getattr(copy.numpy, name, None) is not value:
                return value  # a ufunc of SciPy, say
            return getattr(own.numpy, name, value)
        if kind not in _FUNCTIONS:
            return self.result(value)
        found = self._named(value)
        if found is not value or _root_of(value) in self._roots:
            return found
        return carrying(value, self.result)

    def result(self, value: Any) -> Any:
        """Return one object as the copy's own: an argument, or what a program's function has returned."""
        handler = self.kinds[type(value)]
        return value if handler is None else handler(value)

    def handler_of(self, kind: type) -> Handler | None:
        """Return what carries objects of a class over; None if there is never anything to carry."""
        if kind is type or kind is FunctionType:
            return self._named
        for base in kind.__mro__:
            root = _root_of(base)
            if root == "numpy" and base.__name__ in _CALLED:
                return _unchanged
            home = ownership.isolated_environment_of_type(base) if root in self._roots else None
            if home is not None and home is not self._environment.owners[root]:
                return self.carry
            if root == "numpy" and base.__name__ == "ndarray":
                return self._objects
            if home is not None:
                return None
        return self._handler_of_container(kind)

    def _handler_of_container(self, kind: type) -> Handler | None:
        if issubclass(kind, dict):
            return self._mapping
        if kind is slice:
            return self._slice
        if issubclass(kind, _SEQUENCES):
            return self._sequence
        return self._iterator if kind in _ITERATORS else None

    def carry(self, value: Any) -> Any:
        """Return another copy's object as this copy's.

        :raises TypeError: that names both versions, if it cannot be carried.
        """
        own = copies.by_environment.get(self._environment.owners["numpy"])
        for giver in tuple(copies.by_environment.values()) if own is not None else ():
            if giver is own:
                continue
            kind = type(value)
            if kind is giver.ndarray or issubclass(kind, giver.generic) or kind.__name__ == "memmap":
                return own.taken_over(value, giver)  # type: ignore[union-attr]
            if issubclass(kind, giver.dtype):
                return own.like(value, giver)  # type: ignore[union-attr]
        return Carrier(self._environment).carry(value)

    def _named(self, thing: Any) -> Any:
        """Return a class or function of another copy as this copy's; the very thing if this one has none."""
        if _root_of(thing) not in self._roots:
            return thing
        home = home_of(thing)
        if home is None or home is self._environment.owners[thing.__module__]:
            return thing
        try:
            return Carrier(self._environment).counterpart(thing)
        except ConversionError:
            return thing

    def _objects(self, array: Any) -> Any:
        """Return an array of objects with those of another copy carried over."""
        if array.dtype.char != "O" or not array.size:
            return array
        values = array.ravel().tolist()
        made = self._listed(values, _DEPTH)
        if made is values:
            return array
        changed = array.copy()
        for position, value in enumerate(made):
            if value is not values[position]:
                changed.reshape(-1)[position] = value
        return changed

    def _sequence(self, values: Any, depth: int = _DEPTH) -> Any:
        made = self._listed(values, depth)
        if made is values:
            return values
        kind = type(values)
        if issubclass(kind, tuple):
            return _tuple_like(kind, made)
        return kind(made) if kind in (set, frozenset) else made

    def _mapping(self, values: Any, depth: int = _DEPTH) -> Any:
        keys, contents = list(dict.keys(values)), list(dict.values(values))
        made = self._listed(keys, depth), self._listed(contents, depth)
        if made[0] is keys and made[1] is contents:
            return values
        return dict(zip(*made, strict=True))

    def _slice(self, value: slice) -> Any:
        ends = (value.start, value.stop, value.step)
        made = self._listed(ends, 1)
        return value if made is ends else slice(*made)

    def _iterator(self, values: Iterable[Any]) -> Any:
        return (self.result(one) for one in values)

    def _listed(self, values: Any, depth: int) -> Any:
        """Return a list of carried values, the very *values* if none is another copy's.

        A look at the classes alone, in C, comes first: nearly always that is the end of it.
        """
        kinds = self.kinds
        there = [kind for kind in set(map(type, values)) if kinds[kind] is not None]
        if not there or not depth:
            return values
        if all(kind in (list, tuple) for kind in there) and len(values) > len(there):
            rows = (
                values
                if len(there) == len(set(map(type, values)))
                else [v for v in values if type(v) in there]
            )
            if not any(kinds[kind] is not None for kind in set(map(type, chain.from_iterable(rows)))):
                return values
        made = [self._part(value, depth - 1) for value in values]
        return values if all(map(_is, made, values)) else made

    def _part(self, value: Any, depth: int) -> Any:
        handler = self.kinds[type(value)]
        if handler is None or handler == self._iterator:
            return value
        if handler in (self._sequence, self._mapping):
            return handler(value, depth)
        return handler(value)


class _Files(set[str]):
    """Among the constants of a door's code, which is to have a hash like any code."""

    __hash__ = object.__hash__  # type: ignore[assignment]


class _Kinds(dict[type, "Handler | None"]):
    """Class → what carries its objects over, found once."""

    __hash__ = object.__hash__  # type: ignore[assignment]  # as that of the files above

    def __init__(self, given: Given) -> None:
        super().__init__()
        self._given = given

    def __missing__(self, kind: type) -> Handler | None:
        if len(self) > _MOST_KINDS:
            self.clear()
        found = self[kind] = self._given.handler_of(kind)
        return found


def _root_of(thing: Any) -> str:
    name = getattr(thing, "__module__", None)  # may be anything
    return name.partition(".")[0] if type(name) is str else ""


def _tuple_like(kind: Any, values: list[Any]) -> Any:
    return kind._make(values) if hasattr(kind, "_make") else tuple(values)  # noqa: SLF001 - a public name of namedtuple


def _unchanged(value: Any) -> Any:
    return value


def _is(first: Any, second: Any) -> bool:
    return first is second
