"""Names of distributions in the form that compares, and the one that the build side shares with the shim."""

from __future__ import annotations

STARTED_BY = "MVENV_STARTED_BY"
"""The environment variable that tells an interpreter whose view it has; it takes the variable out at its start."""
ASKED_FOR = "="
"""What precedes the view's name in it if a person has asked for that view, for whatever it is that runs."""


def canonical(name: str) -> str:
    """Return a distribution's name in the form that compares (PEP 503)."""
    word = name.lower().replace("_", "-").replace(".", "-")
    while "--" in word:
        word = word.replace("--", "-")
    return word
