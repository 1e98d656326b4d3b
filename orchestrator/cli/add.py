"""``mvenv add``."""

from __future__ import annotations

import click

from orchestrator.cli import changed
from orchestrator.cli.root import project_root


@click.command()
@click.argument("requirements", nargs=-1, required=True, metavar="REQUIREMENT...")
@changed.group
@changed.dev
@changed.extra
@changed.no_build
def add(*, requirements: tuple[str, ...], group: str, dev: bool, extra: str, no_build: bool) -> None:
    """Add requirements to pyproject.toml, then build.

    A REQUIREMENT is written as in pyproject.toml ("pandas>=2"). It goes to project.dependencies, or to a
    dependency group or an extra, in the place of one of the same name, extras and marker if there is one. The
    build takes in that group or extra. If it fails, pyproject.toml is as it was.
    """
    from orchestrator.cli.needed import needed
    from orchestrator.config.entries import guessed_names
    from orchestrator.editing.requirements import add as add_to
    from orchestrator.system.console import Reporter

    group = changed.one_section(group, extra, dev=dev)
    reporter = Reporter()
    for name, who in needed(project_root(), guessed_names(requirements)).items():
        reporter.say(f"`{name}` is there already: {who}")
    changed.change(
        lambda text: add_to(text, requirements, group=group, extra=extra),
        build=not no_build,
        group=group,
        extra=extra,
    )
