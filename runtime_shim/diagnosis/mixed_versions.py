"""Did two versions of one library's classes meet where an exception was raised?

Such a meeting is an object (or a class) of one environment where a library's other copy was at work: as an operand
of the failing instruction together with an object or function of the other copy, as an argument in the other copy's
own code, in a type test that it did not pass. That both versions merely exist in the program, or in the functions
that were waiting for others to return, is no meeting.
"""

from __future__ import annotations

import os

from runtime_shim.caller import frames
from runtime_shim.caller.files import code_files
from runtime_shim.diagnosis import dependents, temporaries
from runtime_shim.diagnosis.operands import Failure, Operand
from runtime_shim.diagnosis.twins import (
    Homes,
    Pair,
    distribution_of,
    failed_test,
    in_compiled_code,
    in_own_library,
    meeting,
    own_twin,
    works_of_called,
)
from runtime_shim.model.import_map import SHIM_FOLDER
from runtime_shim.model.inspection import MISSING, static_attribute

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Any

    from runtime_shim.diagnosis.twins import Objects, Work

PREFIX = "mvenv: "
_KINDS = (TypeError, ValueError, NotImplementedError, AttributeError, AssertionError)
_LOOK_UPS = ("__getattr__", "__getattribute__")
_MOST_EXCEPTIONS = 10
_MOST_FRAMES = 60
_CYTHON = (".pxd", ".pxi", ".pyx")
_SHIM = os.path.join(SHIM_FOLDER, "")


def add_notes(exception: BaseException) -> None:
    """Add a note to *exception*, or to the one behind it in which two versions have met; once."""
    for one in _behind(exception):
        notes = _own(BaseException, "__dict__", one).get("__notes__")
        if type(notes) is list and any(type(text) is str and text.startswith(PREFIX) for text in notes):
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
        pending.append(_own(BaseException, "__cause__", one))
        if not _own(BaseException, "__suppress_context__", one):
            pending.append(_own(BaseException, "__context__", one))
        if issubclass(type(one), BaseExceptionGroup):
            pending += _own(BaseExceptionGroup, "exceptions", one)[:_MOST_EXCEPTIONS]
    return found


def _own(kind: type, name: str, exception: BaseException) -> Any:
    """Return an attribute as the interpreter keeps it; a program's class may compute something else."""
    return vars(kind)[name].__get__(exception)


def note(exception: BaseException) -> str | None:
    """Return what to say about *exception*: which versions met, whose they are; None if none did."""
    homes = Homes()
    traceback = _own(BaseException, "__traceback__", exception)
    if traceback is None:
        return None
    if issubclass(type(exception), (KeyError, IndexError)):
        pair = _strange_key(exception, traceback, homes)
    elif _may_be_about_types(type(exception), homes):
        pair = _pair_of(exception, traceback, homes)
    else:
        return None
    return None if pair is None else _text(pair, homes)


def _may_be_about_types(kind: type[BaseException], homes: Homes) -> bool:
    if issubclass(kind, _KINDS):
        return True
    names = {(base.__module__, base.__name__) for base in kind.__mro__}
    if names & {("_pickle", "PickleError"), ("pickle", "PickleError")}:
        return True
    # A library's own word for a wrong argument (SQLAlchemy's ArgumentError).
    return issubclass(kind, Exception) and homes.of(kind) is not None


def _pair_of(exception: BaseException, traceback: TracebackType, homes: Homes) -> Pair | Objects | None:
    """Return the meeting nearest to where the program's own code can do something about it."""
    found: list[Pair] = []
    first = True
    compiled: list[Work] = []
    for failure in _failures(traceback):
        if first and _is_compiled(failure):
            compiled += _own_work(failure)
            continue
        if (
            first
            and failure.frame.f_code.co_name in _LOOK_UPS
            and issubclass(type(exception), AttributeError)
        ):
            continue  # the code that looks is the one that failed
        works = _own_work(failure)
        if first:
            first = False
            pair = _where_raised(exception, failure, works, compiled, homes)
        elif found:
            pair = meeting(failure.operands(), works, homes)
        else:
            operands = failure.operands()
            called = [] if works or _is_neutral(failure) else works_of_called(operands, homes)
            pair = in_own_library(operands, works or called, homes)
        if pair is not None:
            found.append(pair)
            if not works and not _is_neutral(failure):
                return pair  # what the application's own line says is what its author knows
    exact = [pair for pair in found if pair.is_exact]
    if found:
        return (exact or found)[-1]
    return _of_the_library(exception, failure, homes) or temporaries.pair_of(exception, failure, homes)


def _of_the_library(exception: BaseException, outermost: Failure, homes: Homes) -> Pair | None:
    """Return the pair of an argument and the class that the called library knows, if the error is that library's own.

    numba raises it anew, without the traceback of what went wrong (``with_traceback(None)``).
    """
    own = homes.of(type(exception))
    operands = outermost.operands()
    called = [homes.of(type(one.value)) for one in operands if one.is_called]
    if own is None or not any(found is not None and found[0] is own[0] for found in called):
        return None
    pairs = (own_twin(type(one.value), own[0], homes) for one in operands if not one.is_called)
    return next((pair for pair in pairs if pair is not None), None)


def _strange_key(exception: BaseException, traceback: TracebackType, homes: Homes) -> Pair | Objects | None:
    """Return the meeting in a subscript of the application's: of its container's library and an index.

    A mask that pandas does not know for one (an array of another numpy) is looked up as a label.
    """
    *_, outermost = _failures(traceback)
    if not outermost.operation.endswith("_SUBSCR"):
        return None
    if outermost.begins_with_name():
        container, *indexes = outermost.operands() or [Operand(None, [], is_called=False)]
        found = homes.of(type(container.value))
        pairs = (own_twin(type(index.value), found[0], homes) for index in indexes if found is not None)
        pair = next((pair for pair in pairs if pair is not None), None)
        if pair is not None:
            return pair
    return temporaries.pair_of(exception, outermost, homes)


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
    if os.path.isabs(filename):  # Cython's frames name their source, relative to where it was compiled
        return filename
    names = failure.frame.f_globals
    file = names.get("__file__")
    if type(file) is str and not filename.startswith("<frozen"):
        return file
    return filename if names.get("__name__") == "__main__" else None


def _own_work(failure: Failure) -> list[Work]:
    home = code_files.environment_of(_file(failure) or "")
    if home is None or home.is_application:
        return []
    return [(home, distribution_of(home, str(failure.frame.f_globals.get("__name__"))))]


def _is_neutral(failure: Failure) -> bool:
    file = _file(failure)
    return file is None or code_files.is_installed(file)


def _is_compiled(failure: Failure) -> bool:
    """Whether a frame is one that Cython makes for tracebacks (it has a place, no objects), or the shim's own.

    Either stands for what is inside the call that the next frame makes.
    """
    filename = failure.frame.f_code.co_filename
    if os.path.isabs(filename):
        return filename.startswith(_SHIM)
    return os.path.splitext(filename)[1] in _CYTHON or not (
        filename.startswith("<") or failure.frame.f_code.co_flags
    )


def _where_raised(
    exception: BaseException, failure: Failure, works: list[Work], compiled: list[Work], homes: Homes
) -> Pair | None:
    if not failure.is_raise:
        operands = failure.operands()
        return (
            meeting(operands, [*works, *compiled], homes)
            or _unlike_its_own(exception, failure, operands, homes)
            or in_compiled_code(operands, compiled, homes)
            or in_own_library(failure.bases(), works, homes)
            or in_own_library(failure.mentioned(), works, homes)
        )
    for values in failure.type_tests():
        pair = failed_test(values, homes)
        if pair is not None:
            return pair
    if issubclass(type(exception), TypeError):
        calling = frames.find(failure.frame)
        for one in failure.guard():
            twin = own_twin(type(one.value), calling, homes)
            if twin is not None:
                return twin
    values = [Operand(value, [], is_called=False) for value in failure.local_values()]
    return in_own_library(values, works, homes)


def _unlike_its_own(
    exception: BaseException, failure: Failure, operands: list[Operand], homes: Homes
) -> Pair | None:
    """Return the pair of an object used by code that knows its class from another version, where that differs.

    It has an attribute there that is missing here, or a method there that takes other arguments.
    """
    calling = frames.find(failure.frame)
    if type(exception) is AttributeError and type(exception.name) is str:
        twin = own_twin(type(exception.obj), calling, homes)
        if twin is not None and static_attribute(twin.other, exception.name) is not MISSING:
            return twin
    if type(exception) is TypeError and len(exception.args) == 1 and type(exception.args[0]) is str:
        called = next((one for one in operands if one.is_called), None)
        if (
            "argument" in exception.args[0]
            and called is not None
            and not issubclass(type(called.value), type)
        ):
            return own_twin(type(called.value), calling, homes)
    return None


def _text(pair: Pair | Objects, homes: Homes) -> str | None:
    places = pair.places(homes)
    if len(places) < 2:
        return None
    lines = [f"{PREFIX}{pair.title} of two environments met here"]
    name = ""
    for home, module_name in places:
        known = home.distribution(module_name)
        name = module_name.partition(".")[0] if known is None else known[0]
        label = name if known is None else " ".join(known)
        required = dependents.of(*known) if known is not None else []
        brought = f", required by {', '.join(required)}" if required else ""
        lines.append(f"  {label} of environment {home.name}{brought}")
    lines.append(f"  see `mvenv why {name}`; runtime_shim.convert(…, to=…) makes one the other's")
    return "\n".join(lines)
