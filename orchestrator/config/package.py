"""Whether the project itself is something to install: uv's rule, and what its installation is made from."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from orchestrator.config.faults import table_at, wrong_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.config.faults import Fault

BUILD_SYSTEM = "build-system"
_PACKAGE = "package"
# Their tables say nothing of how a project is built, and are edited every day.
_OF_OTHERS = frozenset(
    (
        *("mvenv", "uv", "basedpyright", "black", "coverage", "deptry", "isort", "mypy", "pylint", "pyrefly"),
        *("pyright", "pytest", "ruff", "tox", "ty"),
    )
)


def read_package(data: Mapping[str, Any], faults: list[Fault]) -> str:
    """Return a digest of all that an editable installation of the project is made from; empty if it is none.

    A project with a `[build-system]` is installed, and any that says `package = true` in `[tool.uv]`; none that says
    `package = false`, or to Poetry `package-mode = false`.
    """
    uv = table_at(data, ("tool", "uv"), faults) or {}
    poetry = table_at(data, ("tool", "poetry"), faults) or {}
    wanted = uv.get(_PACKAGE, BUILD_SYSTEM in data and poetry.get("package-mode") is not False)
    if not isinstance(wanted, bool):
        faults.append(wrong_type(("tool", "uv", _PACKAGE), "true or false", wanted))
        return ""
    if not wanted:
        return ""
    tools = table_at(data, ("tool",), faults) or {}
    described = {
        "project": data.get("project"),
        BUILD_SYSTEM: data.get(BUILD_SYSTEM),
        "tool": {name: table for name, table in tools.items() if name not in _OF_OTHERS},
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode()).hexdigest()
