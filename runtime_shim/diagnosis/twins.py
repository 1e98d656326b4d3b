"""Pairs of classes of one name from two environments: found among the objects that an instruction was given."""

from __future__ import annotations

import sys
from types import BuiltinFunctionType, FunctionType

from runtime_shim.diagnosis.operands import Operand, elements
from runtime_shim.model.inspection import namespace_of, static_attribute
from runtime_shim.modules import ownership
from runtime_shim.modules.keys import Key, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from runtime_shim.model.environment import Environment

    Work = tuple[Environment, str]
    """A library's copy at work: its environment and distribution."""


_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: all classes made by Python code are, those made in C seldom


class Homes:
    """Remembers which environments classes come from."""

    def __init__(self) -> None:
        self._known: dict[type, tuple[Environment, type] | None] = {}

    def of(self, kind: type) -> tuple[Environment, type] | None:
        """Return the environment of a class, and the class or base that is known there; None: nobody's."""
        if kind not in self._known:
            found = ((ownership.isolated_environment_of_type(base), base) for base in kind.__mro__)
            self._known[kind] = next(((home, base) for home, base in found if home is not None), None)
        return self._known[kind]


class Pair:
    """Two classes of one name, of different environments."""

    def __init__(self, first: type, other: type, *, is_exact: bool) -> None:
        self.first = first
        self.other = other
        self.is_exact = is_exact
        """Whether objects (or names) of both were there, rather than one and the other's library."""

    @property
    def title(self) -> str:
        """What met."""
        return ".".join(name_of(self.first))

    def places(self, homes: Homes) -> list[tuple[Environment, str]]:
        """Return the environments of both, and their modules there; fewer if they are not known."""
        found = (homes.of(kind) for kind in (self.first, self.other))
        return [(home, base.__module__) for home, base in filter(None, found)]


class Objects:
    """Objects of a distribution's two copies, of which it is not known what they were."""

    is_exact = False

    def __init__(self, distribution: str, places: list[tuple[Environment, str]]) -> None:
        self.title = f"objects of {distribution}"
        self._places = places

    def places(self, homes: Homes) -> list[tuple[Environment, str]]:  # noqa: ARG002 - as of a pair
        """Return the environments of both, and modules there."""
        return self._places


def meeting(operands: Iterable[Operand], works: list[Work], homes: Homes) -> Pair | None:
    """Return the pair of an operand's class and the one of the same name in a copy of its library at work."""
    kinds: list[type] = []
    works, own_works = list(works), len(works)
    for operand in operands:
        kinds += [_class_of(one) for one in elements(operand.value)]
        for module in operand.modules:
            home = ownership.environment_of_module(module)
            if home is not None and not home.is_application:
                works.append((home, distribution_of(home, module.__name__)))
    own = [home for home, _ in works[:own_works]]
    foreign = [(kind, found) for kind in kinds if (found := homes.of(kind)) is not None]
    foreign.sort(key=lambda one: one[1][0] in own)  # what came from elsewhere is the more telling
    for position, (_, (home, base)) in enumerate(foreign):
        for _, (other_home, other) in foreign[:position]:
            if home is not other_home and name_of(base) == name_of(other):
                return Pair(other, base, is_exact=True)
    works += [(home, distribution_of(home, base.__module__)) for _, (home, base) in foreign]
    for kind, (home, base) in foreign:
        for other_home, distribution in works:
            if other_home is not home and distribution == distribution_of(home, base.__module__):
                twin = _twin(base, other_home)
                if twin is not None and twin not in kind.__mro__:
                    return Pair(base, twin, is_exact=False)
    return None


def works_of_called(operands: Iterable[Operand], homes: Homes) -> list[Work]:
    """Return the library, in a list, whose function or class is called."""
    for operand in operands:
        if operand.is_called and operand.modules:
            module = operand.modules[-1]
            home = ownership.environment_of_module(module)
            return (
                []
                if home is None or home.is_application
                else [(home, distribution_of(home, module.__name__))]
            )
        if operand.is_called:
            value = operand.value
            found = homes.of(_class_of(value))  # of a method its object's
            if found is not None:
                return [(found[0], distribution_of(found[0], found[1].__module__))]
            home = ownership.environment_by_globals(value)
            if home is not None and not home.is_application:
                return [(home, distribution_of(home, value.__module__))]
    return []


def in_own_library(operands: Iterable[Operand], works: list[Work], homes: Homes) -> Pair | None:
    """Return the pair of an object and the class it should be of in the code of its own library's other copy.

    Other code may well handle objects of both.
    """
    strangers = []
    for operand in operands:
        for value in elements(operand.value):
            found = homes.of(_class_of(value))
            if found is not None and any(
                found[0] is not home and distribution_of(found[0], found[1].__module__) == distribution
                for home, distribution in works
            ):
                strangers.append(Operand(value, [], is_called=False))
    return meeting(strangers, works, homes) if strangers else None


def in_compiled_code(operands: Iterable[Operand], compiled: list[Work], homes: Homes) -> Pair | None:
    """Return the pair of an object that compiled code was given, and the class that this code's environment has.

    An extension module knows another library's classes (numpy's arrays) from that library's copy in its own view.
    For operators that is the extension of the operands' classes.

    :param compiled: the libraries whose compiled code the traceback names.
    """
    operands = list(operands)
    at_work = [home for home, _ in compiled]
    for operand in [one for one in operands if one.is_called] or operands:
        at_work += homes_of_compiled(operand, homes)
    for operand in operands:
        for value in elements(operand.value):
            for home in at_work:
                pair = own_twin(_class_of(value), home, homes)
                if pair is not None:
                    return pair
    return None


def homes_of_compiled(operand: Operand, homes: Homes) -> list[Environment]:
    """Return the environment of a function or class that was made in C, in a list; none for any other object."""
    value = operand.value
    if type(value) is not BuiltinFunctionType:
        kind = _class_of(value)
        found = homes.of(kind) if _is_compiled(kind, is_called=kind is value and operand.is_called) else None
        return [] if found is None else [found[0]]
    name: Any = value.__module__
    if type(name) is str:
        home = ownership.isolated_environment_of(value, name, value.__qualname__)
        return [] if home is None else [home]
    # OpenCV's functions name no module; one that is imported by itself has to be looked for.
    found_in = operand.modules[-1:] or _modules_with(value)
    modules = (ownership.environment_of_module(module) for module in found_in)
    return [home for home in modules if home is not None and not home.is_application]


def _modules_with(function: Any) -> list[Any]:
    """Return an environment's module, in a list, that has a function under its name."""
    for name, module in list(sys.modules.items()):
        if isinstance(name, Key) and namespace_of(module).get(function.__name__) is function:
            return [module]
    return []


def _is_compiled(kind: type, *, is_called: bool) -> bool:
    """Whether a class is made in C; one that is called, whether objects are made in C."""
    if not is_called:
        return not kind.__flags__ & _HEAP_TYPE
    makers = (
        next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
        for name in ("__new__", "__init__")
    )
    return not any(isinstance(maker, (FunctionType, staticmethod)) for maker in makers)


def failed_test(values: list[Any], homes: Homes) -> Pair | None:
    """Return the pair of an object's class and a class it was compared with, unless it is one of those named."""
    parts = [part for value in values for part in elements(value)]
    named = [part for part in parts if issubclass(type(part), type) and part is not type]
    kinds = [
        type(value) for value in values if not issubclass(type(value), type) and type(value) is not tuple
    ]
    for kind in kinds or named:
        if any(other in kind.__mro__ for other in named if kinds or other is not kind):
            continue
        for other in [*named, *kinds]:
            for base in kind.__mro__:
                if base is not other and name_of(base) == name_of(other):
                    first, second = homes.of(base), homes.of(other)
                    if first is not None and second is not None and first[0] is not second[0]:
                        return Pair(base, other, is_exact=True)
    return None


def own_twin(kind: type, calling: Environment, homes: Homes) -> Pair | None:
    """Return the pair of a class and the one that an environment sees under its name, if that is another."""
    found = homes.of(kind)
    if found is None:
        return None
    home, base = found
    owner = calling.owners[base.__module__]
    twin = None if owner is home or owner.is_application else _twin(base, owner)
    return None if twin is None else Pair(base, twin, is_exact=False)


def _twin(kind: type, home: Environment) -> type | None:
    """Return another environment's class of the same name, if it is loaded."""
    found: Any = loaded(home.owners[kind.__module__], kind.__module__)
    for part in kind.__qualname__.split("."):
        found = static_attribute(found, part)
    return found if issubclass(type(found), type) and found is not kind else None


def _class_of(value: Any) -> type:
    """Return a class as it is, of anything else its class; ``isinstance`` would ask the object."""
    return value if issubclass(type(value), type) else type(value)


def name_of(kind: type) -> tuple[str, str]:
    """Return a class's module and qualified name."""
    return kind.__module__, kind.__qualname__


def distribution_of(home: Environment, module_name: str) -> str:
    """Return the distribution that a module of an environment is from; its top-level name if that is not known."""
    known = home.distribution(module_name)
    return module_name.partition(".")[0] if known is None else known[0]
