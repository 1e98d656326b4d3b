"""Taking an object apart as pickle does, and putting it together from the target's classes.

Nothing is written by name: classes, functions and modules go through ``persistent_id``, where the target's of the
same name takes their place; so do objects with a converter of their own, and those that need no conversion.
Sharing and cycles within what is carried are kept, as pickle keeps them.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from types import ModuleType

from runtime_shim.caller.acting import act_for
from runtime_shim.crossing.converters import models, records, registry, survey
from runtime_shim.crossing.converters.error import Absent, ConversionError
from runtime_shim.crossing.converters.lookup import (
    find_in,
    home_of,
    is_by_name,
    module_in,
    module_name_of,
    named_in,
    place,
)
from runtime_shim.crossing.converters.target import Target
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.model.environment import Environment

_PROTOCOL = 5
# Changed in place by whoever has them, so the old object and the new one must not share them.
_CHANGEABLE = frozenset((list, dict, set, bytearray))
ADVICE = "register a converter for it with `runtime_shim.register_converter`, or carry its contents yourself"


class Carrier:
    """One conversion: objects that are met more than once become one object again.

    :param view: the environment that the object goes to.
    """

    def __init__(self, view: Environment) -> None:
        self.view = view
        self.target = Target(view.name, self.module, self.counterpart, self.carry)
        self._kinds: dict[type, int] = {}
        self._sources: dict[type, tuple[Environment, type] | None] = {}
        self._survey = survey.Survey(self.classify)
        self._done: dict[int, tuple[Any, Any]] = {}  # id -> (the object, what it became)
        self._under_way: dict[int, Any] = {}

    def carry(self, thing: Any) -> Any:
        """Return *thing* as the target's; the very object if it needs no conversion.

        :raises ConversionError: if that is not possible.
        """
        if is_by_name(thing):
            return self.counterpart(thing)
        if not self._survey.needs_conversion(thing):
            return thing
        if self.classify(thing) == survey.WHOLE:
            return self.converted(thing)
        stream = io.BytesIO()
        packer = _Packer(stream, self)
        try:
            packer.dump(thing)
            stream.seek(0)
            return act_for(self.view, _Unpacker(stream, self.view, packer.kept).load)
        except ConversionError:
            raise
        except Absent as reason:
            raise self.refusal(thing, str(reason)) from reason
        except Exception as error:
            raise self.refusal(thing, f"{type(error).__name__}: {error}") from error

    def classify(self, thing: Any) -> int:
        """Tell which of the four kinds of :mod:`runtime_shim.crossing.converters.survey` an object is."""
        if is_by_name(thing):
            return survey.NOBODYS if self.is_right(thing) else survey.FOREIGN
        kind = type(thing)
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._classify_type(kind)
        return found

    def _classify_type(self, kind: type) -> int:
        source = self.source(kind)
        if source is None:
            return survey.NOBODYS
        home, base = source
        if self.view.owners[base.__module__] is home:
            return survey.RIGHT
        return survey.FOREIGN if registry.find(kind) is None else survey.WHOLE

    def source(self, kind: type) -> tuple[Environment, type] | None:
        """Return the environment that a class comes from, and the class or base that says so; None: nobody's."""
        if kind not in self._sources:
            homes = ((home_of(base), base) for base in kind.__mro__)
            self._sources[kind] = next(((home, base) for home, base in homes if home is not None), None)
        return self._sources[kind]

    def is_right(self, thing: Any) -> bool:
        """Whether a class, function or module is nobody's, or the one that the target sees under its name."""
        home = home_of(thing)
        return home is None or self.view.owners[module_name_of(thing)] is home

    def converted(self, thing: Any) -> Any:
        """Return what an object's converter makes of it, once."""
        known = self._done.get(id(thing))
        if known is not None:
            return known[1]
        if id(thing) in self._under_way:
            raise self.refusal(thing, "it contains itself, which its converter cannot follow")
        converter: Any = registry.find(type(thing))
        self._under_way[id(thing)] = thing
        try:
            made = converter(thing, self.target)
        except ConversionError:
            raise
        except Exception as error:
            raise self.refusal(thing, f"{type(error).__name__}: {error}") from error
        finally:
            del self._under_way[id(thing)]
        self._done[id(thing)] = thing, made
        return made

    def module(self, name: str) -> ModuleType:
        """Import a module as the target sees it, for the converter that is running.

        :raises ConversionError: if the target does not see it.
        """
        try:
            return module_in(self.view, name)
        except Absent as reason:
            raise self.refusal(next(reversed(self._under_way.values()), None), str(reason)) from reason

    def counterpart(self, thing: Any) -> Any:
        """Return the target's class, function or module of the same name.

        :raises ConversionError: if it has none.
        """
        home = home_of(thing)
        if home is None or self.view.owners[module_name_of(thing)] is home:
            return thing
        try:
            return find_in(self.view, thing)
        except Absent as reason:
            name = module_name_of(thing)
            what = name if isinstance(thing, ModuleType) else f"{name}.{thing.__qualname__}"
            raise ConversionError(
                f"cannot convert {what} of {place(home, name)} to {place(self.view, name)}: {reason}"
            ) from reason

    def keep(self, thing: Any) -> tuple[bool, Any]:
        """Say whether an object is replaced as a whole, and by what: not taken apart."""
        if is_by_name(thing):
            return True, self.counterpart(thing)
        kind = self.classify(thing)
        if kind == survey.WHOLE:
            return True, self.converted(thing)
        if kind == survey.RIGHT:
            return True, thing
        if kind == survey.NOBODYS and type(thing) not in _CHANGEABLE and self._survey.is_fit(thing):
            return True, thing
        return False, None

    def reduced(self, thing: Any) -> Any:
        """Return what ``__reduce_ex__`` of an object returns, on behalf of the environment it comes from.

        :raises ConversionError: if it cannot be taken apart, or its class has no counterpart.
        """
        kind = type(thing)
        source = self.source(kind)
        if source is not None and source[1] is not kind and not models.is_generic(kind):
            raise self.refusal(
                thing, f"its class is built on {registry.name_of(source[1])}, and there is one of it"
            )
        if source is not None:
            record = models.reduce(thing, self.target) or records.reduce(thing)
            if record is not None:
                return record
        reduce = copyreg.dispatch_table.get(kind)
        try:
            if reduce is not None:
                found = reduce(thing)
            elif source is not None:
                found = act_for(source[0], thing.__reduce_ex__, _PROTOCOL)
            else:
                found = thing.__reduce_ex__(_PROTOCOL)
        except Exception as error:
            raise self.refusal(
                thing, f"it cannot be taken apart ({type(error).__name__}: {error})"
            ) from error
        return self._singleton(thing, found) if isinstance(found, str) else found

    def _singleton(self, thing: Any, name: str) -> tuple[Any, ...]:
        """Return the reduction of an object that is a global of its module: the target's global of that name."""
        module_name: Any = getattr(thing, "__module__", None) or type(thing).__module__
        home = ownership.environment_of(thing, module_name, name)
        if home is None or self.view.owners[module_name] is home:
            return _itself, (_Kept(thing),)
        try:
            return _itself, (_Kept(named_in(self.view, module_name, name)),)
        except Absent as reason:
            raise self.refusal(thing, str(reason)) from reason

    def refusal(self, thing: Any, why: str) -> ConversionError:
        """Return the error that says why an object cannot be carried."""
        kind = type(thing)
        source = self.source(kind)
        name = registry.name_of(kind)
        if source is None:
            name = name.removeprefix("builtins.")
            return ConversionError(f"cannot convert a {name} to {place(self.view)}: {why}; {ADVICE}")
        home, base = source
        here, there = place(home, base.__module__), place(self.view, base.__module__)
        return ConversionError(f"cannot convert a {name} of {here} to {there}: {why}; {ADVICE}")


class _Kept:
    """Wraps an object that goes to the other side as it is."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing


def _itself(thing: Any) -> Any:
    return thing


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, carrier: Carrier) -> None:
        super().__init__(stream, _PROTOCOL)
        self.kept: list[Any] = []
        self._carrier = carrier
        self._numbers: dict[int, tuple[int, Any]] = {}  # holds the object too: its id is good as long
        # On the instance: the class's would be combined with that of runtime_shim.crossing.pickles.
        self.reducer_override = carrier.reduced  # type: ignore[method-assign]

    def persistent_id(self, obj: Any) -> int | None:
        if type(obj) in survey.ATOMIC:
            return None
        known = self._numbers.get(id(obj))
        if known is None:
            if isinstance(obj, _Kept):
                value = obj.thing
            else:
                is_kept, value = self._carrier.keep(obj)
                if not is_kept:
                    return None
            known = self._numbers[id(obj)] = len(self.kept), obj
            self.kept.append(value)
        return known[0]


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, view: Environment, kept: list[Any]) -> None:
        super().__init__(stream)
        self._kept = kept
        self._view = view

    def persistent_load(self, pid: int) -> Any:
        return self._kept[pid]

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Find what a pickle names in spite of everything: codes of ``copyreg.add_extension``."""
        return named_in(self._view, module_name, global_name)
