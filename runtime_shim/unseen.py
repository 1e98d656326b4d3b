"""The error for an import that fails because the caller's view does not hold the name."""

from __future__ import annotations

import sys

from runtime_shim import Starter, aliases, environment, origin
from runtime_shim.loaders import as_importlib

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType
    from typing import Any

    from runtime_shim.environment import Environment


class ExplainingFinder:
    """The last entry of ``sys.meta_path``: says why a contested name was not found.

    Only where an import statement (or ``import_module``) is about to fail. ``importlib.util.find_spec`` must
    answer None for what a view does not hold: libraries probe with it.
    """

    @as_importlib
    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,  # noqa: ARG002 - a finder's signature
    ) -> Any:
        """Return None: it finds nothing, and is asked last of all, after any hook of the program.

        :raises ModuleNotFoundError: for a contested name, in place of the plain "No module named".
        """
        name = str(fullname)
        if name.partition(".")[0] not in environment.contested or (path is not None and not aliases.renamed):
            return None
        caller = sys._getframe(1)
        if not is_importing(caller):
            return None
        asking = origin.find(caller)
        if path is not None and asking.owners[name].stands_for(name) is None:
            return None
        raise ModuleNotFoundError(self.message(name, asking), name=name)

    def message(self, name: str, asking: Environment) -> str:
        """Say who asked for *name*, which environments have it, and what to add."""
        meant = asking.application.owners[name].stands_for(name)
        if meant is not None:
            return _of_alias(name, asking, *meant)
        holders = [holder for holder in environment.everyone if holder.imports.get(name) is holder]
        where = "; ".join(f"environment {holder.name} has {_version(holder, name)}" for holder in holders)
        if asking.is_application:
            text = f"No module named {name!r} for the application, which does not declare it"
            advice = "to use it here, add the one you mean to [project].dependencies in pyproject.toml"
        else:
            text = f"No module named {name!r} in environment {asking.name}, whose distributions do not require it"
            advice = (
                f'if {asking.name} should see it, add "+{_provider(holders, name)}" to [tool.mvenv.constraints] '
                "of the requirement that needs it"
            )
        return f"{text} ({where}); {advice} and run `mvenv build`" if where else text


def is_importing(caller: FrameType) -> bool:
    """Whether a finder is asked for an import, rather than by ``importlib.util.find_spec`` or the like.

    :param caller: the frame that called ``find_spec``: importlib's ``_find_spec``.
    """
    asking = caller.f_back
    if asking is not None and asking.f_code is Starter.find_spec.__code__:  # at the first import of all
        asking = asking.f_back and asking.f_back.f_back
    return asking is not None and asking.f_code.co_name == "_find_and_load_unlocked"


def _of_alias(name: str, asking: Environment, home: Environment, module_name: str) -> str:
    """Say why *asking* has no module under an import alias of the application's, which means *home*'s *module_name*."""
    if not asking.is_application:
        return f"No module named {name!r} in environment {asking.name}: it is an alias of the application's"
    where = "the application environment" if home.is_application else f"environment {home.name}"
    distribution = home.distribution(module_name)
    if distribution is not None:
        where = f"{' '.join(distribution)} in {where}"
    return f"No module named {name!r}: it stands for {module_name} of {where}, which has no such module"


def _provider(holders: Sequence[Environment], name: str) -> str:
    """Return the distribution that brings *name*: what can be required."""
    found = holders[0].distribution(name) if holders else None
    return name if found is None else found[0]


def _version(holder: Environment, name: str) -> str:
    found = holder.distribution(name)
    return name if found is None else " ".join(found)
