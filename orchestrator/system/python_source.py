"""Reading the source of other people's modules, which may be anything."""

from __future__ import annotations

import ast
import warnings


def parsed(source: str | bytes) -> ast.Module | None:
    """Return the syntax tree of a module; None if it is no Python of this version, or nested deeper than it can read.

    CPython says that with a RecursionError (the tree) or a MemoryError (the parser).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the syntax: that is their authors' business
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
