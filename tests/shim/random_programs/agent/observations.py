"""What a step saw, as a value for JSON that is the same wherever the files lie."""

from __future__ import annotations

import re
import types
import weakref
from typing import Any


class Observer:
    """Turns objects into values for JSON; numbers modules and classes in the order in which they are first met.

    One observer for each set of actors that share their modules: who gets the same module gets the same number.
    """

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}  # module name → the module an earlier step got; generators, too
        self._met: list[weakref.ref[Any]] = []

    def describe(self, found: object) -> object:
        """Return a value that tells modules, classes and exceptions apart."""
        if found is None or isinstance(found, (bool, int)):
            return found
        if isinstance(found, str):
            return anonymous(str(found))
        if isinstance(found, (list, tuple)):
            return [self.describe(one) for one in found]
        if isinstance(found, dict):
            return {anonymous(str(name)): self.describe(one) for name, one in found.items()}
        if isinstance(found, BaseException):
            return error(found)
        if isinstance(found, types.ModuleType) or type(found).__name__ == "Facade":
            return self._module(found)
        if isinstance(found, type):
            return [
                "class",
                found.__module__,
                found.__qualname__,
                getattr(found, "tag", None),
                self.number(found),
            ]
        return ["object", type(found).__name__, anonymous(str(getattr(found, "tag", "")))]

    def _module(self, module: object) -> object:
        spec = getattr(module, "__spec__", None)
        names = ("__name__", "TAG", "__file__", "__package__", "MARK", "FAILED")
        return [
            "module",
            *(self.describe(module.__dict__.get(name)) for name in names),
            type(
                module.__dict__.get("__name__")
            ).__name__,  # exactly a string: extension modules accept nothing else
            [str(spec.name), anonymous(str(spec.origin)), spec.parent] if spec else None,
            self.number(module),
        ]

    def number(self, found: object) -> int:
        """Return how many others were met before this one."""
        for position, reference in enumerate(self._met):
            if reference() is found:
                return position
        self._met.append(weakref.ref(found))
        return len(self._met) - 1


def error(raised: BaseException) -> list[str]:
    """Return what a program can tell about an exception."""
    text = anonymous(str(raised))
    if isinstance(raised, ModuleNotFoundError):
        text = re.sub(r"^(No module named '[^']*') .*", r"\1", text)  # mvenv says more
    if type(raised).__name__ == "PicklingError":
        text = ""
    return ["raised", type(raised).__name__, text, anonymous(str(getattr(raised, "name", None)))]


def anonymous(text: str) -> str:
    """Return text without the folders that differ from one environment to another."""
    text = re.sub(r"(/[^/\s'\"(),]+)+/site-packages/", "", text)
    text = text.replace("'EnvironmentNamespaceLoader'", "'NamespaceLoader'")  # what an AttributeError says
    text = re.sub(r"dep_[a-d]|app_(?=agent)|0x[0-9a-f]+", "*", text)
    return re.sub(r"(/[^/\s'\"(),]+)+/(?=agent/)", "", text)
