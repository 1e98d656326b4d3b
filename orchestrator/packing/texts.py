"""The files of an environment that say where it, or its interpreter, is: written for where the archive will be.

No path at all is best, and CPython needs none. Where ``home`` of a ``pyvenv.cfg`` is empty it takes the interpreter
that ``bin/python`` is a link to (Modules/getpath.py, 3.11 to 3.14: ``base_executable = realpath(executable)``, and the
prefix is searched for from there); without the key it would not know that this is an environment at all.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# What describes the machine that an environment was made on; nobody reads it to start.
_OF_A_MACHINE = frozenset({"executable", "base-prefix", "base-exec-prefix", "base-executable", "command"})
# How uv (and pip, and distlib) begin a script whose interpreter is found beside it, or has a long path.
_RELATIVE_START = re.compile(rb"#!/bin/sh\n'''exec' [^\n]*'?python[^\n]*\n' '''\n")
_LONGEST_START = 127
"""Bytes of a first line that every kernel reads (Linux before 5.1: ``BINPRM_BUF_SIZE``)."""


def configuration(text: str, home: str) -> str:
    """Return a ``pyvenv.cfg`` that names no folder but *home*, which may be empty."""
    lines = []
    for line in text.splitlines():
        key = line.partition("=")[0].strip().lower()
        if key == "home":
            lines.append(f"home = {home}".rstrip())
        elif key not in _OF_A_MACHINE:
            lines.append(line)
    return "\n".join([*lines, ""])


def script(content: bytes, python: str) -> bytes:
    """Return a script that is started by the interpreter *python*, where its first line can say so.

    :param python: absolute path.
    """
    start = f"#!{python}\n".encode()
    if len(start) > _LONGEST_START or len(python.split()) > 1:
        return content
    return (
        _RELATIVE_START.sub(lambda _: start, content, count=1) if _RELATIVE_START.match(content) else content
    )


def is_local(direct_url: bytes) -> bool:
    """Whether a ``direct_url.json`` (PEP 610) names a folder or file of the machine that has built the project."""
    try:
        document = json.loads(direct_url)
    except ValueError:
        return False
    return isinstance(document, dict) and str(document.get("url", "")).startswith("file:")


def record(content: bytes, left_out: Collection[str]) -> bytes:
    """Return a RECORD (PEP 376) without the rows of some files of its ``dist-info``."""
    endings = tuple(f"/{name}".encode() for name in left_out)
    lines = content.splitlines(keepends=True)
    return b"".join(line for line in lines if not line.split(b",")[0].endswith(endings))
