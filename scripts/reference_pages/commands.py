"""The page of the commands, from the command line's own help."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import click

from orchestrator.cli.commands import commands
from tables import row, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDENTED = re.compile(r"^ {2,}", re.MULTILINE)


def page() -> str:
    """Return the page."""
    head = [
        "# Commands",
        "",
        "`scripts/reference` writes this page from the code. `mvenv COMMAND --help` says the same.",
    ]
    return "\n".join([*head, *_told(commands, _context(commands, "mvenv"))]) + "\n"


def _context(command: click.Command, name: str, parent: click.Context | None = None) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, **command.context_settings)


def _told(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the lines of a command, then those of the commands below it."""
    name = context.command_path
    yield from ("", f"## {name}", "", "```text", _usage(command, context), "```", "", _prose(command))
    if synonyms := sorted(_synonyms(command, context)):
        yield from ("", f"Also called {', '.join(f'`{each}`' for each in synonyms)}.")
    if options := [each for each in _parameters(command, context) if isinstance(each, click.Option)]:
        yield from ("", table(["option", "meaning"], (_row(option, context) for option in options)))
    if command.epilog:
        examples = inspect.cleandoc(command.epilog.removeprefix("\b\nExamples:\n"))
        yield from (
            "",
            "For example:",
            "",
            "```console",
            *(f"$ {line}" for line in examples.splitlines()),
            "```",
        )
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None and not found.hidden:
                yield from _told(found, _context(found, below, context))


def _parameters(command: click.Command, context: click.Context) -> list[click.Parameter]:
    """Return a command's parameters; that all have `--help` is said once."""
    return command.params if context.parent is not None else command.get_params(context)


def _usage(command: click.Command, context: click.Context) -> str:
    return " ".join([context.command_path, *command.collect_usage_pieces(context)])


def _prose(command: click.Command) -> str:
    """Return a command's help as Markdown: what is indented there, or not to be wrapped, is code."""
    blocks = []
    for block in inspect.cleandoc(command.help or "").split("\n\n"):
        text = block.removeprefix("\b\n")
        if text != block or _INDENTED.match(text):
            blocks.append(f"```text\n{inspect.cleandoc(text)}\n```")
        else:
            blocks.append(text)
    return "\n\n".join(blocks)


def _synonyms(command: click.Command, context: click.Context) -> Iterator[str]:
    if context.parent is not None and context.parent.command is commands:
        yield from (name for name, meant in commands.synonyms.items() if meant == command.name)


def _row(option: click.Option, context: click.Context) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = "" if option.is_flag or option.count else f" `{option.make_metavar(context)}`"
    default = f" (default: `{option.default}`)" if option.show_default else ""
    return row([f"{names}{value}".replace("|", "\\|"), f"{option.help or ''}{default}"])
