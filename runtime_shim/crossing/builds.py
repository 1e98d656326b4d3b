"""Which build a pickle is from: told with the names of versions, compared where it is read.

A client and its workers that were built from different commits have different versions of what nobody names, too. So
wherever a pickle calls ``importlib.import_module`` for a version, or brings a function by value, the call has the
writer's build as its second argument: ``import_module("pandas@2.0.3.core.frame", "mvenv:0f3a…")``. Of an absolute name
importlib ignores that argument, so readers without mvenv do.
"""

from __future__ import annotations

from importlib import import_module

from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

PREFIX = "mvenv:"
IGNORE, ERROR = "ignore", "error"


class OtherBuildWarning(UserWarning):
    """A pickle is from another build than this process."""


class OtherBuildError(RuntimeError):
    """The same, where the project says that it is an error (``other-builds`` in ``[tool.mvenv]``)."""


# The builds that people have been told of already.
_told: set[str] = set()


def importing(name: str) -> tuple[Any, tuple[str, ...]]:
    """Return what a module reduces to: the call that imports it, which tells of this build."""
    return import_module, (name, known.build) if known.build else (name,)


class Token:
    """Stands among the globals of a function that is sent by value, and tells of this build when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return importing("builtins")


def news(build: str | None) -> str | None:
    """Return what is to be said of the second argument of ``import_module`` in a pickle; None if nothing is.

    :raises OtherBuildError: it is another build, and the project takes that for an error.
    """
    if build is None or build == known.build or not known.build or not build.startswith(PREFIX):
        return None
    if known.other_builds == IGNORE or build in _told:
        return None
    there, here = build.removeprefix(PREFIX), known.build.removeprefix(PREFIX)
    text = (
        f"a pickle is from build {there} of a project, and this process is of build {here}: what they have may differ "
        "in version; build both ends from one mvenv.lock"
    )
    if known.other_builds == ERROR:
        raise OtherBuildError(text)
    _told.add(build)
    return text
