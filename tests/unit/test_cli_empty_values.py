"""An option with an empty value is no option that is absent."""

from __future__ import annotations

import click
import pytest

from orchestrator.cli import global_options, run
from orchestrator.cli.commands import cli, commands
from orchestrator.errors import UsageError


def _options() -> list[tuple[str, str]]:
    found = []
    waiting: list[tuple[str, click.Command]] = list(commands.commands.items())
    while waiting:
        name, command = waiting.pop()
        if isinstance(command, click.Group):
            waiting += [(f"{name} {inner}", each) for inner, each in command.commands.items()]
        found += [
            (name, option.opts[-1])
            for option in command.params
            if isinstance(option, click.Option) and isinstance(option.type, click.types.StringParamType)
        ]
    return sorted(found)


# `--reinstall` may stand alone; `run` and `python` are not click's.
OPTIONS = [
    (name, option) for name, option in _options() if option != "--reinstall" and name not in ("run", "python")
]


def test_options_are_found() -> None:
    assert {
        ("build", "--group"),
        ("add", "--extra"),
        ("init", "--name"),
        ("kernel install", "--name"),
    } <= set(OPTIONS)


@pytest.mark.parametrize(("command", "option"), OPTIONS)
@pytest.mark.parametrize("value", ["", " "])
def test_an_empty_value(command: str, option: str, value: str) -> None:
    arguments = {"add": ["x"], "remove": ["x"], "alias": ["x", "y"]}.get(command, [])
    with pytest.raises(UsageError, match=f"Invalid value for '{option}'.*: it is empty"):
        cli([*command.split(), *arguments, option, value])


@pytest.mark.parametrize("option", ["--project", "--directory", "-C"])
def test_of_every_command(option: str) -> None:
    with pytest.raises(UsageError, match=f"Invalid value for '{option}': it is empty"):
        global_options.taken(["build", option, ""])


@pytest.mark.parametrize("arguments", [["--as", "", "python"], ["--as=", "python"]])
def test_of_run(arguments: list[str]) -> None:
    with pytest.raises(UsageError, match="Invalid value for '--as': it is empty"):
        run.run(arguments)
