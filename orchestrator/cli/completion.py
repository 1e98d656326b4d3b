"""``mvenv completion``; the project's own names are in :mod:`orchestrator.cli.completing`."""

from __future__ import annotations

import os
from typing import ClassVar

import click
from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

VARIABLE = "_MVENV_COMPLETE"
"""The environment variable by which a shell's function asks (click's convention)."""

_SHELLS = ("bash", "zsh", "fish", "powershell")

# Where the line goes, so that it is there in every shell.
_PLACES = {
    "bash": "~/.bashrc",
    "zsh": "~/.zshrc (behind `compinit`)",
    "fish": "~/.config/fish/completions/mvenv.fish",
    "powershell": "$PROFILE",
}


class PowerShellComplete(ShellComplete):
    """The script for PowerShell, which click has none for, and the form of its answers."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:COMP_WORDS = $commandAst.ToString()
    $env:COMP_INCOMPLETE = $wordToComplete
    $env:%(complete_var)s = "powershell_complete"
    %(prog_name)s | ForEach-Object {
        $value, $help = $_ -split "`t", 2
        if (-not $help) { $help = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
    }
    Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_INCOMPLETE
}
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is being typed, and that."""
        incomplete = os.environ.get("COMP_INCOMPLETE", "")
        words = split_arg_string(os.environ.get("COMP_WORDS", ""))[1:]
        return (words[:-1] if incomplete and words else words), incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """Return a value, and its help behind a tabulator."""
        return f"{item.value}\t{item.help}" if item.help else str(item.value)


add_completion_class(PowerShellComplete)


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS))
def completion(*, shell: str) -> None:
    """Print a script with which SHELL completes mvenv's commands, options, and the project's names."""
    kind = get_completion_class(shell)
    assert kind is not None
    commands = click.get_current_context().find_root().command
    click.echo(kind(commands, {}, "mvenv", VARIABLE).source())
    if os.isatty(1):
        click.echo(f"hint: have it read by every shell: {_PLACES[shell]}", err=True)
