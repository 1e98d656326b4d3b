"""Whether the imports that compiled code makes can be told apart with an interpreter, as the shim itself finds out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.system import child_environment, children

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS = 60
_CHILD = """
import runtime_shim
runtime_shim._started_runtime()
from runtime_shim.caller import c_stack
print(c_stack.obstacle())
"""


def obstacle(python: Path, root: Path) -> str:
    """Return why not, in words for people; empty if they can.

    :param python: an environment's interpreter that has the shim.
    :param root: the project's folder.
    """
    command = [str(python), "-P", "-W", "ignore", "-c", _CHILD]
    ended = children.run(command, cwd=root, environment=child_environment.chosen(), seconds=_SECONDS)
    return ended.stdout.strip() if ended.code == 0 else ""


def warning(reason: str) -> str:
    """Say what it means that the reason stands in the way."""
    return (
        "imports that compiled code makes by itself are taken for those of the Python code that calls it, since "
        f"{reason}; "
        "where versions of compiled packages differ, one may get the other's modules (docs/limits.md, Where it runs)"
    )
