"""The code that performs the steps of a random program on an environment's behalf.

This folder is copied into every environment, into the application and into the plain venvs, each time as part of
another package. So all its imports of itself are relative.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import importing, looking
from .carriers import call, carry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

    from .model import Step
    from .observations import Observer

OPERATIONS = {**importing.OPERATIONS, **looking.OPERATIONS}

__all__ = ["OPERATIONS", "call", "perform"]


def perform(step: Step, observer: Observer, agents: Mapping[str, ModuleType]) -> object:
    """Perform one step and return what it observed, as a value for JSON.

    :param step: `do`: the operation; `name`: its module; `via`: the ways through which it is called.
    """

    def action() -> object:
        try:
            return observer.describe(OPERATIONS[step["do"]](step, observer))
        except Exception as raised:  # noqa: BLE001 - whatever it is, it is an observation
            return observer.describe(raised)

    return carry(action, step.get("via", ()), agents)
