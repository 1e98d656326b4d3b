"""A imports B by its name, C through its own submodule a, and D through B and through C."""

__version__ = "1.1.1"

import d_d_r_versioned_B as B
from d_d_r_versioned_B import D as BD
from d_d_r_versioned_B import b
from d_d_r_versioned_B import d as Bd
from d_d_r_versioned_C import D as CD
from d_d_r_versioned_C import d as Cd

from . import a
from .a import C, c


def wat() -> str:
    return f"A {__version__}"


def wats() -> list[str]:
    """Ask every module that A can reach who it is."""
    return [wat(), a.wat(), B.wat(), b.wat(), C.wat(), c.wat(), BD.wat(), Bd.wat(), CD.wat(), Cd.wat()]
