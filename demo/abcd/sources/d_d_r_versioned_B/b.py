"""The submodule of B."""

from . import __version__


def wat() -> str:
    return f"B.b {__version__}"
