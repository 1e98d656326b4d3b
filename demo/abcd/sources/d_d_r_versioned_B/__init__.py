"""B imports D and its submodule d."""

__version__ = "1.1.1"

import d_d_r_versioned_D as D
from d_d_r_versioned_D import d


def wat() -> str:
    return f"B {__version__}"
