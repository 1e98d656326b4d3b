"""The pyproject.toml of a new project."""

from __future__ import annotations

import json
import re

from packaging.utils import canonicalize_name, is_normalized_name

from orchestrator.errors import UsageError

_OLDEST = "3.11"  # the oldest Python that mvenv knows


def new_project(name: str) -> str:
    """Return the text for a project of a name, which is made a distribution's (PEP 508): ``My App`` is ``my-app``.

    :raises UsageError: there is nothing in it that such a name could have.
    """
    normalized = canonicalize_name(re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-_."))
    if not is_normalized_name(normalized):
        raise UsageError(f"{name!r} is no name for a project", hints=("say one: `mvenv init --name NAME`",))
    return (
        f'[project]\nname = {json.dumps(normalized)}\nversion = "0.1.0"\n'
        f'requires-python = ">={_OLDEST}"\ndependencies = []\n'
    )
