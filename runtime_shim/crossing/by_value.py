"""What picklers send by value: functions that nobody can import, and the modules that they use.

cloudpickle and dill take a function of ``__main__``, or a lambda, apart: its code, and those of its globals that the
code names. Whoever reads it may be a worker of an engine (joblib, Dask, Ray) that runs on behalf of the engine's
environment, and would find the engine's versions under the names that are in there. But the function belongs to
whoever wrote it:

- a module among its globals is written under its versioned name, with the standard library's ``import_module``;
- the globals that are made for it in the pickle name the environment that it comes from, in a plain string
  (:data:`runtime_shim.caller.frames.WRITTEN_BY`). That decides about the imports inside the function where its file
  does not: code that was typed, or lies outside the project, or where the project lies elsewhere now.

Both are plain data to a reader without mvenv.
"""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType

from runtime_shim.caller import frames
from runtime_shim.crossing import builds
from runtime_shim.loading import versioned_names
from runtime_shim.model.environment import known
from runtime_shim.modules import ownership

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from runtime_shim.model.environment import Environment


_BUILD = "__mvenv_build__"
"""The global of such a function that tells of its writer's build; a reader has the module ``builtins`` there."""


class Module:
    """Stands for a module in a pickle: modules themselves cannot be pickled, and must go on being refused."""

    def __init__(self, versioned_name: str) -> None:
        self._versioned_name = versioned_name

    def __reduce__(self) -> tuple[Any, ...]:
        return builds.importing(self._versioned_name)


def versioned_name_of_module(module: ModuleType) -> str | None:
    """Return the versioned name of an environment's module; None for one that everybody finds by its plain name."""
    home = ownership.environment_of_module(module)
    return None if home is None else versioned_names.of(home, module.__name__)


def reduce_module(module: ModuleType, reducer: Callable[[Any], Any], calling: Environment) -> Any:
    """Return what *module* reduces to, where *reducer* is the pickler's own for modules.

    A pickler that was told to write a module by value (``cloudpickle.register_pickle_by_value``) does so. But one
    that does because the pickler's environment has not got that module is wrong: *calling* sees another one.
    """
    versioned_name = versioned_name_of_module(module)
    if versioned_name is None:
        return reducer(module)
    if calling.owners[module.__name__] is ownership.environment_of_module(module):
        reduced = reducer(module)
        if type(reduced) is not tuple or reduced[1] != (module.__name__,):
            return reduced
    return builds.importing(versioned_name)


def name_writer(function: FunctionType, arguments: Any) -> None:
    """Let the globals that a function gets in the pickle name its environment.

    :param arguments: what it is made from: ``types.FunctionType``'s arguments, as all picklers have them (cloudpickle's
        ``_make_function``, dill's ``_create_function``). Globals that several functions share are written with the
        first of them.
    """
    if type(arguments) is not tuple or len(arguments) < 2 or type(arguments[0]) is not CodeType:
        return
    names = arguments[1]
    if type(names) is dict and names is not function.__globals__:
        writer = frames.writer_of(function)
        if writer is not None:
            names[frames.WRITTEN_BY] = "" if writer.is_application else writer.name
            if known.build:
                names[_BUILD] = builds.Token()
