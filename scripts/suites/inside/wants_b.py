"""Becomes the package ``wants_b``: loads the sibling version in its own environment."""

from __future__ import annotations

import importlib
import importlib.metadata


def load(library: str, modules: list[str]) -> tuple[str, str]:
    """Import *modules* and return (version of *library*, file of the first module) as this environment sees it."""
    loaded = [importlib.import_module(module) for module in modules]
    return importlib.metadata.version(library), loaded[0].__file__ or str(list(loaded[0].__path__))
