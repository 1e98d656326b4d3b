"""The options that `build` and `lock` share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.completing import distributions
from orchestrator.cli.selecting import selecting, selection_of
from orchestrator.config.request import LockUse, Request
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = (
    click.option("--upgrade", is_flag=True, help="Choose the newest versions, whatever the lock has."),
    click.option(
        "--upgrade-package",
        "packages",
        metavar="NAME",
        multiple=True,
        help="Choose the newest version of one distribution.",
        shell_complete=distributions,
    ),
    click.option("--offline", is_flag=True, help="Use what is in uv's cache alone."),
    click.option(
        "--solve-timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0),
        help="Take the best groups found in that time, proved to be the fewest or not.",
    ),
)


def resolving(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Give *command* the options that say what is resolved, and how."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return selecting(command)


def request_of(options: dict[str, Any], lock: LockUse = LockUse.UPDATE) -> Request:
    """Return the request that the options of :func:`resolving` make.

    :raises UsageError: the lock is not to change, and something is to be upgraded.
    """
    from packaging.utils import canonicalize_name

    if lock is not LockUse.UPDATE and (options["upgrade"] or options["packages"]):
        option = "--upgrade" if options["upgrade"] else "--upgrade-package"
        raise UsageError(f"`--{lock.value}` and `{option}` exclude each other")
    return Request(
        selection=selection_of(options),
        lock=lock,
        offline=options["offline"],
        upgrade=options["upgrade"],
        upgrade_packages=frozenset(canonicalize_name(name) for name in options["packages"]),
        solve_timeout=options["solve_timeout"],
    )
