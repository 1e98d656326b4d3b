"""What a person reads of the results: the table, what fails and how, and the page of the documentation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from pairs import at_once, catalogue
from pairs.runs import (
    CANNOT,
    FAILS_ALONE,
    NOT_BUILT,
    WORKS,
    WORKS_IN_TURN,
    WORKS_SEPARATED,
    separations,
    warnings,
)
from quantities import duration
from tables import row as _row
from tables import table as _table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLUMNS = ("distribution", "versions", "CPython", "outcome", "`mvenv build` says")
_FAIL = (WORKS_IN_TURN, CANNOT)
PAGE = """\
# Two versions of compiled packages in one process

<!-- made by `scripts/compatibility --markdown` -->

Every row is a project with two dependants that pin one version each. `mvenv build` built it, and processes of their
own imported and used both: the first, the second, then the first again; the other way round; both imported before
either is used, in both orders; and both at once, each in a thread of its own. Every use calls into native code and
checks the result, and works in an environment without mvenv's shim. What they do is in `scripts/pairs/catalogue.toml`.

| outcome | means | pairs |
|---|---|---|
| works | in all orders, the libraries as they were released | {works} |
| works after SONAME isolation | in all orders, after `mvenv build` gave libraries names of their own | {separated} |
| works in turn | as above, but not if two threads import the two for the first time at once; see below | {in_turn} |
| cannot | fails in some order; see below | {cannot} |

{count} pairs of versions of {distributions} distributions; {machine}.

The rows of the pairs that many threads import at once, below, and those of onnx, spaCy and TensorFlow are of later runs
than the others (2026-11-29).

{table}

{at_once}
## What fails

{failures}
"""


def page(results: Sequence[Mapping[str, Any]], machine: str) -> str:
    """Return the page of the documentation: of pairs that could be tried."""
    tried = [result for result in results if result["outcome"] not in (NOT_BUILT, FAILS_ALONE)]
    counts = Counter(result["outcome"] for result in tried)
    failures = [failure(result) for result in tried if result["outcome"] in _FAIL]
    return PAGE.format(
        works=counts[WORKS],
        separated=counts[WORKS_SEPARATED],
        in_turn=counts[WORKS_IN_TURN],
        cannot=counts[CANNOT],
        count=len(tried),
        distributions=len({result["distribution"] for result in tried}),
        machine=machine,
        table=table(tried),
        at_once=at_once.section(at_once.load(), catalogue.load()),
        failures="\n".join(failures) or "Nothing.",
    )


def table(results: Iterable[Mapping[str, Any]]) -> str:
    """Return the Markdown table."""
    return _table(COLUMNS, map(row, results))


def row(result: Mapping[str, Any]) -> str:
    """Return a pair's line of the table."""
    first, second = result["versions"]
    outcome = f"**{result['outcome']}**" if result["outcome"] in _FAIL else result["outcome"]
    told = [*dict.fromkeys(separations(result["said"])), *(f"warning: {text}" for text in _symptoms(result))]
    return _row(
        [result["distribution"], f"{first} and {second}", result["python"], outcome, "<br>".join(told) or "-"]
    )


def failure(result: Mapping[str, Any]) -> str:
    """Return what failed in which order, a Markdown list entry; the first error if all orders failed."""
    together = result["together"] or {}
    failed = {order: run for order, run in together.items() if run["failure"]}
    if len(failed) == len(together):
        failed = {"in every order": next(iter(failed.values()))}
    lines = [f"- {result['distribution']} {' and '.join(result['versions'])}"]
    lines += [
        f"  - {order}: at `{run['step']}`, `{run['failure'].replace('`', chr(39))}`"
        for order, run in failed.items()
    ]
    return "\n".join(lines)


def line(result: Mapping[str, Any]) -> str:
    """Return the outcome in one line of plain text, with the first failure."""
    text = f"{result['name']}: {result['outcome']}"
    if result["outcome"] == NOT_BUILT:
        return f"{text}: {result['said'].strip().splitlines()[-1]}"
    runs = [*(result["alone"] or {}).items(), *(result["together"] or {}).items()]
    failed = [(name, run) for name, run in runs if run["failure"]]
    for name, run in failed[:1]:
        text += f" ({len(failed)} of {len(runs)} runs) [{name}] at {run['step']}: {run['failure']}"
    seconds = sum(run["seconds"] for _, run in runs)
    text += f"; built in {duration(result['seconds'])}, ran {duration(seconds)}"
    return text + ("; warned" if _symptoms(result) else "")


def unwarned(result: Mapping[str, Any]) -> bool:
    """Tell whether a pair fails in some order and `mvenv build` said nothing of it."""
    return result["outcome"] in _FAIL and not _symptoms(result)


def _symptoms(result: Mapping[str, Any]) -> list[str]:
    """Return the build's warnings about the distribution of the pair, without its name and versions."""
    name = canonicalize_name(result["distribution"])
    met = " will meet in one process: "
    about = [text for text in warnings(result["said"]) if text.startswith(f"{name} ") and met in text]
    return [text.partition(met)[2].replace("|", "\\|") for text in about]
