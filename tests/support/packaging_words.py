"""What packaging says: its words differ between versions, and mvenv passes them on."""

from __future__ import annotations

import pytest
from packaging.requirements import InvalidRequirement, Requirement


def reason_of_packaging(text: str) -> str:
    """Give the reason why the installed packaging refuses a requirement: the first line of its error."""
    with pytest.raises(InvalidRequirement) as caught:
        Requirement(text)
    return str(caught.value).split("\n")[0]
