"""The matrix as a page of the documentation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import catalogue

    Row = tuple[catalogue.Case, dict[str, Any]]

WORDS = {
    "right": "right",
    "named": "error, names both",
    "unequal": "`False`: unlike classes",
    "unnamed": "error",
    "wrong": "**wrong**",
    "crash": "**crash**",
}
FAILED = ("unnamed", "wrong", "crash")

_HEAD = """\
# Crossing matrix

What comes of objects of one version in the hands of the other, from real runs: each line is run in a child process
(a crash is an outcome), and compared with what the same code gives when both sides are one version. `A` is the
application's version, `B` the other one. What decides the outcome is in [when versions
meet](when-versions-meet.md#numpy-and-numpy).

Written by `scripts/crossing_matrix --markdown`; do not edit.
"""


def page(results: list[tuple[catalogue.Project, list[Row]]]) -> str:
    """Return the page."""
    parts = [_HEAD]
    for project, rows in results:
        pairs = ", ".join(f"{name} {' and '.join(versions(project, name))}" for name in project.first)
        parts.append(f"## {pairs}\n\n{summary(rows)}.\n")
        for group in dict.fromkeys(case.group for case, _ in rows):
            before = " ; ".join(f"`{line}`" for line in _common(group, rows))
            parts.append(f"{group}, with {before}:\n\n| | outcome | result |\n|---|---|---|")
            parts += [
                _line(case, result, len(_common(group, rows))) for case, result in rows if case.group == group
            ]
            parts.append("")
    return "\n".join(parts)


def versions(project: catalogue.Project, name: str) -> list[str]:
    """Return the versions of what provides a module, the application's first."""
    requirements = (project.first[name], project.second.get(name))
    return [one.rpartition("=")[2] for one in requirements if one is not None]


def summary(rows: list[Row]) -> str:
    """Return how many came out how."""
    counts = {word: sum(result["outcome"] == word for _, result in rows) for word in WORDS}
    return ", ".join(f"{count} {WORDS[word].strip('*')}" for word, count in counts.items() if count)


def _common(group: str, rows: list[Row]) -> tuple[str, ...]:
    """Return the statements with which all cases of a group begin."""
    codes = [case.code for case, _ in rows if case.group == group]
    length = 0
    while all(len(code) > length + 1 and code[length] == codes[0][length] for code in codes):
        length += 1
    return codes[0][:length]


def _line(case: catalogue.Case, result: dict[str, Any], skipped: int) -> str:
    code = "; ".join(case.code[skipped:]).replace("|", "\\|")
    detail = result.get("type") or result.get("detail", "").partition("\n")[0].replace("|", "\\|")
    if result["outcome"] != "right":
        detail = detail.partition("; runtime_shim")[0][:100]
    return f"| `{code}` | {WORDS[result['outcome']]} | {detail} |"
