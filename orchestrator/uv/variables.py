"""An environment variable whose value uv refuses: it is no requirement's fault."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.config.faults import quote
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

# How uv words it. It reads most of its variables as the options that they are named after, and tells of those.
_OF_OPTION = re.compile(
    r"^error: invalid value '(?P<value>[^\n]*)' for '(?P<option>--[a-z-]+)[^'\n]*'(?:: (?P<reason>[^\n]+))?"
    r"(?:\n\s*\[(?P<possible>possible values: [^\]\n]+)\])?",
    re.MULTILINE,
)
_OF_VARIABLE = re.compile(
    r"^error: Failed to parse environment variable `(?P<name>\w+)` with invalid value `(?P<value>[^\n]*?)`: "
    r"(?P<reason>[^\n]+)",
    re.MULTILINE,
)


def refused(stderr: str, environment: Mapping[str, str]) -> ConfigError | None:
    """Return the error for a variable that uv, by its words, does not take; None if it says nothing like that.

    :param environment: the variables that uv has had.
    """
    found = _OF_VARIABLE.search(stderr)
    if found is not None:
        return _error(found["name"], found["value"], found["reason"])
    found = _OF_OPTION.search(stderr)
    if found is None:
        return None
    name = "UV_" + found["option"].removeprefix("--").replace("-", "_").upper()
    value = environment.get(name, "")
    if found["value"] not in (value, *value.split()):  # some are lists
        return None
    return _error(name, found["value"], found["possible"] or found["reason"] or "uv does not know it")


def _error(name: str, value: str, reason: str) -> ConfigError:
    return ConfigError(
        f"the environment variable `{name}` has a value that uv does not take",
        causes=(f"{quote(value)}: {reason}",),
        hints=(f"unset it, or set it to something else: `unset {name}`",),
    )
