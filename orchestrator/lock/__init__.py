"""``mvenv.lock``: what was resolved and learned once, so that every later build makes the same.

Values (`model`), their TOML form (`form`, `text`), what they depend on (`inputs`), and what uv says of the files
(`hashes`). No module here decides anything about groups.
"""

from __future__ import annotations

from orchestrator.system.names import LOCK as FILE

__all__ = ["FILE"]
