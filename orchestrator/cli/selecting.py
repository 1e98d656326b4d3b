"""The options that say which dependency groups and extras are meant, as uv has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.completing import extras, groups
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.config.model import Selection

_NAMES = {
    "--group": ("groups", "Take in a dependency group."),
    "--no-group": ("no_groups", "Leave out a dependency group, whatever else is said."),
    "--only-group": ("only_groups", "Take in a dependency group, and not the project's dependencies."),
    "--extra": ("extras", "Take in an extra."),
}
_FLAGS = {
    "--no-dev": ("no_dev", "Leave out the dependency group `dev`."),
    "--no-default-groups": ("no_default_groups", "Leave out what `default-groups` names."),
    "--all-groups": ("all_groups", "Take in all dependency groups."),
    "--all-extras": ("all_extras", "Take in all extras."),
}
_NOT_WITH_ONLY = ("--group", "--all-groups", "--extra", "--all-extras")


def selecting(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give *command* the options that say which dependency groups and extras are meant."""
    for option, (parameter, text) in reversed(_FLAGS.items()):
        command = click.option(option, parameter, is_flag=True, help=text)(command)
    for option, (parameter, text) in reversed(_NAMES.items()):
        known = extras if parameter == "extras" else groups
        command = click.option(
            option, parameter, metavar="NAME", multiple=True, help=text, shell_complete=known
        )(command)
    return command


def takes_a_name(option: str) -> bool | None:
    """Whether an option is followed by a name; None if it is not one of these options."""
    return True if option in _NAMES else False if option in _FLAGS else None


def selection_said(said: Iterable[tuple[str, str]]) -> Selection:
    """Return what pairs of an option and its name (empty for one without) say.

    :raises UsageError: some of them exclude each other.
    """
    options: dict[str, Any] = {parameter: [] for parameter, _ in _NAMES.values()}
    options |= {parameter: False for parameter, _ in _FLAGS.values()}
    for option, name in said:
        if option in _NAMES:
            options[_NAMES[option][0]].append(name)
        else:
            options[_FLAGS[option][0]] = True
    return selection_of(options)


def selection_of(options: dict[str, Any]) -> Selection:
    """Return what the options of :func:`selecting` say.

    :raises UsageError: some of them exclude each other.
    """
    from orchestrator.config.default_groups import DEV
    from orchestrator.config.selection import make_selection

    parameters = {option: parameter for option, (parameter, _) in (*_NAMES.items(), *_FLAGS.items())}
    for option in _NOT_WITH_ONLY if options["only_groups"] else ():
        if options[parameters[option]]:
            raise UsageError(f"`--only-group` and `{option}` exclude each other")
    return make_selection(
        options["groups"],
        options["extras"],
        (*options["no_groups"], *([DEV] if options["no_dev"] else ())),
        options["only_groups"],
        no_default_groups=options["no_default_groups"],
        all_groups=options["all_groups"],
        all_extras=options["all_extras"],
    )
