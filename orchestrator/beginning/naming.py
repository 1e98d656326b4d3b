"""The name of a project that begins."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name, is_normalized_name

from orchestrator.errors import UsageError


def normalized_name(name: str) -> str:
    """Return a text as the name of a distribution (PEP 508): ``My App`` is ``my-app``.

    :raises UsageError: there is nothing in it that such a name could have.
    """
    normalized = canonicalize_name(re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-_."))
    if not is_normalized_name(normalized):
        raise UsageError(f"{name!r} is no name for a project", hints=("say one: `mvenv init --name NAME`",))
    return normalized
