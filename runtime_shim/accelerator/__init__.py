"""The optional accelerator: who asks for a module, and the comparison of keys, in C (``_caller.c``).

It decides what is common, and leaves the rest to the Python code, which is the specification of both and all there is
where the accelerator is not: it was not compiled, it is switched off (``MVENV_NO_ACCELERATOR``), this is a
free-threaded Python, or one whose code objects are not as expected. Nothing else changes: the tests of the shim run
with it and without.

It is compiled for the limited API of 3.11 (PEP 384), so one file serves every later Python of the system it was built
on; on another system it cannot be loaded, which is as if it were not there.
"""

from __future__ import annotations

import opcode
import os
from _frozen_importlib import ModuleSpec, module_from_spec
from _frozen_importlib_external import EXTENSION_SUFFIXES, ExtensionFileLoader

from runtime_shim.model.inspection import FREE_THREADED

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any, TypeVar

    _Value = TypeVar("_Value")

OFF = "MVENV_NO_ACCELERATOR"
"""The environment variable that switches it off, if it is not empty."""

IMPORT_OPERATIONS = frozenset(
    opcode.opmap[name] for name in ("IMPORT_NAME", "IMPORT_FROM", "IMPORT_STAR") if name in opcode.opmap
)
"""The instructions of import statements."""

_SUFFIX = ".abi3.so"


class _Sample:
    """Has code that never runs, whose name, qualified name and file are different strings."""

    def sample(self) -> None:
        """Nothing: what is compiled into it is looked at."""
        import os  # noqa: F401


def _load() -> Any:
    path = os.path.join(os.path.dirname(__file__), f"_caller{_SUFFIX}")
    if os.environ.get(OFF) or FREE_THREADED or _SUFFIX not in EXTENSION_SUFFIXES or not os.path.exists(path):
        return None
    # Not by an import statement: at this moment the finders that there are would look for more than a file.
    loader = ExtensionFileLoader(f"{__name__}._caller", path)
    try:
        module: Any = module_from_spec(ModuleSpec(loader.name, loader, origin=path))
        loader.exec_module(module)
        module.learn(_Sample.sample.__code__, bytes(IMPORT_OPERATIONS))
    except (ImportError, RuntimeError):  # of another system; code objects are not as expected
        return None
    return module


extension: Any = _load()
"""The module in C, None where there is none."""


class Watched(dict[str, "_Value"]):
    """A dict by file names: the accelerator remembers what it has seen there, and hears of what is no longer right."""

    # Everything in :mod:`runtime_shim.caller.files` that changes a value comes by here; nothing else does.
    def __setitem__(self, name: str, value: _Value) -> None:
        is_new = name not in self
        dict.__setitem__(self, name, value)
        if not is_new:
            extension.forget_files()

    def update(self, others: Any) -> None:  # type: ignore[override]
        """Set several names."""
        dict.update(self, others)
        extension.forget_files()

    def pop(self, name: str, *default: Any) -> Any:
        """Remove a name, which may come back with another value."""
        value = dict.pop(self, name, *default)
        extension.forget_files()
        return value

    def clear(self) -> None:
        """Remove all names."""
        dict.clear(self)
        extension.forget_files()


def watched() -> dict[str, Any]:
    """Return an empty dict, whose changes the accelerator hears of if there is one."""
    return {} if extension is None else Watched()
