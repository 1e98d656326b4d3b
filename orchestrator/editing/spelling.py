"""How a name is spelled where it is written already: in a file it stays as people have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.editing import toml

if TYPE_CHECKING:
    from orchestrator.config.location import KeyPath


def spelled(text: str, table: KeyPath, name: str) -> str | None:
    """Return the key of a table that means *name*, None if there is none.

    :param text: a pyproject.toml.
    :param name: of a distribution, an alias, a dependency group or an extra, in any spelling.
    """
    written = toml.value_at(toml.read(text), table)
    keys = written if isinstance(written, dict) else ()
    return next((key for key in keys if canonicalize_name(key) == canonicalize_name(name)), None)
