"""Pickles of earlier builds: a version that was replaced by a compatible one is read with that.

Only pickles are read so. ``import_module("lib@2.0.3")`` in a program means this version and no other. The two are told
apart where a pickle's globals are looked up: an unpickler asks its ``find_class`` for every one of them
(``load_global`` and ``load_stack_global`` in CPython's Modules/_pickle.c and Lib/pickle.py), and is given, for
``importlib.import_module``, a function that does the same and is lenient. So what a pickle consists of stays as it was,
for readers without mvenv and for pickles that exist.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import sys
from operator import attrgetter

from runtime_shim.caller import frames
from runtime_shim.caller.acting import act_for
from runtime_shim.crossing import builds
from runtime_shim.crossing.by_value import Module
from runtime_shim.loading import versioned_names
from runtime_shim.model.import_map import SHIM_FOLDER

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Any

VARIABLE = "MVENV_PICKLES"
EXACT = "exact"


class PickleVersionWarning(UserWarning):
    """A pickle was read with another version than it names, because that one is no longer installed."""


class _Exact:
    """Whether a pickle's versions must be there: how many contexts of :func:`exact_pickles` last."""

    depth = 0


# What people have been told already.
_told: set[tuple[str, str]] = set()


@contextlib.contextmanager
def exact_pickles() -> Iterator[None]:
    """Read pickles with the very versions that they name while the context lasts (in all threads).

    A version that is not installed is a ``ModuleNotFoundError`` then. ``MVENV_PICKLES=exact`` in the environment asks
    for the same for a whole process.
    """
    _Exact.depth += 1
    try:
        yield
    finally:
        _Exact.depth -= 1


class _ImportModule:
    """``importlib.import_module`` as a pickle calls it. Equal to it, and pickled as it."""

    def __init__(self) -> None:
        functools.update_wrapper(self, importlib.import_module)

    def __call__(self, name: str, package: str | None = None) -> ModuleType:
        news = builds.news(package)
        if news is not None:
            _warn(news, builds.OtherBuildWarning)
        if type(name) is str and "@" in name:
            return read_module(name)
        return importlib.import_module(name, package)

    def __eq__(self, other: object) -> bool:
        return other is importlib.import_module or other is self

    def __hash__(self) -> int:
        return hash(importlib.import_module)

    def __reduce__(self) -> tuple[Any, ...]:
        return attrgetter("import_module"), (Module("importlib"),)


_import_module = _ImportModule()


def read_module(versioned_name: str) -> ModuleType:
    """Return the module that a pickle names, or that of a compatible version if that one isn't there.

    :raises ModuleNotFoundError: if none is.
    """
    if versioned_name in sys.modules:
        return importlib.import_module(versioned_name)
    there = versioned_names.resolve(versioned_name)
    exact = _Exact.depth > 0 or os.environ.get(VARIABLE) == EXACT
    if there is not None or exact:
        try:
            return importlib.import_module(versioned_name)
        except ModuleNotFoundError:
            # `lib@2.0.3.post1` is taken for a module of `lib@2.0.3`, as long as there is one.
            part = "" if there is None else f"{there[1]}.".split(".")[1].rstrip("0123456789")
            if exact or part not in ("post", "dev"):
                raise
    from runtime_shim.loading import nearest_version  # for pickles of earlier builds

    written = nearest_version.parse(versioned_name)
    if written is None:
        return importlib.import_module(versioned_name)
    reader = frames.find(sys._getframe(1))
    found = nearest_version.nearest(written, reader)
    if found is None:
        others = nearest_version.installed(written, reader)
        raise ModuleNotFoundError(_not_there(versioned_name, written.version, others), name=versioned_name)
    if found.version != written.version:
        _tell(f"{written.top}@{written.version}", f"{found.distribution} {found.version}")
    return act_for(found.environment, importlib.import_module, written.module_name)  # type: ignore[no-any-return]


def _not_there(versioned_name: str, version: str, there: list[Any]) -> str:
    if not there:
        return f"No module named {versioned_name!r}: nothing that is installed here provides it"
    named = versioned_names.nobody_has(versioned_name.partition("@")[0], versioned_name)
    if named is not None:
        return f"{named}; the pickle was written with {version}, and none of these is compatible with it"
    versions = ", ".join(sorted({f"{one.distribution} {one.version}" for one in there}))
    return f"No module named {versioned_name!r}: what is installed here is {versions}, which is not compatible with it"


def _tell(written: str, instead: str) -> None:
    if (written, instead) in _told:
        return
    _warn(
        f"a pickle names {written}, which is no longer installed: it is read with {instead}",
        PickleVersionWarning,
    )
    _told.add((written, instead))


def _warn(text: str, kind: type[Warning]) -> None:
    import warnings  # for pickles of other builds

    # The level of whoever reads the pickle: above the frames of this package and of pickle.
    own, pickle = os.path.join(SHIM_FOLDER, ""), getattr(sys.modules.get("pickle"), "__file__", None)
    level, frame = 1, sys._getframe().f_back
    while frame is not None:
        level += 1
        file = frame.f_code.co_filename
        if file != pickle and not file.startswith(own):
            break
        frame = frame.f_back
    warnings.warn(text, kind, stacklevel=level)


def find_class_with(original: Callable[[Any, str, str], Any]) -> Callable[[Any, str, str], Any]:
    """Return an unpickler's ``find_class`` that is lenient about versions."""

    # Called for every global in every pickle.
    @functools.wraps(original)
    def find_class(self: Any, module_name: str, global_name: str, /) -> Any:
        if module_name == "importlib" and global_name == "import_module":
            sys.audit("pickle.find_class", module_name, global_name)  # as the original does
            return _import_module
        if "@" in module_name:
            sys.audit("pickle.find_class", module_name, global_name)
            module = read_module(module_name)
            for part in global_name.split("."):
                module = getattr(module, part)
            return module
        return original(self, module_name, global_name)

    return find_class
