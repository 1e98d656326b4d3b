"""Which modules are executed with a word from :mod:`runtime_shim.process_state`: what parts two copies' state."""

from __future__ import annotations

import importlib

from runtime_shim.model.environment import known

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from runtime_shim.model.environment import Environment

# Module → the modules of runtime_shim.process_state that part what it keeps once per process or thread, where two
# copies of its distribution are installed.
_PARTED_BY = {
    "lxml.etree": ("thread_keys",),
    "numpy._core._dtype_ctypes": ("numpy_copies",),
    "numpy._core._internal": ("numpy_copies",),
    "numpy._core._multiarray_umath": ("numpy_copies",),
    "numpy.core._dtype_ctypes": ("numpy_copies",),
    "numpy.core._internal": ("numpy_copies",),
    "numpy.core._multiarray_umath": ("thread_keys", "numpy_copies"),
    "pandas.core.arrays.base": ("numpy_givers",),
    "pandas.core.generic": ("numpy_givers",),
    "pandas.core.indexes.base": ("numpy_givers",),
    "shiboken6": ("import_hook",),
    "typing_extensions": ("typing_patches",),
}

# Module → the distributions of which another copy's objects may be handed to its library.
_WITH_DOORS = {
    "numpy": ("numpy",),
    "numpy.ma": ("numpy",),
    "pandas": ("numpy", "pandas"),
    "xarray": ("numpy", "pandas", "xarray"),
}


class _Doors:
    """What has such a library's doors opened, :func:`runtime_shim.crossing.arrivals.around`; set at the start."""

    around: Callable[[Callable[[ModuleType], None], Environment], Callable[[ModuleType], None]]


doors = _Doors()


def parted(
    execute: Callable[[ModuleType], None], name: str, distribution: str, environment: Environment
) -> Callable[[ModuleType], None]:
    """Return what executes module *name* of a distribution so that its state is its own; mostly *execute* itself."""
    partings = _PARTED_BY.get(name, ())
    # pandas hands out numpy's arrays, and takes them: what counts is how many numpys there are.
    if partings and _has_copies("numpy" if distribution == "pandas" else distribution):
        for parting in partings:
            module = importlib.import_module(f"runtime_shim.process_state.{parting}")
            execute = module.around(execute, environment)
    if any(map(_has_copies, _WITH_DOORS.get(name, ()))):
        execute = doors.around(execute, environment)
    return execute


def _has_copies(distribution_name: str) -> bool:
    return sum(distribution_name in one.distributions for one in known.everyone) > 1
