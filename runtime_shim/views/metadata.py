"""``importlib.metadata`` by caller: the distributions that its view holds, wherever they are installed.

What lies in the caller's own path entries is found by ``importlib.metadata``'s own finder, through the caller's
``sys.path``. This module adds what it borrows from other environments, and leaves out what an overlay's search path
leads to although it does not see it (:mod:`runtime_shim.overrides.overlay`): the neighbours of its distributions.
"""

from __future__ import annotations

import sys
from importlib.machinery import PathFinder

from runtime_shim.caller import frames
from runtime_shim.model.names import canonical
from runtime_shim.views import meta_path, sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment


def find_distributions(context: Any = None) -> Iterator[Any]:
    """Yield the distributions that the caller sees although they are installed in another environment.

    The caller is who asks for the first one.
    """
    from importlib.metadata import DistributionFinder, MetadataPathFinder  # loaded: the caller is in it

    sys_path.reclaim()
    if context is not None and "path" in vars(context):
        return
    wanted = None if context is None or context.name is None else canonical(context.name)
    frame = sys._getframe(1)
    # Mostly `importlib.metadata` goes through what there is; else whoever has got the iterator.
    is_its_own = frame.f_code.co_filename.endswith(meta_path.METADATA)
    borrowed = (frames.find_beyond if is_its_own else frames.find)(frame).borrowed
    for name, home in borrowed.items():
        if wanted is None or wanted == canonical(name):
            yield from MetadataPathFinder.find_distributions(
                DistributionFinder.Context(name=name, path=home.paths)
            )


def on_the_path_of(finders: list[Any], frame: FrameType) -> list[Any]:
    """Return the finders that *frame*, which is ``importlib.metadata``'s, is to ask."""
    calling = frames.find_beyond(frame)
    return [_OnThePath(calling) if finder is PathFinder else finder for finder in finders]


class _OnThePath:
    """``PathFinder``, for the search path that an environment sees.

    What stands in :data:`sys.path` may be what another one sees: between the moment at which OpenCV's loader assigns
    its copy and the next import. And an overlay does not see the folders that it lies on.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def find_distributions(self, context: Any = None) -> Iterable[Any]:
        """Yield the distributions on the search path, but for those of an overlay's neighbours."""
        from importlib.metadata import DistributionFinder, MetadataPathFinder  # loaded: it is the caller

        find = getattr(PathFinder, "find_distributions", None)
        if find is None:  # a backport that all share has taken it away, and answers the application
            if self._environment.is_application:
                return ()
            find = MetadataPathFinder.find_distributions
        if context is None:
            context = DistributionFinder.Context()
        if type(context) is not DistributionFinder.Context or "path" in vars(context):
            return find(context)
        path = sys_path.contents(self._environment)
        if self._environment.over is not None and not self._environment.over.is_application:
            own = sys_path.own_entries(self._environment)
            path = [item for item in path if item not in own]
        return find(DistributionFinder.Context(**vars(context), path=path))
