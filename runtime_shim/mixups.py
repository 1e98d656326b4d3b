"""Did two versions of one library's classes meet where an exception was raised?

Such a meeting is an object (or a class) of one environment where a library's other copy was at work: as an operand
of the failing instruction together with an object or function of the other copy, as an argument in the other copy's
own code, in a type test that it did not pass. That both versions merely exist in the program, or in the functions
that were waiting for others to return, is no meeting.
"""

from __future__ import annotations

import sys

from runtime_shim import belonging, origin, requirers
from runtime_shim.operands import MISSING, Failure, Operand, elements, static_attribute

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import Any

    from runtime_shim.environment import Environment

    Work = tuple[Environment, str]
    """A library's copy at work: its environment and distribution."""

PREFIX = "mvenv: "
_KINDS = (TypeError, ValueError, NotImplementedError, AttributeError, AssertionError)
_MOST_EXCEPTIONS = 10
_MOST_FRAMES = 60


class Origins:
    """Remembers where classes come from."""

    def __init__(self) -> None:
        self._known: dict[type, tuple[Environment, type] | None] = {}

    def of(self, kind: type) -> tuple[Environment, type] | None:
        """Return the environment of a class, and the class or base that is known there; None: nobody's."""
        if kind not in self._known:
            homes = ((belonging.environment_of_type(base), base) for base in kind.__mro__)
            found = ((home, base) for home, base in homes if home is not None and not home.is_application)
            self._known[kind] = next(found, None)
        return self._known[kind]


class Pair:
    """Two classes of one name, of different environments."""

    def __init__(self, first: type, other: type, *, is_exact: bool) -> None:
        self.first = first
        self.other = other
        self.is_exact = is_exact
        """Whether objects (or names) of both were there, rather than one and the other's library."""


def add_notes(exception: BaseException) -> None:
    """Add a note to *exception*, or to the one behind it in which two versions have met; once."""
    for one in _behind(exception):
        notes = one.__dict__.get("__notes__")
        if isinstance(notes, list) and any(type(text) is str and text.startswith(PREFIX) for text in notes):
            return
        text = note(one)
        if text is not None:
            BaseException.add_note(one, text)
            return


def _behind(exception: BaseException) -> list[BaseException]:
    """Return an exception, those it was raised from, and those in its group, a few at most."""
    found: list[BaseException] = []
    pending: list[BaseException | None] = [exception]
    while pending and len(found) < _MOST_EXCEPTIONS:
        one = pending.pop(0)
        if one is None or any(one is other for other in found):
            continue
        found.append(one)
        pending.append(one.__cause__)
        if not one.__suppress_context__:
            pending.append(one.__context__)
        if issubclass(type(one), BaseExceptionGroup):
            pending += BaseExceptionGroup.exceptions.__get__(one)[:_MOST_EXCEPTIONS]
    return found


def note(exception: BaseException) -> str | None:
    """Return what to say about *exception*: which versions met, whose they are; None if none did."""
    origins = Origins()
    if exception.__traceback__ is None or not _may_be_about_types(type(exception), origins):
        return None
    pair = _pair_of(exception, exception.__traceback__, origins)
    return None if pair is None else _text(pair, origins)


def _may_be_about_types(kind: type[BaseException], origins: Origins) -> bool:
    if issubclass(kind, _KINDS):
        return True
    names = {(base.__module__, base.__name__) for base in kind.__mro__}
    if names & {("_pickle", "PickleError"), ("pickle", "PickleError")}:
        return True
    # A library's own word for a wrong argument (SQLAlchemy's ArgumentError).
    return issubclass(kind, Exception) and origins.of(kind) is not None


def _pair_of(exception: BaseException, traceback: TracebackType, origins: Origins) -> Pair | None:
    """Return the meeting nearest to where the program's own code can do something about it."""
    found: list[Pair] = []
    for number, failure in enumerate(_failures(traceback)):
        works = _own_work(failure)
        if number == 0:
            pair = _where_raised(exception, failure, works, origins)
        elif works or found:
            pair = _meeting(failure.operands(), works, origins)
        else:
            pair = None
        if pair is not None:
            found.append(pair)
            if not works and not _is_neutral(failure):
                return pair  # what the application's own line says is what its author knows
    exact = [pair for pair in found if pair.is_exact]
    return (exact or found)[-1] if found else None


def _failures(traceback: TracebackType) -> Iterator[Failure]:
    """Yield the frames from where the exception was raised out to the application's first one, which is the last."""
    entries = []
    current: TracebackType | None = traceback
    while current is not None:
        entries.append((current.tb_frame, current.tb_lasti))
        current = current.tb_next
    for frame, position in entries[: -_MOST_FRAMES - 1 : -1]:
        failure = Failure(frame, position)
        yield failure
        if not _own_work(failure) and not _is_neutral(failure):
            return


def _file(failure: Failure) -> str | None:
    """Return the file that a frame's code is from; generated code is its globals'. None: nobody knows."""
    filename = failure.frame.f_code.co_filename
    if not filename.startswith("<"):
        return filename
    names = failure.frame.f_globals
    file = names.get("__file__")
    if type(file) is str and not filename.startswith("<frozen"):
        return file
    return filename if names.get("__name__") == "__main__" else None


def _own_work(failure: Failure) -> list[Work]:
    home = origin.environment_of_path(_file(failure) or "")
    if home is None or home.is_application:
        return []
    return [(home, _distribution(home, str(failure.frame.f_globals.get("__name__"))))]


def _is_neutral(failure: Failure) -> bool:
    file = _file(failure)
    return file is None or origin.is_installed(file)


def _distribution(home: Environment, module_name: str) -> str:
    known = home.distribution(module_name)
    return module_name.partition(".")[0] if known is None else known[0]


def _where_raised(
    exception: BaseException, failure: Failure, works: list[Work], origins: Origins
) -> Pair | None:
    if not failure.is_raise:
        operands = failure.operands()
        return _meeting(operands, works, origins) or _unlike_its_own(exception, failure, operands, origins)
    for values in failure.type_tests():
        pair = _failed_test(values, origins)
        if pair is not None:
            return pair
    if not works:
        return None
    values = [Operand(value, [], is_called=False) for value in failure.local_values()]
    return _meeting(values, works, origins)


def _failed_test(values: list[Any], origins: Origins) -> Pair | None:
    """Return the pair of an object's class and a class it was compared with, unless it is one of those named."""
    named = [
        part for value in values for part in elements(value) if isinstance(part, type) and part is not type
    ]
    kinds = [type(value) for value in values if not isinstance(value, type) and type(value) is not tuple]
    for kind in kinds or named:
        if any(other in kind.__mro__ for other in named if other is not kind):
            continue
        for other in [*named, *kinds]:
            for base in kind.__mro__:
                if base is not other and _name(base) == _name(other):
                    first, second = origins.of(base), origins.of(other)
                    if first is not None and second is not None and first[0] is not second[0]:
                        return Pair(base, other, is_exact=True)
    return None


def _meeting(operands: Iterable[Operand], works: list[Work], origins: Origins) -> Pair | None:
    """Return the pair of an operand's class and the one of the same name in a copy of its library at work."""
    kinds: list[type] = []
    works, own_works = list(works), len(works)
    for operand in operands:
        kinds += [one if isinstance(one, type) else type(one) for one in elements(operand.value)]
        for module in operand.modules:
            home = belonging.environment_of_module(module)
            if home is not None and not home.is_application:
                works.append((home, _distribution(home, module.__name__)))
    own = [home for home, _ in works[:own_works]]
    foreign = [(kind, found) for kind in kinds if (found := origins.of(kind)) is not None]
    foreign.sort(key=lambda one: one[1][0] in own)  # what came from elsewhere is the more telling
    for position, (_, (home, base)) in enumerate(foreign):
        for _, (other_home, other) in foreign[:position]:
            if home is not other_home and _name(base) == _name(other):
                return Pair(other, base, is_exact=True)
    works += [(home, _distribution(home, base.__module__)) for _, (home, base) in foreign]
    for kind, (home, base) in foreign:
        for other_home, distribution in works:
            if other_home is not home and distribution == _distribution(home, base.__module__):
                twin = _twin(base, other_home)
                if twin is not None and twin not in kind.__mro__:
                    return Pair(base, twin, is_exact=False)
    return None


def _name(kind: type) -> tuple[str, str]:
    return kind.__module__, kind.__qualname__


def _twin(kind: type, home: Environment) -> type | None:
    """Return another environment's class of the same name, if it is loaded."""
    found: Any = sys.modules.get(home.owners[kind.__module__].key_for(kind.__module__))
    for part in kind.__qualname__.split("."):
        found = static_attribute(found, part)
    return found if isinstance(found, type) and found is not kind else None


def _unlike_its_own(
    exception: BaseException, failure: Failure, operands: list[Operand], origins: Origins
) -> Pair | None:
    """Return the pair of an object used by code that knows its class from another version, where that differs.

    It has an attribute there that is missing here, or a method there that takes other arguments.
    """
    asking = origin.find(failure.frame)
    if type(exception) is AttributeError and exception.obj is not None and type(exception.name) is str:
        twin = _own_twin(type(exception.obj), asking, origins)
        if twin is not None and static_attribute(twin.other, exception.name) is not MISSING:
            return twin
    if type(exception) is TypeError and len(exception.args) == 1 and type(exception.args[0]) is str:
        called = next((one for one in operands if one.is_called), None)
        if "argument" in exception.args[0] and called is not None and not isinstance(called.value, type):
            return _own_twin(type(called.value), asking, origins)
    return None


def _own_twin(kind: type, asking: Environment, origins: Origins) -> Pair | None:
    found = origins.of(kind)
    if found is None:
        return None
    home, base = found
    owner = asking.owners[base.__module__]
    twin = None if owner is home or owner.is_application else _twin(base, owner)
    return None if twin is None else Pair(base, twin, is_exact=False)


def _text(pair: Pair, origins: Origins) -> str | None:
    lines = [f"{PREFIX}{'.'.join(_name(pair.first))} of two environments met here"]
    name = ""
    for kind in (pair.first, pair.other):
        found = origins.of(kind)
        if found is None:
            return None
        home, base = found
        known = home.distribution(base.__module__)
        name = base.__module__.partition(".")[0] if known is None else known[0]
        label = name if known is None else " ".join(known)
        required = requirers.of(*known) if known is not None else []
        brought = f", required by {', '.join(required)}" if required else ""
        lines.append(f"  {label} of environment {home.name}{brought}")
    lines.append(f"  see `mvenv why {name}`; runtime_shim.convert(…, to=…) makes one the other's")
    return "\n".join(lines)
