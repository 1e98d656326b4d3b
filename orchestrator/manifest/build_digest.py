"""What tells one build of a project from another, wherever it was made."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.resolution.outcome import Groups

_LENGTH = 12


def build_digest(groups: Groups) -> str:
    """Return a digest of the versions that the lock holds: the same with `--no-dev`, in another folder, after a move.

    :param groups: those of the whole project.
    """
    pins = sorted(
        sorted(f"{name}=={pin.version}" for name, pin in group.resolution.pins.items())
        for group in groups.groups
    )
    return hashlib.sha256(json.dumps(pins).encode()).hexdigest()[:_LENGTH]
