"""Did an object of one copy meet another that has no name in the program: the result of a call within a call?

Such objects are gone by the time an exception is looked at. What is still there: what the line calls to make them, and
what the exception says.
"""

from __future__ import annotations

import dis
import re
from types import FunctionType

from runtime_shim.diagnosis.operands import Operand
from runtime_shim.diagnosis.twins import Objects, homes_of_compiled, own_twin, works_of_called
from runtime_shim.model.environment import known
from runtime_shim.model.inspection import MISSING, static_attribute
from runtime_shim.modules import ownership
from runtime_shim.modules.keys import is_loaded, loaded

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from runtime_shim.diagnosis.operands import Failure
    from runtime_shim.diagnosis.twins import Homes, Pair, Work
    from runtime_shim.model.environment import Environment

_NAME = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_MOST_TEXT = 10_000  # characters of an exception's text
_DEPTH = 3  # of functions that return what others return


def pair_of(exception: BaseException, failure: Failure, homes: Homes) -> Pair | Objects | None:
    """Return what met where the application's line has led to two copies; None if it has not.

    :param failure: that line: what it calls is one copy's, or sees it, and what makes an argument is another's.
    """
    operands = failure.operands()
    at_work = [home for home, _ in works_of_called(operands, homes)]
    for operand in operands:
        kind = type(operand.value)
        found = homes.of(operand.value if issubclass(kind, type) else kind)
        at_work += [found[0]] if found is not None else homes_of_compiled(operand, homes)
    makers = failure.makers()
    made_by = [work for maker in makers for work in _works(maker, homes, _DEPTH)]
    at_work += [home for home, _ in made_by]
    for home, distribution in made_by:
        for other in at_work:
            module_name = next(
                (name for name, one in home.providers.items() if one == distribution), distribution
            )
            owner = other.owners[module_name]
            if owner is home or owner.is_application or not is_loaded(owner, module_name):
                continue
            return (
                _named(exception, home, owner, homes)
                or _made(makers, home, owner, homes)
                or Objects(distribution, [(home, module_name), (owner, module_name)])
            )
    return None


def _works(maker: Operand, homes: Homes, depth: int) -> Iterator[Work]:
    """Yield the libraries that an object is of that a function or class makes."""
    yield from works_of_called([maker], homes)
    function = maker.value
    if type(function) is not FunctionType or not depth:
        return
    home = ownership.environment_by_globals(function)
    if home is None or home.is_application:
        for inner in _returned(function):
            yield from _works(inner, homes, depth - 1)


def _returned(function: FunctionType) -> Iterator[Operand]:
    """Yield what a function of the program's calls for the value that it returns; global names only."""
    line: list[dis.Instruction] = []
    for one in dis.get_instructions(function):
        if one.opname == "RETURN_VALUE" and line:
            place = line[-1].positions
            for position, load in enumerate(line):
                start = load.positions
                if load.opname != "LOAD_GLOBAL" or place is None or start is None:
                    continue
                if (start.lineno, start.col_offset) == (place.lineno, place.col_offset):
                    yield from _resolved(function, line[position:])
                    break
            line = []
        else:
            line.append(one)


def _resolved(function: FunctionType, loads: list[dis.Instruction]) -> Iterator[Operand]:
    value: Any = function.__globals__.get(str(loads[0].argval), MISSING)
    modules = []
    for load in loads[1:]:
        if load.opname not in ("LOAD_ATTR", "LOAD_METHOD") or value is MISSING:
            break
        if type(value) is type(dis):
            modules.append(value)
        value = static_attribute(value, str(load.argval))
    if value is not MISSING:
        yield Operand(value, modules, is_called=True)


def _named(exception: BaseException, home: Environment, other: Environment, homes: Homes) -> Pair | None:
    """Return the pair of a class of one environment that an exception's text names, and the other's."""
    text = next((one for one in exception.args if type(one) is str), "")[:_MOST_TEXT]
    for name in _NAME.findall(text):
        module_name, _, class_name = name.rpartition(".")
        if module_name in known.module_names:
            found = static_attribute(loaded(home, module_name), class_name)
            if issubclass(type(found), type):
                pair = own_twin(found, other, homes)
                if pair is not None:
                    return pair
    return None


def _made(makers: list[Operand], home: Environment, other: Environment, homes: Homes) -> Pair | None:
    """Return the pair of a class that the line makes an object of, and the other's."""
    for maker in makers:
        kind = maker.value
        if issubclass(type(kind), type) and homes.of(kind) is not None and homes.of(kind)[0] is home:  # type: ignore[index]
            return own_twin(kind, other, homes)
    return None
