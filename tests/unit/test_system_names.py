from __future__ import annotations

from orchestrator.system import names
from runtime_shim.overrides import FILE


def test_both_sides_mean_the_same_file() -> None:
    """`mvenv run` is too quick to import the shim for it."""
    assert names.OVERRIDES == FILE
