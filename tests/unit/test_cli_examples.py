"""Every help text ends with examples, and each of them is something that the command takes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from orchestrator.cli.commands import commands
from orchestrator.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


def everything(command: click.Command = commands, path: str = "") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from everything(each, f"{path} {name}".strip())


COMMANDS = dict(everything())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_some(name: str) -> None:
    context = click.Context(COMMANDS[name], info_name=f"mvenv {name}")
    shown = COMMANDS[name].get_help(context)
    assert f"  Examples:\n    {EXAMPLES[name][0]}\n" in f"{shown}\n"


def test_nothing_else_has() -> None:
    assert EXAMPLES.keys() <= COMMANDS.keys()


@pytest.mark.parametrize(
    ("name", "line"), [(name, line) for name, lines in EXAMPLES.items() for line in lines]
)
def test_they_are_right(name: str, line: str) -> None:
    text = line[line.index("mvenv ") :].partition(" >")[0].partition(')"')[0]
    words = shlex.split(text)
    assert words[: 1 + len(name.split())] == ["mvenv", *name.split()]
    command = COMMANDS[name]
    command.make_context(f"mvenv {name}", words[1 + len(name.split()) :])


def shown_in_documents() -> Iterator[tuple[str, str]]:
    """Yield what is shown as typed in the documents that no test follows from the first command to the last."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        for line in page.read_text("utf-8").splitlines():
            if page.stem != "tutorial" and line.startswith("$ mvenv "):
                yield page.name, line.removeprefix("$ ")


@pytest.mark.parametrize(("page", "line"), list(shown_in_documents()))
def test_what_documents_show_is_taken(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = commands
    while isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    command.make_context(f"{page}: {line}", words)
