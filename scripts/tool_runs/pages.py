"""The pages that are written from runs of real tools: which tests they are made of, and what their columns are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the documentation with a row for each tool."""

    file: str
    """Below the repository."""
    tests: str
    """The folder of its tests."""
    called: str
    """What its rows are about, in the plural."""
    columns: dict[str, str]
    """What the marker of a test says → the heading of that column, after those of name, version and outcome."""
    text: str


_OUTCOMES = """\
| works | means | {called} |
|---|---|---|
| yes | all that was tried | {{works}} |
| with a limit | all but what the last column says | {{limited}} |
| no | the last column says why | {{cannot}} |

CPython {{python}}; {{machine}}.

{{table}}
"""

TOOLS = Page(
    "docs/tools.md",
    "tests/tools",
    "tools",
    {"how": "how", "limit": "limit"},
    """\
# Tools over a project with a conflict

<!-- made by `scripts/tools` -->

Every row is what tests in `tests/tools` have found: the real tool, installed from the package index, in a project that
uses two versions of a library. They assert what a person gets: the right version on each side, what is printed, how
the process ends. What a tool cannot do has a test as well, which shows it.

"""
    + _OUTCOMES.format(called="tools"),
)

ENGINES = Page(
    "docs/engines.md",
    "tests/engines",
    "engines",
    {"travels": "what travels", "how": "how to start", "limit": "limit"},
    """\
# Engines for more than one process

<!-- made by `scripts/engines` -->

An engine that distributes work goes on doing so; its workers see what the program sees. No plug-in is needed where they
are started with the project's Python: `.venv/bin/python`, a command in `.venv/bin`, or `mvenv run`. Functions, classes
and objects travel under their [versioned names](when-versions-meet.md#pickles), so an object arrives as what it was,
also where the engine itself uses another version. A function that is sent by value (of `__main__`, of a notebook, a
lambda) stays its writer's.

Every row is what tests in `tests/engines` have found: the real engine, installed from the package index, on this
machine alone, in a project in which the application and the engine, or two libraries, use different versions. On a
second machine the same project has to be there, in any folder: built from the same lock, or unpacked from
[`mvenv pack`](how-to/pack.md). A worker of another build is
[told](when-versions-meet.md#another-build-at-the-other-end).

"""
    + _OUTCOMES.format(called="engines"),
)
