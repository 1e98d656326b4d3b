"""``mvenv remove``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.cli.completing import direct_requirements
from orchestrator.cli.root import project_root


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=direct_requirements)
@changed.group
@changed.dev
@changed.extra
@changed.no_build
def remove(*, names: tuple[str, ...], group: str, dev: bool, extra: str, no_build: bool) -> None:
    """Remove requirements from pyproject.toml, then build.

    All requirements of the distribution NAME go, from project.dependencies or from a dependency group or an
    extra. What no place requires any more goes from `constraints` and `together` of `[tool.mvenv]`, too. Of what
    stays because others need it, these are told.
    """
    from orchestrator.cli.needed import needed
    from orchestrator.editing.requirements import remove as remove_from
    from orchestrator.system.console import Reporter

    group = changed.one_section(group, extra, dev=dev)
    changed.change(lambda text: remove_from(text, names, group=group, extra=extra), build=not no_build)
    reporter = Reporter()
    for name, who in needed(project_root(), names).items():
        reporter.say(f"`{name}` stays in the lock: {who}")
