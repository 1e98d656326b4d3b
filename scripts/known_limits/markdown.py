"""The tables of docs/limits.md, made from the same values as the warnings of a build, and docs/native-state.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from known_limits.general import GENERAL
from known_limits.native_state import NATIVE
from orchestrator.limits.particular import PARTICULAR

if TYPE_CHECKING:
    from collections.abc import Iterable

BEGIN, END = "<!-- known limits: begin -->", "<!-- known limits: end -->"


def tables() -> str:
    """Return both tables, for what stands between :data:`BEGIN` and :data:`END`."""
    everybody = (
        ("of which a process has one", "what you see", "what to do"),
        *((limit.what, limit.symptom, limit.remedy) for limit in GENERAL),
    )
    some = (
        ("two copies of", "share", "what you see", "what to do", "seen with"),
        *(
            (
                ", ".join(f"`{name}`" for name in limit.distributions),
                limit.what,
                limit.symptom,
                limit.remedy,
                "; ".join(limit.seen_with),
            )
            for limit in PARTICULAR
        ),
    )
    return f"{_table(everybody)}\n\n`mvenv build` warns when it installs two copies of one of these:\n\n{_table(some)}"


def native_page() -> str:
    """Return docs/native-state.md."""
    rows = (
        ("what compiled packages share", "where", "two versions get", "by", "shown by"),
        *((each.what, each.where, each.answer, each.by or "-", each.test) for each in NATIVE),
    )
    return (
        "# What compiled packages keep in a process, and what becomes of it with two versions\n\n"
        "Extension modules meet by names and places of their own, beside Python's imports. One row for each way.\n"
        "Made by `scripts/known-limits`.\n\n"
        f"{_table(rows)}\n"
    )


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    rule = f"|{'---|' * (head.count(' | ') + 1)}"
    return "\n".join([head, rule, *body])
