"""The wheels of the shim's tests: a library `lib` in two versions, `dep_a` that needs 1, `dep_b` that needs 2.

Both versions hold the same source but for `VERSION`, so a test can tell whose code answers and nothing else
differs. Beside `lib` there is

- `duo`, two versions too, which the application does not declare (it declares `lib` 2);
- `only-a` and `only-b`, each in one environment alone;
- `shared`, which depends on nothing: unversioned, one for everybody;
- `utils`, two versions, whose name an application's own module may have as well;
- `standard`, two versions, with modules that are named like those of the interpreter;
- `opposite`, two packages: in version 1 the first imports the second, in version 2 the second the first;
- `dep-c`, which needs `lib` 1 as `dep_a` does, but a third `duo`: its environment borrows `lib`.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, TypedDict

from tests.shim import patterns

if TYPE_CHECKING:
    from tests.support.wheels import Index

VERSIONS = ("1", "2")
APPLICATION_VERSION = "2"
DIRECT = ("dep-a", "dep-b", "dep-c", "spread-x", "spread-y", f"lib=={APPLICATION_VERSION}", "shared")

STANDARD = (
    *("ftplib/__init__.py", "netrc.py", "test/__init__.py", "stringprep.py", "zipimport.py", "__hello__.py"),
    *("__phello__/__init__.py", "_testcapi.py", "sys.py", "_frozen_importlib.py", "of_nobody_else.py"),
)
"""Modules that plain Python finds elsewhere first: built in, frozen, in its library, beside that; all but the last."""

_LIBRARY = {
    "lib/__init__.py": """
        from . import x
        from .star import *
        from lib import circular_a
        from . import sub as subpackage

        VERSION = "@@"

        def loaded_with():
            return [x.VERSION, starred, circular_a.of_b(), subpackage.VERSION]
        """,
    "lib/x.py": """
        VERSION = "@@"
        """,
    "lib/star.py": """
        __all__ = ["starred"]
        starred = "starred @@"
        hidden = "hidden @@"
        """,
    "lib/circular_a.py": """
        import lib.circular_b

        VERSION = "@@"

        def of_b():
            return lib.circular_b.VERSION
        """,
    "lib/circular_b.py": """
        from lib import circular_a as partner

        VERSION = "b@@"

        def of_a():
            return partner.VERSION
        """,
    "lib/mod.py": """
        import dataclasses
        import lib

        VERSION = "@@"
        attr = "attr @@"

        def read_attr():
            return attr

        class Thing:
            version = "@@"

            def __init__(self, value):
                self.value = value

            def __eq__(self, other):
                return type(other) is type(self) and other.value == self.value

        @dataclasses.dataclass
        class Record:
            thing: "lib.mod.Thing"
            mine: str = VERSION
        """,
    "lib/lazy.py": """
        def absolute():
            import lib.late
            return lib.late.VERSION

        def relative():
            from .late import VERSION
            return VERSION

        def parent():
            from . import late
            return late.VERSION

        def generate():
            while True:
                import lib.late
                yield lib.late.VERSION

        async def later():
            import asyncio
            await asyncio.sleep(0)
            from lib import late
            return late.VERSION

        def call(function, *arguments):
            return function(*arguments)
        """,
    "lib/late.py": """
        VERSION = "@@"
        """,
    "lib/sub/__init__.py": """
        from ..x import VERSION
        """,
    "lib/sub/deep.py": """
        from .. import mod
        from ..sub import VERSION as PARENT
        from . import VERSION as OWN

        VERSIONS = [mod.VERSION, PARENT, OWN]
        """,
    "lib/handlers.py": """
        import logging

        class Handler(logging.Handler):
            version = "@@"
        """,
    "lib/__main__.py": """
        import sys
        from . import VERSION

        print(__name__, VERSION, sys.argv[1:], __package__)
        RESULT = VERSION
        """,
    "lib/data.txt": "data @@\n",
    "lib/sub/more.txt": "more @@\n",
}


def publish(index: Index) -> None:
    """Put every wheel into *index*."""
    publish_library(index)
    for version in VERSIONS:
        index.add("duo", version, files=source({"duo/__init__.py": 'VERSION = "@@"\n'}, version))
        index.add(
            "utils", version, files=source({"utils.py": 'VERSION = "@@"\nWHERE = "environment"\n'}, version)
        )
        for name, files in patterns.FILES.items():
            index.add(name, version, requires=[f"lib=={version}"], files=source(files, version))
        index.add("opposite", version, files=source(_opposite(version), version))
        index.add("standard", version, files=source(dict.fromkeys(STANDARD, 'VERSION = "@@"\n'), version))
    index.add("duo", "3", files=source({"duo/__init__.py": 'VERSION = "@@"\n'}, "3"))
    index.add("dep-c", "1.0", requires=["lib==1", "duo==3", "shared"], files=source(_dependant("c"), "1"))
    index.add("ns-two", "1", files=source({"ns/two.py": 'VERSION = "@@"\n'}, "1"))
    for letter, version in zip("ab", VERSIONS, strict=True):
        pins = [
            f"{name}=={version}" for name in ("lib", "duo", "utils", "opposite", "standard", *patterns.FILES)
        ]
        spread, files = patterns.SPREAD[version]
        low = {**patterns.SPREAD_LOW, f"spread/low_{version}.py": 'VERSION = "@@"\n'}
        index.add("spread-low", version, files=source(low, version))
        index.add(
            spread, "1", requires=[f"lib=={version}", f"spread-low=={version}"], files=source(files, "1")
        )
        only = f"only-{letter}"
        index.add(only, version, requires=[f"lib=={version}"], files=source(_only(letter), version))
        index.add(
            f"dep-{letter}",
            f"{version}.0",
            requires=[*pins, only, "shared", "ns-two"],
            files=source(_dependant(letter), version),
        )


def publish_library(index: Index) -> None:
    """Put `lib` and `shared` alone into *index*."""
    index.add("shared", "5", files=source(_SHARED, "5"))
    for version in VERSIONS:
        index.add("lib", version, **_library(version))


def source(files: dict[str, str], version: str) -> dict[str, str]:
    """Return wheel files: indentation removed, `@@` replaced by the version."""
    return {name: textwrap.dedent(text).lstrip("\n").replace("@@", version) for name, text in files.items()}


class _Release(TypedDict):
    requires: list[str]
    files: dict[str, str]
    entry_point_groups: dict[str, dict[str, str]]


def _library(version: str) -> _Release:
    return {
        "files": source(_LIBRARY, version),
        "requires": [f"shared>={version}"],
        "entry_point_groups": {"lib.plugins": {f"plugin{version}": "lib.mod:read_attr"}},
    }


_SHARED = {
    "shared/__init__.py": """
        import importlib
        import sys

        class Token:
            pass

        TOKEN = Token()

        def call(function, *arguments):
            return function(*arguments)

        def load(name):
            return importlib.import_module(name)

        def loaded(name):
            return sys.modules.get(name)
        """,
}


def _opposite(version: str) -> dict[str, str]:
    start = "import time\ntime.sleep(0.2)\n"  # the other thread takes its first lock meanwhile
    end = 'VERSION = "@@"\n'
    nested = {"1": ("import opposite_two\n", ""), "2": ("", "import opposite_one\n")}[version]
    return {
        f"opposite_{name}/__init__.py": start + other + end
        for name, other in zip(("one", "two"), nested, strict=True)
    }


def _only(letter: str) -> dict[str, str]:
    return {f"only_{letter}/__init__.py": 'import lib\n\nVERSION = "@@"\nLIBRARY = lib.VERSION\n'}


def _dependant(letter: str) -> dict[str, str]:
    return {
        f"dep_{letter}/__init__.py": """
            import lib

            VERSION = lib.VERSION
            """,
        f"dep_{letter}/tools.py": """
            def library_version():
                import lib
                return lib.VERSION

            def call(function, *arguments):
                return function(*arguments)
            """,
    }
