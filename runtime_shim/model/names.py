"""Names of distributions in the form that compares."""

from __future__ import annotations


def canonical(name: str) -> str:
    """Return a distribution's name in the form that compares (PEP 503)."""
    word = name.lower().replace("_", "-").replace(".", "-")
    while "--" in word:
        word = word.replace("--", "-")
    return word
