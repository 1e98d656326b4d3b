"""The marks that all pictures and lists for people share, what they mean, and the colours of what they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

SEVERAL: Final = "!"
MINE: Final = "←"
_MEANING = {
    SEVERAL: "in several versions: `mvenv why NAME` tells of each",
    MINE: "what your code imports",
}

Paint: TypeAlias = "Callable[[str, str], str]"
"""Gives a text the colour of its role: title, environment, several, mine, reason."""


def NO_PAINT(text: str, _role: str) -> str:  # noqa: N802 - a constant that happens to be a function
    """Return the text without colours."""
    return text


def legend(*, several: bool = False, mine: bool = False, width: int = 2) -> list[str]:
    """Return what the marks mean that are used.

    :param width: of the column of marks.
    """
    used = {SEVERAL: several, MINE: mine}
    return [f"{mark:<{width}} {_MEANING[mark]}" for mark, is_used in used.items() if is_used]
