"""What a converter is given to build the new object from."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any


class Target:
    """Where an object goes: passed to converters, which build the new object from what it offers.

    :param environment: the target environment's name.
    :param module: imports a module as the target sees it.
    :param counterpart: finds the target's class, function or module.
    :param convert: converts a part of the object.
    """

    def __init__(
        self,
        environment: str,
        module: Callable[[str], ModuleType],
        counterpart: Callable[[Any], Any],
        convert: Callable[[Any], Any],
    ) -> None:
        self.environment = environment
        """The target environment's name (``application`` for the application's own view)."""
        self._module = module
        self._counterpart = counterpart
        self._convert = convert

    def module(self, name: str) -> ModuleType:
        """Import a module as the target sees it.

        :raises ConversionError: if the target does not see it.
        """
        return self._module(name)

    def counterpart(self, thing: Any) -> Any:
        """Return the target's class, function or module of the same qualified name; *thing* itself if it is right.

        :raises ConversionError: if the target has none.
        """
        return self._counterpart(thing)

    def convert(self, value: Any) -> Any:
        """Convert a part of the object, as :func:`runtime_shim.convert` would.

        :raises ConversionError: if that is not possible.
        """
        return self._convert(value)
