"""The environment variables of the commands that mvenv runs itself: chosen, so that a build is the same anywhere.

What a build back end needs no list can name (``CC``, ``CMAKE_ARGS``, ``SETUPTOOLS_SCM_PRETEND_VERSION``, a proxy), so
everything stays but what the tools beneath take for settings of their own. mvenv tells these itself what it wants; uv's
variables are the exception, they are the user's way to tell uv.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Settings of the interpreter (its documentation, "Command line and environment"), of virtualenv and of pip, and the
# virtual environment that happens to be active.
_PREFIXES = ("PYTHON", "VIRTUALENV_", "PIP_", "PATCHELF_")
_NAMES = frozenset(
    {
        "VIRTUAL_ENV",
        "VIRTUAL_ENV_PROMPT",
        "__PYVENV_LAUNCHER__",  # of macOS: the interpreter would take the place of another
        "RUST_BACKTRACE",
        "RUST_LOG",
        "RUST_LOG_STYLE",
        # Whose view the process has that runs mvenv is none of its children's.
        "MVENV_STARTED_BY",
        "MVENV_PICKLES",
        # Nobody's who only builds something.
        "MVENV_REMOTE_ENVIRONMENT_CACHE_SECRET",
    }
)
# Where the interpreter puts compiled modules, and whether: a wish about the disk, which changes nothing that is built.
# Which compiler the interpreter runs with, which a build says what it means for (``PYTHON_JIT``). And where virtualenv
# keeps what it has learnt of interpreters.
_KEPT = frozenset(
    {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHON_JIT", "VIRTUALENV_OVERRIDE_APP_DATA"}
)


def chosen(own: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment variables of a child.

    :param own: those of this process.
    """
    return {name: value for name, value in own.items() if name in _KEPT or not _is_a_tools(name)}


def _is_a_tools(name: str) -> bool:
    return name in _NAMES or name.startswith(_PREFIXES)
