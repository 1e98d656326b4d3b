"""The values that the input files become; everything after the config step works on these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class DirectRequirement:
    """One entry of the project's own dependencies, with what `[tool.mvenv.constraints]` says of it."""

    text: str
    """The entry as written, a PEP 508 requirement that is known to parse."""
    name: str
    """Canonical distribution name (`packaging.utils.canonicalize_name`)."""
    entry: str
    """Where it is written: `project.dependencies[3]`."""
    constraints: tuple[str, ...]
    """Extra bounds: PEP 508 texts that limit a version and require nothing."""
    additions: tuple[str, ...]
    """Extra requirements: PEP 508 texts (written with a leading `+`, which is removed here)."""


@dataclass(frozen=True, slots=True)
class Project:
    """One pyproject.toml, checked."""

    root: Path
    """Absolute folder of pyproject.toml, symbolic links resolved."""
    name: str
    """`[project].name` as written."""
    version: str
    """`[project].version` as written, `0` if it is absent or dynamic."""
    requires_python: str
    """`[project].requires-python`, a valid specifier set; empty if absent."""
    requirements: tuple[DirectRequirement, ...]
    """All entries in the order written, whatever their markers say."""
    python: str | None
    """`[tool.mvenv].python`: which interpreter the user asks for."""
    exclude_newer: str | None
    """`[tool.mvenv].exclude-newer`: a date or an RFC 3339 timestamp."""
    uv_sources: Mapping[str, Any]
    """`[tool.uv.sources]`: canonical name to table (or list of tables), with paths made absolute."""
    uv_indexes: tuple[Mapping[str, Any], ...]
    """`[[tool.uv.index]]` as written."""

    @property
    def pyproject(self) -> Path:
        """The file this project was read from."""
        return self.root / "pyproject.toml"
