"""The page of the documentation: which Python, what was run on it, and what came of it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

COLUMNS = ("Python", "compiler", "tests of the shim", "demos", "pairs of releases")
NOT_RUN = "not run"
PAGE = """\
# Pythons

<!-- made by `scripts/interpreters` -->

What was run on which Python, and what came of it. The tests of the shim are those of the ordinary run, all files of
`tests/shim` ([testing.md](testing.md)): how many passed, known limits among them, and how many do not apply to that
Python. The demos are the folders of `demo/`. A pair is two releases of a compiled package in one process, in every
order and in two threads, as `scripts/compatibility` runs them. Both have releases with wheels for that Python.

{table}

{machine}.{missing}
{details}"""


def cell(found: Mapping[str, Any] | None) -> str:
    """Return what came of a part, in few words."""
    if found is None:
        return NOT_RUN
    passed, skipped, failed = found["passed"], found["skipped"], len(found["failures"])
    words = [f"{passed} passed" if passed or not failed else ""]
    words += [f"**{failed} failed**" if failed else "", f"{skipped} do not apply" if skipped else ""]
    return ", ".join(word for word in words if word)


def page(results: Mapping[str, Mapping[str, Any]], missing: Sequence[str], machine: str) -> str:
    """Return the page.

    :param results: Python → its version and compiler, and what came of each part that was run.
    :param missing: the Pythons that are not there, in words.
    """
    rows = (
        row(
            [
                one["version"],
                _compiler(one["compiler"]),
                *(cell(one.get(part)) for part in ("shim", "demos", "pairs")),
            ]
        )
        for one in results.values()
    )
    absent = f" Not there, so nothing was run on them: {', '.join(missing)}." if missing else ""
    details = "".join(_details(one) for one in results.values())
    return PAGE.format(
        table=table(COLUMNS, rows),
        machine=machine,
        missing=absent,
        details=f"\n{details}".rstrip("\n") + "\n" if details else "",
    )


def _details(one: Mapping[str, Any]) -> str:
    """Return what was run on a Python, and what failed."""
    found = [one[part] for part in ("shim", "demos", "pairs") if part in one]
    ran = [name for part in ("demos", "pairs") if part in one for name in one[part]["what"]]
    lines = [f"- ran: {', '.join(ran)}"] if ran else []
    lines += [f"- failed: {failure}" for part in found for failure in part["failures"]]
    title = f"## {one['version']}, {_compiler(one['compiler'])}"
    return "\n".join([title, "", *_folded(lines), "", ""]) if lines else ""


def _folded(lines: Iterable[str]) -> list[str]:
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, 118, subsequent_indent="  ", break_on_hyphens=False)
    ]


def _compiler(name: str) -> str:
    """Return `GCC 16` of `gcc16`."""
    letters = name.rstrip("0123456789")
    return f"{letters.upper() if letters == 'gcc' else letters.title()} {name[len(letters) :]}".strip()
