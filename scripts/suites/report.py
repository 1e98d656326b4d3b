"""What a person reads of the results: the Markdown table, and the tests that differ. Works on their JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quantities import duration
from tables import row as _row
from tables import table as _table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COLUMNS = (
    "suite",
    "loaded beside",
    "tests",
    "passed / failed / skipped alone",
    "beside",
    "different",
    "time alone / beside",
)
FAILURES = ("failed", "error", "crashed")


def table(results: Iterable[Mapping[str, Any]]) -> str:
    """Return the Markdown table of counts."""
    return _table(COLUMNS, map(row, results))


def row(result: Mapping[str, Any]) -> str:
    """Return a suite's line of the table; errors and crashes count as failures."""
    runs = (result["runs"]["alone"], result["runs"]["beside"])
    different = str(len(result["different"]))
    return _row(
        [
            result["tested"],
            result["loaded"],
            str(result["tests"]),
            *(_counts(run["counts"]) for run in runs),
            f"**{different}**" if result["different"] or result["notes"] else different,
            " / ".join(duration(run["seconds"]) for run in runs),
        ]
    )


def details(result: Mapping[str, Any], limit: int = 20) -> str:
    """Return notes and the first *limit* differing tests, each with both outcomes."""
    name, different = result["suite"], result["different"]
    lines = [f"{name}: {note}" for note in result["notes"]]
    lines += [f"{name}: differed once, and not again: {test}" for test in result["flaky"][:limit]]
    for one in different[:limit]:
        lines.append(f"{name}: {one['test']}")
        lines += [
            f"  {side:7} {one[side]['outcome']} {one[side]['error']}".rstrip() for side in ("alone", "beside")
        ]
    if len(different) > limit:
        lines.append(f"{name}: {len(different) - limit} more")
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> str:
    failed = sum(counts.get(outcome, 0) for outcome in FAILURES)
    return f"{counts.get('passed', 0)} / {failed} / {counts.get('skipped', 0)}"
