"""``importlib.metadata`` for an environment that is a portion of another's folder (:mod:`runtime_shim.overlay`).

Its search path leads through the whole folder, and so to distributions that it does not see. What it sees is in its
view by name, and the environments' finder yields that; the rest of the folder is left out here.

Loaded where overrides have taken effect without a build, and not otherwise.
"""

from __future__ import annotations

import os
from importlib.machinery import PathFinder

from runtime_shim import origin, searchpath

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import FrameType
    from typing import Any

    from runtime_shim.environment import Environment

_METADATA = os.path.join("importlib", "metadata", "__init__.py")


def finders_for(finders: Sequence[Any], frame: FrameType) -> Sequence[Any]:
    """Return the finders that *frame* is to ask, which is ``importlib.metadata``'s or anybody's."""
    if not frame.f_code.co_filename.endswith(_METADATA):
        return finders
    asking = origin.find(frame)
    if asking.over is None or asking.over.is_application:
        return finders
    return [_Elsewhere(asking) if finder is PathFinder else finder for finder in finders]


class _Elsewhere:
    """``PathFinder`` without the folders that an environment has a portion of."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def find_distributions(self, context: Any = None) -> Iterable[Any]:
        """Yield the distributions on the search path, but for those of the environment's neighbours."""
        from importlib.metadata import DistributionFinder  # loaded: it is the caller

        names = {} if context is None else dict(vars(context))
        if "path" not in names:
            own = searchpath.own_entries(self._environment)
            names["path"] = [path for path in searchpath.contents(self._environment) if path not in own]
        return PathFinder.find_distributions(DistributionFinder.Context(**names))
