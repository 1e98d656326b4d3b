"""``mvenv build``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.fresh import count, size
from orchestrator.cli.root import project_root

if TYPE_CHECKING:
    from orchestrator.build import Built
    from orchestrator.console import Reporter


@click.command()
@click.option("-q", "--quiet", is_flag=True, help="Say errors and warnings only.")
def build(*, quiet: bool) -> None:
    """Make the environments that the nearest pyproject.toml asks for.

    What agrees goes into .venv, each conflicting group into an environment of its own under py_modules/: the
    fewest that can hold everything. With nothing changed since the last time it does nothing.
    """
    from orchestrator.console import Reporter

    reporter = Reporter(quiet=quiet)
    root = project_root()
    from orchestrator.build import build as build_project  # pulls in pydantic, virtualenv, packaging

    summarize(build_project(root / "pyproject.toml", reporter), reporter)


def summarize(built: Built, reporter: Reporter) -> None:
    """Print what a build has made."""
    graph = built.graph
    if built.was_fresh:
        reporter.say(f"Up to date: {size(graph)}")
        return
    for failure in built.failures:
        reporter.warn(f"`{failure.requirement}` does not import ({failure.module}): {failure.message}")
        reporter.say(f"  hint: {failure.hint()}")
    for warning in built.warnings:
        reporter.warn(warning)
    for met in built.limits:
        reporter.warn(met.message())
        reporter.say(f"  hint: {met.limit.remedy}")
    reporter.say(f"Built {size(graph)} in {built.seconds:.1f}s", "green")
    shared = len(graph["application"]["distributions"])
    reporter.say(
        f"  .venv: {count(shared, 'distribution')}{' shared by all' if graph['environments'] else ''}"
    )
    for environment in graph["environments"]:
        requirements = ", ".join(environment["requirements"])
        number = count(len(environment["distributions"]), "distribution")
        reporter.say(f"  {environment['path']}: {number} for {requirements}")
    several = {name: versions for name, versions in graph["versioned"].items() if len(versions) > 1}
    if several:
        listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in several.items())
        reporter.say(f"In several versions: {listed}")
