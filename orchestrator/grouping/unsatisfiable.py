"""The error for requirements that cannot be installed even alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import ResolutionError

if TYPE_CHECKING:
    from orchestrator.grouping.oracle import Verdict


class Unsatisfiable(ResolutionError):  # noqa: N818 -- the term of the field, and a verdict rather than a fault
    """Some requirements are unsatisfiable by themselves, so no partition can hold them.

    Grouping knows requirements by index only; who knows their names should catch this and say them.

    :param failures: each such requirement's index with its verdict, by index; never empty.
    """

    def __init__(self, failures: tuple[tuple[int, Verdict], ...]) -> None:
        many = len(failures) > 1
        super().__init__(
            f"{len(failures)} requirements cannot be installed even alone"
            if many
            else "a requirement cannot be installed even alone",
            causes=tuple(
                f"requirement number {index + 1}: {verdict.reason or 'no versions satisfy it'}"
                for index, verdict in failures
            ),
        )
        self.failures = failures

    @property
    def index(self) -> int:
        """The first of the unsatisfiable requirements."""
        return self.failures[0][0]

    @property
    def verdict(self) -> Verdict:
        """The oracle's verdict on the first of them."""
        return self.failures[0][1]

    def __reduce__(self) -> tuple[type[Unsatisfiable], tuple[tuple[tuple[int, Verdict], ...]]]:
        return type(self), (self.failures,)
