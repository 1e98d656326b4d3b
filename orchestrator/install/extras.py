"""Which extras a requirement is for, by its marker (PEP 508)."""

from __future__ import annotations

import re

_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")


def extras_in(marker: str) -> list[str]:
    """Return the extras that a marker names: ``extra == "mail"``."""
    return _EXTRA.findall(marker)
