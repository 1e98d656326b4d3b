"""Which versions direct requirements are going to have, before anything is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.pipeline.answer import resolve
from orchestrator.pipeline.inputs import read_inputs
from orchestrator.state.record import read_record
from orchestrator.system import interruption
from orchestrator.uv.run import builds_told_to, network_use

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.config.request import Request
    from orchestrator.system.console import Reporter


def chosen_versions(pyproject: Path, request: Request, reporter: Reporter) -> dict[str, str]:
    """Return canonical name → version of the direct requirements of the project of *pyproject*.

    :raises MvenvError: there is no answer.
    """
    interruption.if_ended_now("what was there before is as it was")
    with reporter.progress(), network_use(request), builds_told_to(reporter):
        inputs = read_inputs(pyproject, request, read_record(pyproject.parent))
        known = inputs.knowledge()
        groups = inputs.of_selected(resolve(inputs, known, reporter), known).groups
    return {
        name: group.resolution.pins[name].version
        for group in groups
        for name in group.direct
        if name in group.resolution.pins
    }
