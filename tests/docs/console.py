"""Pages as what a reader does with them: files to write, commands to type, and what is seen then.

A fenced block with the language `console` holds commands, each after `$ ` (a line after `> ` goes on with it), and
what they print, errors among it. A line `...` stands for any lines, `...` within a line for any text. Times and the
digests in names of environments differ from run to run, and are compared by their form.

A comment before a block says more:

    <!-- file: app.py -->             the block is the content of that file
    <!-- exit code: 1 -->             that of the block's last command; 0 if nothing is said
    <!-- not run: needs a server -->  the reason why the block's commands are not tried
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(
    r"^(?:<!-- (?P<key>file|exit code|not run): (?P<value>.+?) -->\n+)?"
    r"(?P<indent> *)```(?P<language>[a-z]*)\n(?P<content>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_SHELLS = frozenset({"sh", "bash", "shell", "zsh", "powershell", "shell-session", "terminal"})
_SECONDS = re.compile(r"\b\d+\.\d+s\b")
_DIGEST = re.compile(r"(?<=[a-z0-9]-)[0-9a-f]{8}\b")


@dataclass(frozen=True, slots=True)
class File:
    """A file that the page has the reader write."""

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command, and what the page shows of it."""

    text: str
    shown: str
    code: int
    line: int
    """Of the page, from 1."""


def steps(page: str) -> Iterator[File | Command]:
    """Yield what a page has its reader do, in order.

    :raises ValueError: a block has commands in a form that nothing would run.
    """
    for block in _BLOCK.finditer(page):
        if block["key"] == "file":
            yield File(block["value"], block["content"])
        elif block["language"] in _SHELLS:
            line = _line(page, block.start("content"))
            raise ValueError(f"line {line}: commands are shown in blocks of the language `console`")
        elif block["language"] == "console" and block["key"] != "not run":
            code = int(block["value"]) if block["key"] == "exit code" else 0
            yield from _commands(block["content"], _line(page, block.start("content")), code)


def _line(page: str, position: int) -> int:
    return page.count("\n", 0, position) + 1


def _commands(content: str, first: int, code: int) -> Iterator[Command]:
    found: list[tuple[str, list[str], int]] = []
    for number, line in enumerate(content.splitlines(), first):
        if line.startswith("$ "):
            found.append((line[2:], [], number))
        elif not found:
            raise ValueError(f"line {number}: output before the first command")
        elif line.startswith("> ") and not found[-1][1]:
            text, shown, begun = found[-1]
            found[-1] = (f"{text}\n{line[2:]}", shown, begun)
        else:
            found[-1][1].append(line)
    for text, shown, number in found:
        yield Command(text, "\n".join(shown), code if text is found[-1][0] else 0, number)


def agrees(shown: str, printed: str) -> bool:
    """Tell whether a command has printed what a page shows."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else ".*?".join(map(re.escape, line.split("..."))) + r"\n"
        for line in _comparable(shown).splitlines()
    )
    return re.fullmatch(pattern, f"{_comparable(printed)}\n" if printed.strip() else "") is not None


def _comparable(text: str) -> str:
    lines = (line.rstrip() for line in text.strip("\n").splitlines())
    return _DIGEST.sub("00000000", _SECONDS.sub("0.0s", "\n".join(lines)))
