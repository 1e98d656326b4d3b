"""Looking at objects without running any code of the program: no properties, no ``__getattr__``."""

from __future__ import annotations

import sys
from types import GetSetDescriptorType, MemberDescriptorType, ModuleType

FREE_THREADED = hasattr(sys, "_is_gil_enabled") and object.__basicsize__ > 2 * tuple.__itemsize__
"""Whether this is a build in which threads run Python code at the same time, unless something has enabled the GIL.

Told by the header of objects, which is longer (Include/object.h); ``sys.abiflags`` is not there on every system.
"""

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

MISSING: Any = object()

# The getter behind `module.__dict__`: asking the module itself could run its code (apipkg's lazy modules import).
module_namespace: Any = vars(ModuleType)["__dict__"].__get__


def namespace_of(module: Any) -> dict[str, Any]:
    """Return a module's attributes; none for anything else, since anything may be put into ``sys.modules``."""
    try:
        return module_namespace(module)  # type: ignore[no-any-return]
    except TypeError:
        return {}


def static_attribute(value: Any, name: str) -> Any:
    """Return an attribute, ``MISSING`` if there is none or reading it would run code of the program."""
    kind = type(value)
    if issubclass(kind, ModuleType):
        return module_namespace(value).get(name, MISSING)
    if issubclass(kind, type):
        found = _in_classes(type.__dict__["__mro__"].__get__(value), name)
        return MISSING if hasattr(type(found), "__get__") and not callable(found) else found
    namespace = _in_classes(kind.__mro__, "__dict__")
    if type(namespace) in (GetSetDescriptorType, MemberDescriptorType):
        own = namespace.__get__(value)
        if type(own) is dict and name in own:
            return own[name]
    slot = _in_classes(kind.__mro__, name)
    if type(slot) is MemberDescriptorType:
        try:
            return slot.__get__(value)
        except AttributeError:
            return MISSING
    return MISSING


def _in_classes(classes: Sequence[type], name: str) -> Any:
    for one in classes:
        names = type.__dict__["__dict__"].__get__(one)
        if name in names:
            return names[name]
    return MISSING
