"""The submodule of D."""

from . import __version__


def wat() -> str:
    return f"D.d {__version__}"
