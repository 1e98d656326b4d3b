"""uv's "no" as a value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.uv import derivation, failure

if TYPE_CHECKING:
    from orchestrator.uv.derivation import Dependence, Derivation


@dataclass(frozen=True)
class Refusal:
    """uv found no resolution."""

    stderr: str
    kind: failure.Kind
    told: tuple[Dependence, ...] = ()
    """What uv's log says that releases depend on, and its explanation if nothing was missing for that."""

    @cached_property
    def proof(self) -> Derivation:
        """What uv says its refusal rests on."""
        return derivation.read(self.stderr)

    @property
    def is_about_versions(self) -> bool:
        """Whether no versions fit; otherwise the index, a build or a setting is at fault."""
        return self.kind in (failure.Kind.UNSATISFIABLE, failure.Kind.OFFLINE)
