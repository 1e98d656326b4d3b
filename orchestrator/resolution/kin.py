"""Distributions that belong together although neither requires the other."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Kin(NamedTuple):
    """One distribution and another that it means something to."""

    name: str
    """The plug-in, or what can be there: canonical name."""
    host: str
    """What reads the plug-in's entry points, or can use it: canonical name."""
    kind: Literal["extends", "optional"]
    """``extends``: it has entry points that the host reads. ``optional``: the host requires it for an extra."""
