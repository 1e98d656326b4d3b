"""The wheels of the tools' tests: a library `lib` in two versions, `dep_a` that needs 1, `dep_b` that needs 2.

Both versions hold the same source but for `VERSION`, and so do both dependants: what a tool shows of one file and line
must be of the right one.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.wheels import Index

DIRECT = ("dep-a", "dep-b", "lib==1")
"""What a tool's project requires beside the tool: the application's own `lib` is 1."""

_LIBRARY = """
VERSION = "@@"


def which():
    answer = VERSION
    return answer


def double(number):
    return 2 * number


class Shape:
    def __init__(self, side):
        self.side = side
        self.version = VERSION
"""

_DEPENDANT = """
import lib
from lib import Shape


def version():
    return lib.which()


def call(function, *arguments, **named):
    return function(*arguments, **named)


def imported():
    import lib.late

    return lib.late.VERSION
"""


def publish(index: Index) -> None:
    """Add the wheels to an index."""
    for letter, version in (("a", "1"), ("b", "2")):
        files = {"lib/__init__.py": _LIBRARY, "lib/late.py": "VERSION = '@@'\n"}
        index.add("lib", version, files={path: _of(text, version) for path, text in files.items()})
        files = {f"dep_{letter}/__init__.py": _of(_DEPENDANT, version)}
        index.add(f"dep-{letter}", "1", requires=[f"lib=={version}"], files=files)


def _of(text: str, version: str) -> str:
    return textwrap.dedent(text).lstrip("\n").replace("@@", version)
