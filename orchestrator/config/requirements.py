"""The direct requirements: `project.dependencies`, and which of them hold for a Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

from orchestrator.config.entries import Entry, read_entries
from orchestrator.config.faults import Fault, quote, wrong_type
from orchestrator.config.location import printable
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import DirectRequirement

DEPENDENCIES = ("project", "dependencies")


def read_dependencies(project: Mapping[str, Any], faults: list[Fault]) -> tuple[Entry, ...] | None:
    """Read `project.dependencies`; None if the file does not say what they are.

    :param project: the `[project]` table.
    """
    dynamic = project.get("dynamic", [])
    if not isinstance(dynamic, list):
        faults.append(wrong_type(("project", "dynamic"), "a list of strings", dynamic))
    elif "dependencies" in dynamic:
        faults.append(
            Fault(
                ("project", "dynamic", dynamic.index("dependencies")),
                "`dependencies` is dynamic, so pyproject.toml does not say what the project requires",
                hints=("move the requirements to `project.dependencies`, and delete `dependencies` here",),
            )
        )
        return None
    written = project.get("dependencies", [])
    entries = read_entries(written, DEPENDENCIES, faults)
    return entries if isinstance(written, list) else None


def applicable(
    requirements: Iterable[DirectRequirement], environment: Mapping[str, str]
) -> tuple[DirectRequirement, ...]:
    """Drop the requirements whose environment marker is false.

    :param environment: marker variables of the target Python; what it leaves out is that of the running one
        (`packaging.markers.default_environment`).
    :raises ConfigError: a marker compares what cannot be compared, such as `os_name ~= "posix"`.
    """
    return tuple(requirement for requirement in requirements if _applies(requirement, environment))


def _applies(requirement: DirectRequirement, environment: Mapping[str, str]) -> bool:
    marker = requirement.parsed.marker
    try:
        return marker is None or marker.evaluate(dict(environment))
    except (UndefinedComparison, UndefinedEnvironmentName) as error:
        raise ConfigError(
            f"the environment marker of {quote(requirement.text)} has no answer",
            causes=(f"{requirement.entry}: {printable(str(error))}",),
        ) from error
