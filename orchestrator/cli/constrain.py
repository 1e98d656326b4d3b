"""``mvenv constrain``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.cli.completing import direct_requirements
from orchestrator.errors import UsageError


@click.command(options_metavar="[--remove] [--no-build]")
@click.argument("name", shell_complete=direct_requirements)
@click.argument("bounds", nargs=-1, metavar="BOUND...")
@click.option("--remove", is_flag=True, help="Remove these bounds of NAME; without any, all of them.")
@changed.no_build
def constrain(*, name: str, bounds: tuple[str, ...], remove: bool, no_build: bool) -> None:
    """Say what the metadata of a direct requirement should have said.

    NAME is a direct requirement or an alias; each BOUND limits a version that NAME, and what it requires, may have.
    With a plus it is required as well.

    A bound takes the place of an earlier one of the same distribution. They are listed in
    `[tool.mvenv.constraints]` of pyproject.toml; then the project is built. If that fails, pyproject.toml is as it was.
    """
    from orchestrator.editing import constraints

    if not bounds and not remove:
        raise UsageError(
            "Missing argument 'BOUND...'", hints=(f'for example: `mvenv constrain {name} "numpy<2"`',)
        )
    edit = constraints.unconstrain if remove else constraints.constrain
    changed.change(lambda text: edit(text, name, bounds), build=not no_build)
