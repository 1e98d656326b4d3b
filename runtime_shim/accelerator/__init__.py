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

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any, TypeVar

    _Value = TypeVar("_Value")

OFF = "MVENV_NO_ACCELERATOR"
"""The environment variable that switches it off, if it is not empty."""

IMPORT_OPERATIONS = frozenset(
    opcode.opmap[name] for name in ("IMPORT_NAME", "IMPORT_FROM", "IMPORT_STAR") if name in opcode.opmap
)
"""The instructions of import statements."""

# Code that has never run, whose name, qualified name and file are different strings.
_SAMPLE = "class Outer:\n    def sample(self):\n        import os\n"


def _load() -> Any:
    if os.environ.get(OFF):
        return None
    try:
        from runtime_shim.accelerator import _caller
    except ImportError:
        return None
    try:
        _caller.learn(_function_in(compile(_SAMPLE, "<sample of mvenv>", "exec")), bytes(IMPORT_OPERATIONS))
    except RuntimeError:
        return None
    return _caller


def _function_in(code: CodeType) -> CodeType:
    """Return the innermost code object."""
    inner = [constant for constant in code.co_consts if hasattr(constant, "co_consts")]
    return _function_in(inner[0]) if inner else code


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

    def clear(self) -> None:
        """Remove all names."""
        dict.clear(self)
        extension.forget_files()


def watched() -> dict[str, Any]:
    """Return an empty dict, whose changes the accelerator hears of if there is one."""
    return {} if extension is None else Watched()
