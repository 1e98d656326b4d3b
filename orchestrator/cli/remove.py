"""``mvenv remove``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.cli.completing import direct_requirements


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=direct_requirements)
@changed.group
@changed.dev
@changed.extra
@changed.no_build
def remove(*, names: tuple[str, ...], group: str, dev: bool, extra: str, no_build: bool) -> None:
    """Remove requirements from pyproject.toml, then build.

    All requirements of the distribution NAME go, from project.dependencies or from a dependency group or an
    extra. What no place requires any more goes from `constraints` and `together` of `[tool.mvenv]`, too.
    """
    from orchestrator.editing.requirements import remove as remove_from

    group = changed.one_section(group, extra, dev=dev)
    changed.change(lambda text: remove_from(text, names, group=group, extra=extra), build=not no_build)
