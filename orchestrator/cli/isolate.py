"""``mvenv isolate``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.cli.completing import distributions


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=distributions)
@click.option("--undo", is_flag=True, help="Isolate NAME no longer.")
@changed.no_build
def isolate(*, names: tuple[str, ...], undo: bool, no_build: bool) -> None:
    """Give distributions environments of their own.

    NAME is a distribution, in conflict or not, required by the project or by one of its dependencies. It is listed
    in `[tool.mvenv] isolate` of pyproject.toml; then the project is built. If that fails, pyproject.toml is as it
    was.
    """
    from orchestrator.editing import settings

    edit = settings.undo_isolate if undo else settings.isolate
    changed.change(lambda text: edit(text, names), build=not no_build)
