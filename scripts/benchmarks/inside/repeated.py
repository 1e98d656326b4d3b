"""What an environment's code imports again and again: seconds for each form, measured in a module of `top_a`."""

# mypy: ignore-errors
from __future__ import annotations

import importlib
import sys

from .rounds import told


def isolated(count):
    """Import what this environment holds."""
    for _ in range(count):
        import bottom  # noqa: F401


def submodule(count):
    """Import a module of a package."""
    for _ in range(count):
        import bottom.part  # noqa: F401


def from_package(count):
    """Import a name of a module."""
    for _ in range(count):
        from bottom import value  # noqa: F401


def relative(count):
    """Import a neighbour."""
    for _ in range(count):
        from . import other  # noqa: F401


def relative_name(count):
    """Import a name of a neighbour."""
    for _ in range(count):
        from .other import value  # noqa: F401


def by_name(count):
    """Import by a call."""
    for _ in range(count):
        importlib.import_module("bottom")


def in_sys_modules(count):
    """Look the module up."""
    for _ in range(count):
        sys.modules["bottom"]


def standard(count):
    """Import of the standard library."""
    for _ in range(count):
        import json  # noqa: F401


def unversioned(count):
    """Import what is in one version for all."""
    for _ in range(count):
        import shared  # noqa: F401


def main():
    """Print the seconds of one of each, as JSON."""
    imports = (isolated, submodule, from_package, relative, relative_name, standard, unversioned)
    told((*imports, by_name, in_sys_modules), count=1000, rounds=50)
