"""Arrays of TOML, made at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tomlkit.items import Array


def toml_array(values: Iterable[Any]) -> Array:
    """Return an array of values for tomlkit, in time that grows as they do.

    ``Array.append`` counts all entries anew for each, and so does what tomlkit makes of a list.
    """
    array = tomlkit.array()
    array.add_line(*values, indent="", newline=False)
    return array
