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

from runtime_shim.acting import act_as
from runtime_shim.converters import records, registry, survey
from runtime_shim.converters.error import Absent, ConversionError
from runtime_shim.converters.target import BY_NAME, Target, find_in, home_of, module_name_of, named_in, place

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    from runtime_shim.environment import Environment

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
        self.target = Target(view, self)
        self._kinds: dict[type, int] = {}
        self._homes: dict[type, Environment | None] = {}
        self._survey = survey.Survey(self.classify)
        self._done: dict[int, tuple[Any, Any]] = {}  # id -> (the object, what it became)
        self._under_way: set[int] = set()

    def carry(self, thing: Any) -> Any:
        """Return *thing* as the target's; the very object if it needs no conversion.

        :raises ConversionError: if that is not possible.
        """
        if isinstance(thing, BY_NAME):
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
            return act_as(self.view, _Unpacker(stream, self.view, packer.kept).load)
        except ConversionError:
            raise
        except Exception as error:
            raise self.refusal(thing, f"{type(error).__name__}: {error}") from error

    def classify(self, thing: Any) -> int:
        """Tell which of the four kinds of :mod:`runtime_shim.converters.survey` an object is."""
        if isinstance(thing, BY_NAME):
            home = home_of(thing)
            foreign = home is not None and self.view.owners[module_name_of(thing)] is not home
            return survey.FOREIGN if foreign else survey.NOBODYS
        kind = type(thing)
        found = self._kinds.get(kind)
        if found is None:
            found = self._kinds[kind] = self._classify_type(kind)
        return found

    def _classify_type(self, kind: type) -> int:
        home = self.home(kind)
        if home is None:
            return survey.NOBODYS
        if kind.__flags__ & _HEAP_OR_IMMUTABLE and self.view.owners[self._named_base(kind).__module__] is home:
            return survey.RIGHT
        return survey.FOREIGN if registry.find(kind) is None else survey.WHOLE

    def home(self, kind: type) -> Environment | None:
        """Return the environment of a class, or of the first of its bases that has one."""
        if kind not in self._homes:
            self._homes[kind] = next(filter(None, map(home_of, kind.__mro__)), None)
        return self._homes[kind]

    def converted(self, thing: Any) -> Any:
        """Return what an object's converter makes of it, once."""
        known = self._done.get(id(thing))
        if known is not None:
            return known[1]
        if id(thing) in self._under_way:
            raise self.refusal(thing, "it contains itself, which its converter cannot follow")
        converter = registry.find(type(thing))
        assert converter is not None
        self._under_way.add(id(thing))
        try:
            made = act_as(self.view, converter, thing, self.target)
        except ConversionError:
            raise
        except Exception as error:
            raise self.refusal(thing, f"{type(error).__name__}: {error}") from error
        finally:
            self._under_way.discard(id(thing))
        self._done[id(thing)] = thing, made
        return made

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
                f"cannot convert {what} of {place(home, name)} to {place(self.view, name)}: {reason}; {ADVICE}"
            ) from reason

    def refusal(self, thing: Any, why: str) -> ConversionError:
        """Return the error that says why an object cannot be carried."""
        kind = type(thing)
        home = self.home(kind)
        name = registry.name_of(kind)
        if home is None:
            return ConversionError(f"cannot convert a {name} to {place(self.view)}: {why}; {ADVICE}")
        module_name = kind.__module__
        return ConversionError(
            f"cannot convert a {name} of {place(home, module_name)} to {place(self.view, module_name)}: {why}; {ADVICE}"
        )
