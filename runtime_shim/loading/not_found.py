"""The error for an import that fails because the caller's view does not hold the name."""

from __future__ import annotations

import os
import sys

from runtime_shim.caller import disguise, frames
from runtime_shim.caller.disguise import as_importlib
from runtime_shim.loading import versioned_names
from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType
    from typing import Any

    from runtime_shim.model.environment import Environment


class ExplainingFinder:
    """The last entry of ``sys.meta_path``: says why a versioned import name was not found.

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

        :raises ModuleNotFoundError: for a versioned import name, in place of the plain "No module named".
        """
        name = str(fullname)
        if not known.is_versioned(name) or (path is not None and not versioned_names.has_aliases()):
            return None
        caller = frames.asking(sys._getframe(1))
        if not is_importing(caller):
            return None
        calling = frames.find(caller)
        if path is not None and calling.owners[name].stands_for(name) is None:
            return None
        raise ModuleNotFoundError(self.message(name, calling), name=name)

    def message(self, name: str, calling: Environment) -> str:
        """Say who asked for *name*, which environments have it, and what to add."""
        meant = calling.application.owners[name].stands_for(name)
        if meant is not None:
            return _of_alias(name, calling, *meant)
        home = calling.owners[name]
        if not home.is_application and home.imports.get(name) is home:
            return f"No module named {name!r}: {why_missing(home, name)}"  # the view says that it is there
        holders = [holder for holder in known.everyone if holder.imports.get(name) is holder]
        where = "; ".join(
            f"environment {holder.name} has {_version(holder, name)}{_required(holder, name, calling)}"
            for holder in holders
        )
        if calling.is_application:
            text = f"No module named {name!r} for the application, which does not declare it"
            advice = (
                "to use it here, add the one you mean to [project].dependencies in pyproject.toml "
                f"({_choices(holders, name)})"
            )
        else:
            text = f"No module named {name!r} in environment {calling.name}, whose distributions do not require it"
            advice = (
                f'if {calling.name} should see it, add "+{_provider(holders, name)}" to [tool.mvenv.constraints] '
                "of the requirement that needs it"
            )
        return f"{text} ({where}); {advice} and run `mvenv build`" if where else text


def is_importing(caller: FrameType) -> bool:
    """Whether a finder is asked for an import, rather than by ``importlib.util.find_spec`` or the like.

    :param caller: the frame that called ``find_spec``: importlib's ``_find_spec``.
    """
    calling = caller.f_back
    if calling is not None and calling.f_code in disguise.starters:  # at the first import of all
        calling = calling.f_back and calling.f_back.f_back
    return calling is not None and calling.f_code.co_name == "_find_and_load_unlocked"


def why_missing(home: Environment, name: str) -> str:
    """Say why *home* has no module that a build has installed there, and what to do about it."""
    what = _version(home, name)
    for folder in home.paths:
        try:
            os.scandir(folder).close()
        except PermissionError as error:
            return _in_lines(
                f"environment {home.name} cannot be read",
                f"{error.filename}: {error.strerror} (it holds {what})",
                "let the user that runs this program read it",
            )
        except OSError:
            missing = folder
            while not os.path.lexists(os.path.dirname(missing)):
                missing = os.path.dirname(missing)
            return _in_lines(
                f"environment {home.name} is missing",
                f"{missing} does not exist (it holds {what})",
                "copy `py_modules` along with `.venv`, or run `mvenv build`",
            )
    return _in_lines(
        f"environment {home.name} has lost it",
        f"{home.paths[0]} holds no {name} any more (of {what})",
        "run `mvenv build`",
    )


def _in_lines(what: str, cause: str, hint: str) -> str:
    return f"{what}\n  cause: {cause}\n\nhint: {hint}"


def _of_alias(name: str, calling: Environment, home: Environment, module_name: str) -> str:
    """Say why *calling* has no module under an import alias of the application's; it means *home*'s *module_name*."""
    if not calling.is_application:
        return f"No module named {name!r} in environment {calling.name}: it is an alias of the application's"
    if not home.is_application and home.imports.get(module_name) is home:
        return f"No module named {name!r}, which stands for {module_name}: {why_missing(home, module_name)}"
    where = "the application environment" if home.is_application else f"environment {home.name}"
    distribution = home.distribution(module_name)
    if distribution is not None:
        where = f"{' '.join(distribution)} in {where}"
    return f"No module named {name!r}: it stands for {module_name} of {where}, which has no such module"


def _provider(holders: Sequence[Environment], name: str) -> str:
    """Return the distribution that brings *name*: what can be required."""
    found = holders[0].distribution(name) if holders else None
    return name if found is None else found[0]


def _required(holder: Environment, name: str, calling: Environment) -> str:
    """Say through which direct requirements a copy is as near to the application as other versions."""
    found = holder.distribution(name)
    nearest = calling.tied.get((found[0], holder.name)) if found is not None else None
    return f", which {' and '.join(nearest)} {'uses' if len(nearest) == 1 else 'use'}" if nearest else ""


def _choices(holders: Sequence[Environment], name: str) -> str:
    """Return what can be required: pinned, since a bare name may be any of the versions."""
    pinned = (holder.distribution(name) for holder in holders)
    return " or ".join(dict.fromkeys(f'"{"==".join(found)}"' if found else f'"{name}"' for found in pinned))


def _version(holder: Environment, name: str) -> str:
    found = holder.distribution(name)
    return name if found is None else " ".join(found)
