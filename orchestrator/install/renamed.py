"""A package under another name: those of its files that import it by its own name, with the other one in its place.

For tools that read code without running it. At run time an import alias is the very module that it stands for, and its
own code gets what its environment sees.
"""

from __future__ import annotations

import os
import re
from bisect import bisect
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SOURCES = (".py", ".pyi")
_MODULES = (*_SOURCES, ".so", ".pyd")
_TYPED = "py.typed"
_TESTS = frozenset({"test", "tests"})
# Where a statement can begin, in a line.
_BEGINNING = rb"(?:^|[;:])[ \t]*"
# Not with `{3}`: by literals the search goes from quote to quote.
_QUOTES = re.compile(rb"'''|\"\"\"")


def is_read_by_tools(name: str) -> bool:
    """Whether tools that read code care for a file of this name."""
    return name.endswith(_MODULES) or name == _TYPED


def renamed_files(place: Path, module: str, name: str) -> dict[Path, bytes]:
    """Return the sources of a module or package in which *module* becomes *name*: file → new content.

    Lines stay where they are. Left alone is what cannot be said on the same line without the package above
    (``import google.protobuf.message`` where *module* has a dot), and the tests in the package.
    """
    rename = _renaming(module.encode(), name.encode())
    found = {}
    for path in _sources(place):
        content = path.read_bytes()
        new = rename(content)
        if new != content:
            found[path] = new
    return found


def _sources(place: Path) -> Iterator[Path]:
    if not place.is_dir():
        if place.suffix in _SOURCES:
            yield place
        return
    for folder, names, files in os.walk(place):
        names[:] = [each for each in names if each not in _TESTS]
        yield from (Path(folder, file) for file in files if file.endswith(_SOURCES))


def _renaming(module: bytes, name: bytes) -> Callable[[bytes], bytes]:
    own = re.escape(module)
    statement = re.compile(
        rb"(?P<from>%bfrom[ \t]+)%b(?=[.\s\\])|(?P<import>%bimport[ \t]+)(?P<modules>[\w.]+[^#;\r\n]*)"
        % (_BEGINNING, own, _BEGINNING)
    )
    item = re.compile(rb"(?P<before>\s*)%b(?P<below>(?:\.\w+)*)(?P<rest>\s+as\s.*|\s*)" % own, re.DOTALL)
    has_parent = b"." in module

    def in_import(text: bytes) -> bytes:
        found = item.fullmatch(text)
        if found is None:
            return text
        before, below, rest = found.group("before", "below", "rest")
        if rest.strip():
            return before + name + below + rest
        if has_parent:
            return text
        # `import package.module` makes the name of the package known, not that of the module.
        return before + (name + below + b", " if below else b"") + name + b" as " + module + rest

    def renamed(found: re.Match[bytes]) -> bytes:
        if found["from"]:
            return found["from"] + name
        return found["import"] + b",".join(map(in_import, found["modules"].split(b",")))

    def rename(content: bytes) -> bytes:
        pieces, done = [], 0
        in_text: Callable[[int], bool] | None = None
        at = content.find(module)
        while at >= 0:
            start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at) + 1 or len(content)
            line = content[start:end]
            new = statement.sub(renamed, line)
            if new != line:
                in_text = in_text or _texts(content)  # for few files: most mention themselves in no import
                if not in_text(start):
                    pieces += [content[done:start], new]
                    done = end
            at = content.find(module, end)
        return b"".join([*pieces, content[done:]])

    return rename


def _texts(source: bytes) -> Callable[[int], bool]:
    """Return what tells whether a place is in a string over several lines: a statement there is an example."""
    ends = []
    quotes = b""
    for found in _QUOTES.finditer(source):
        if quotes in (b"", found[0]):
            ends.append(found.start())
            quotes = b"" if quotes else found[0]
    return lambda place: bisect(ends, place) % 2 == 1
