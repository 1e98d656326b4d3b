"""The commonest search of a first import: a module's source file in its package's only folder.

``PathFinder`` asks the ``FileFinder`` of each folder, which tries every suffix, and what they return is made into
something of the environment's. All of that is Python code, and much of what a first import costs besides the module's
own. Here the same is looked up in what that ``FileFinder`` knows of its folder already, and the environment's spec is
made at once. Wherever anything is not as usual (a package, an extension module, a folder that has changed, somebody's
own finder or loader, a patched method), nothing is said, and the ordinary way is gone.
"""

from __future__ import annotations

import importlib._bootstrap_external as bootstrap_external
import os
import sys
from _stat import S_ISREG  # stat's, in C
from importlib.machinery import EXTENSION_SUFFIXES, FileFinder, PathFinder

from runtime_shim.caller.files import code_files
from runtime_shim.loading import loaders
from runtime_shim.views import meta_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from typing import Any

    from runtime_shim.model.environment import Environment

_private: Any = bootstrap_external
# What a FileFinder of the interpreter's own tries, in this order: (suffix, loader).
_USUAL_LOADERS = [
    (suffix, loader)
    for loader, suffixes in _private._get_supported_file_loaders()  # noqa: SLF001 - there is no other way to know
    for suffix in suffixes
]
_relaxes_case = _private._relax_case  # noqa: SLF001 - what PYTHONCASEOK means where case is ignored
_IN_FOLDER, _ON_PATH = vars(FileFinder), vars(PathFinder)
_USUAL = _IN_FOLDER["find_spec"], _ON_PATH["find_spec"]
# What precedes a source file of the same module: a package's folder, and extension modules.
_BEFORE = ("", *EXTENSION_SUFFIXES)


def find(name: str, entry: str, owner: Environment, *, is_imported: bool) -> ModuleSpec | None:
    """Return the spec of *owner*'s module in the folder *entry*; None if it takes more to tell.

    :param is_imported: whether the spec will be used at once, so that the loader need not look at the file again.
    """
    known = sys.path_importer_cache.get(entry)
    if type(known) is not FileFinder or (_IN_FOLDER.get("find_spec"), _ON_PATH.get("find_spec")) != _USUAL:
        return None
    finder: Any = known
    # In this order: another thread that looks anew sets the contents first (`find_spec` of CPython's FileFinder).
    looked, contents = finder._path_mtime, finder._path_cache  # noqa: SLF001 - as above
    tail = name[name.rindex(".") + 1 :]
    file = f"{tail}.py"
    if file not in contents or not contents.isdisjoint([tail + suffix for suffix in _BEFORE]):
        return None
    path = f"{finder.path}{os.sep}{file}"
    try:
        is_as_it_was, status = os.stat(finder.path).st_mtime == looked, os.stat(path)
    except OSError:
        return None
    if (
        not is_as_it_was
        or not S_ISREG(status.st_mode)
        or finder._loaders != _USUAL_LOADERS  # noqa: SLF001 - as above
        or _relaxes_case()
        or not meta_path.has_hooks_last()
        or code_files.owners_of(path) is not owner.owners
    ):
        return None
    return loaders.spec_of_source(name, path, owner, status if is_imported else None)
