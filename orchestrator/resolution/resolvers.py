"""The resolvers of one command: what has been asked in one search is not asked again in the next.

Installing teaches, and a build may search again with what it has learned. Most of the questions are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.resolution.resolver import Resolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.config.model import Project
    from orchestrator.uv.interpreter import Interpreter
    from runtime_shim.overrides.rules import Rule


class Resolvers:
    """Those that have been made."""

    def __init__(self) -> None:
        self._made: list[
            Resolver
        ] = []  # by equality: a project has no hash, and there are hardly more than two

    def of(self, project: Project, interpreter: Interpreter, rules: Sequence[Rule] = ()) -> Resolver:
        """Return the resolver for a project, an interpreter and overrides, with all that it remembers."""
        found = next((each for each in self._made if each.is_for(project, interpreter, rules)), None)
        if found is None:
            found = Resolver(project, interpreter, rules)
            self._made.append(found)
        return found
