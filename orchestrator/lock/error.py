"""What is wrong with a lock."""

from __future__ import annotations

from orchestrator.errors import MvenvError


class LockError(MvenvError):
    """``mvenv.lock`` is missing, cannot be read, or is not what the project asks for."""
