"""``runtime_shim.convert(obj, to=module)``: an object of one version becomes one of another.

Two environments' classes of the same name are different classes, and a library knows its own only. ``convert``
makes the object anew from the other environment's classes::

    import dep_a, dep_b
    frame = runtime_shim.convert(dep_a.make_frame(), to=dep_b)   # as the pandas that dep_b sees
    dep_b.use_frame(frame)

How an object is carried, the first that applies:

1. nothing in it is of another version: the very object is returned;
2. a converter registered for its class: the program's, or one of the shipped ones, which know pandas' DataFrame,
   Series and Index, and numpy's arrays, data types and scalars;
3. a dataclass or a pydantic model: the target's class of the same name is made from the values of its fields;
4. a class, a function or a module: the target's of the same name;
5. anything else: taken apart as pickle does, and put together from the target's classes.

This goes for parts, too: what a container, or an object of the application, holds. Parts that need no conversion
are shared with the original, not copied, except lists, dicts, sets and bytearrays.
"""

from __future__ import annotations

import sys
from types import ModuleType

from runtime_shim.crossing.converters import registry
from runtime_shim.crossing.converters.carrier import Carrier
from runtime_shim.crossing.converters.error import ConversionError
from runtime_shim.model.environment import known
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from runtime_shim.crossing.converters.target import Target

    _Converter = TypeVar("_Converter", bound=Callable[[Any, Target], Any])

__all__ = ["ConversionError", "convert", "register_converter"]


def convert(obj: Any, to: ModuleType) -> Any:
    """Return *obj* as an object of the versions that the environment of module *to* sees.

    :param to: any module of the environment: the library itself (``dep_a.pandas``) or who uses it (``dep_a``).
        A module that all share, or one of the application, means the application's view.
    :return: an object made from the target's classes; *obj* itself if it is right as it is.
    :raises ConversionError: if that is not possible: the target has no such class, say, or refuses the values.
    """
    if not isinstance(to, ModuleType):
        raise TypeError(f"`to` must be a module of the environment to convert to, not {type(to).__name__}")
    if to.__name__.partition(".")[0] in sys.stdlib_module_names:
        raise ValueError(
            f"`to` must be a module of an environment, and {to.__name__} is the standard library's"
        )
    view = ownership.environment_of_module(to) or known.application
    return Carrier(view).carry(obj)


def register_converter(
    kind: type | str, converter: _Converter | None = None, *, subclasses: bool = False
) -> Any:
    """Use *converter* for objects of a class, whatever the version; also as a decorator.

    ::

        @runtime_shim.register_converter("lib.shapes.Circle")
        def convert_circle(circle, target):
            return target.counterpart(type(circle))(circle.radius, style=target.convert(circle.style))

    :param kind: the class, or its qualified name (``module.Class``): versions of a class share their name, and
        the converter is for all of them.
    :param converter: called with the object and the target (:class:`runtime_shim.crossing.converters.target.Target`:
        ``module(name)``, ``counterpart(class)``, ``convert(part)``, ``environment``); returns the new object. Its
        own import statements are those of the file it is in, as ever: ``module`` imports what the target sees.
    :param subclasses: whether it is for classes derived from *kind*, too.
    :return: the converter, or a decorator if none is given.
    """
    name: Any = registry.name_of(kind) if isinstance(kind, type) else kind
    if not isinstance(name, str) or "." not in name:
        raise ValueError(f"expected a class or its qualified name, module first, not {name!r}")

    def register(function: _Converter) -> _Converter:
        registry.register(name, function, subclasses=subclasses)
        return function

    return register if converter is None else register(converter)
