"""The error of a name that a built project does not hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError

if TYPE_CHECKING:
    from orchestrator.reports.graph.built import BuiltProject


def unknown_name(name: str, project: BuiltProject) -> MvenvError:
    """Return the error for a *name* that :meth:`orchestrator.reports.graph.built.BuiltProject.meant` does not know."""
    from orchestrator.config.faults import did_you_mean, quote

    if name.partition(".")[0] in sys.stdlib_module_names:
        return MvenvError(
            f"{quote(name)} belongs to Python's standard library, of which everybody sees one copy",
            hints=("ask about a distribution, or about what is imported from one",),
        )
    return MvenvError(
        f"the project holds nothing called {quote(name)}",
        causes=("neither a distribution nor an import name of those that the last build installed",),
        hints=(did_you_mean(name, project.known_names(), otherwise="it holds"),),
    )
