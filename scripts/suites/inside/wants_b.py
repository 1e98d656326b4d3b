"""Becomes the package ``wants_b``: loads the sibling version in its own environment."""

from __future__ import annotations

import importlib
import importlib.metadata


def load(library: str, modules: list[str], between: list[str]) -> dict[str, object]:
    """Import *modules* and return what this environment sees: versions, and the file of the first module."""
    loaded = [importlib.import_module(module) for module in modules]
    return {
        "sibling": importlib.metadata.version(library),
        "file": loaded[0].__file__ or str(list(loaded[0].__path__)),
        "between": {name: importlib.metadata.version(name) for name in between},
    }
