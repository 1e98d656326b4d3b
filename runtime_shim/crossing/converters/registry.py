"""Converters by class name: those of the program, and the shipped ones, which are loaded when they are needed."""

from __future__ import annotations

import importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.crossing.converters.target import Target

    Converter = Callable[[Any, Target], Any]

# qualified class name -> (its converter, whether it serves subclasses as well)
_program: dict[str, tuple[Converter, bool]] = {}
_shipped: dict[str, tuple[Converter, bool]] = {}
# top-level package -> the module with the shipped converters for its classes
_SHIPPED_MODULES = {"numpy": "arrays", "pandas": "dataframes", "pydantic": "models"}


def register(name: str, converter: Converter, *, subclasses: bool) -> None:
    """Use a converter of the program's for the class of that name; the last one registered counts."""
    _program[name] = (converter, subclasses)


def ship(name: str, *, subclasses: bool = False) -> Callable[[Converter], Converter]:
    """Decorate a shipped converter."""

    def decorate(converter: Converter) -> Converter:
        _shipped[name] = (converter, subclasses)
        return converter

    return decorate


def find(kind: type) -> Converter | None:
    """Return the converter for objects of class *kind*: the program's before the shipped ones."""
    bases = [(name_of(base), base is kind) for base in kind.__mro__]
    for name, _ in bases:
        module = _SHIPPED_MODULES.get(name.partition(".")[0])
        if module is not None:
            importlib.import_module(f"runtime_shim.crossing.converters.{module}")
    for known in (_program, _shipped):
        for name, exact in bases:
            found = known.get(name)
            if found is not None and (exact or found[1]):
                return found[0]
    return None


def name_of(kind: type) -> str:
    """Return a class's qualified name, its module's first."""
    return f"{kind.__module__}.{kind.__qualname__}"
