"""The submodule of C."""

from . import __version__


def wat() -> str:
    return f"C.c {__version__}"
