"""The submodule of A that imports C."""

import d_d_r_versioned_C as C
from d_d_r_versioned_C import c

from . import __version__


def wat() -> str:
    return f"A.a {__version__}"
