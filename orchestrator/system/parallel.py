"""Doing several things at once: how many, on this machine."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

# Each worker has a process of its own to wait for, with threads of its own; more would only take memory.
_MOST = 8


def processors() -> int:
    """Return how many processors this process may use: a container or ``taskset`` may leave it fewer than there are."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_parallel(
    function: Callable[[_Item], _Result], items: Iterable[_Item], *, a_processor: int = 1
) -> list[_Result]:
    """Return what *function* makes of each item, in their order; several are at work at once.

    The first exception is raised when all that has begun is done.

    :param a_processor: how many to have at work for each processor: more than one where they wait a lot.
    """
    with ThreadPoolExecutor(min(_MOST, processors() * a_processor)) as pool:
        return list(pool.map(function, items))
