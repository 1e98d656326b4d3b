"""The options that any command takes, before or behind its name. Standard library only, for `mvenv run`."""

from __future__ import annotations

import os
from pathlib import Path

from orchestrator.cli import root
from orchestrator.errors import UsageError
from orchestrator.system import shown

_WITH_VALUE = ("--project", "--directory", "-C", "--color")
_FLAGS = ("--no-progress", "-q", "-qq", "--quiet", "-v", "-vv", "--verbose")
# These take what they don't know for the program's own.
_PASSING_ON = ("run", "python")


def taken(arguments: list[str]) -> list[str]:
    """Take the global options out of a command line and do what they say; return the rest.

    Behind the name of a command that runs a program they are that program's.

    :raises UsageError: a value is missing, or is none.
    """
    rest: list[str] = []
    coming = list(arguments)
    while coming:
        argument = coming.pop(0)
        name, equals, value = argument.partition("=")
        if argument == "--" or (rest and rest[0] in _PASSING_ON):
            return [*rest, argument, *coming]
        if name in _WITH_VALUE:
            if not equals:
                if not coming:
                    raise UsageError(f"Option '{name}' requires an argument")
                value = coming.pop(0)
            _do(name, value)
        elif argument in _FLAGS:
            _flag(argument)
        else:
            rest.append(argument)
    return rest


def _do(name: str, value: str) -> None:
    if name == "--color":
        if value not in shown.COLORS:
            raise UsageError(
                f"Invalid value for '--color': '{value}' is not one of {', '.join(map(repr, shown.COLORS))}"
            )
        shown.choice.color = value
        return
    if not value.strip():
        raise UsageError(f"Invalid value for '{name}': it is empty")
    folder = Path(value)
    if not folder.is_dir():
        raise UsageError(f"Invalid value for '{name}': '{value}' is no folder")
    if name == "--project":
        root.begin_at(folder.absolute())
    else:
        os.chdir(folder)


def _flag(name: str) -> None:
    if name == "--no-progress":
        shown.choice.progress = False
    elif name in ("-v", "-vv", "--verbose"):
        shown.choice.verbose = True
    elif name == "-qq" or shown.choice.quiet:
        shown.choice.quiet = 2
    else:
        shown.choice.quiet = 1
