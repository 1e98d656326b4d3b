"""Warnings of names in settings and overrides that nothing in the project has: slips of the pen, mostly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.config.faults import did_you_mean
from orchestrator.pipeline.answer import idle_overrides
from orchestrator.system.names import OVERRIDES

if TYPE_CHECKING:
    from orchestrator.pipeline.inputs import BuildInputs
    from orchestrator.resolution.outcome import Groups
    from runtime_shim.overrides.rules import Rule


def unmet(inputs: BuildInputs, groups: Groups) -> tuple[str, ...]:
    """Return a sentence for each name in `isolate`, and for each override, that nothing here has."""
    there = sorted({name for group in groups.groups for name in group.resolution.pins})
    isolated = tuple(
        f"`[tool.mvenv] isolate` names `{name}`, which nothing here is or requires; "
        f"{did_you_mean(name, there, otherwise='there are')}"
        for name in inputs.project.isolate
        if name not in there
    )
    return (*isolated, *unmet_overrides(inputs, groups))


def unmet_overrides(inputs: BuildInputs, groups: Groups) -> tuple[str, ...]:
    """Return a sentence for each override that names a release which nothing here is."""
    return tuple(_idle(rule, groups) for rule in idle_overrides(inputs, groups))


def _idle(rule: Rule, groups: Groups) -> str:
    """Say which of the importers is not there."""
    pins = [pin for group in groups.groups for pin in group.resolution.pins.items()]
    for name, version in rule.path:
        here = sorted({pin.version for found, pin in pins if found == name})
        if version not in here:
            known = f"{name} is here in {' and '.join(here)}" if here else f"no {name} is here"
            return f"`{OVERRIDES}`: `{rule}` changes nothing: {known}"
    return f"`{OVERRIDES}`: `{rule}` changes nothing"
