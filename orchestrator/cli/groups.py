"""Groups of commands: their help tells of each in a whole sentence."""

from __future__ import annotations

from typing import ClassVar

import click

_WHOLE = 1000
"""So long no first sentence of a help text is."""


class Commands(click.Group):
    """Commands, and what people of other tools call them."""

    synonyms: ClassVar[dict[str, str]] = {}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name or by a synonym."""
        return super().get_command(ctx, self.synonyms.get(cmd_name, cmd_name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands; click would end each line in the middle of its sentence."""
        rows = []
        for name in self.list_commands(ctx):
            others = [other for other, meant in self.synonyms.items() if meant == name]
            rows.append((", ".join((name, *others)), self.commands[name].get_short_help_str(_WHOLE)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
