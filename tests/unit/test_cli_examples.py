"""Every help text ends with examples, and each of them is something that the command takes."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click
import pytest

from orchestrator.cli.commands import commands
from orchestrator.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator


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
