"""Names of files that both packages know."""

from __future__ import annotations

from orchestrator.system import names
from runtime_shim.model import import_map


def test_both_sides_mean_the_same_files() -> None:
    """`mvenv run` is too quick to import the shim for them."""
    assert names.OVERRIDES == import_map.OVERRIDES
    assert names.DEFAULTS == import_map.DEFAULTS
    assert names.IMPORT_MAP == import_map.FILE
