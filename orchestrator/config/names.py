"""The distribution that a requirement is about."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def name_of(requirement: str) -> str:
    """Return the canonical distribution name of a PEP 508 requirement that is known to parse."""
    return canonicalize_name(Requirement(requirement).name)
