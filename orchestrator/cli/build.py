"""``mvenv build``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator import freshness
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
    root = project_root(Path.cwd())
    record = freshness.read_record(root)
    if record is not None and freshness.is_fresh(root, record):
        reporter.say(f"Up to date: {_size(record['graph'])}")
        return
    from orchestrator.build import build as build_project  # pulls in pydantic, virtualenv, packaging

    summarize(build_project(root / "pyproject.toml", reporter), reporter)


def summarize(built: Built, reporter: Reporter) -> None:
    """Print what a build has made."""
    graph = built.graph
    if built.was_fresh:
        reporter.say(f"Up to date: {_size(graph)}")
        return
    for failure in built.failures:
        reporter.warn(f"`{failure.requirement}` does not import ({failure.module}): {failure.message}")
        reporter.say(f"  hint: {failure.hint()}")
    for warning in built.warnings:
        reporter.warn(warning)
    reporter.say(f"Built {_size(graph)} in {built.seconds:.1f}s", "green")
    shared = len(graph["application"]["distributions"])
    reporter.say(
        f"  .venv: {_count(shared, 'distribution')}{' shared by all' if graph['environments'] else ''}"
    )
    for environment in graph["environments"]:
        requirements = ", ".join(environment["requirements"])
        count = _count(len(environment["distributions"]), "distribution")
        reporter.say(f"  {environment['path']}: {count} for {requirements}")
    several = {name: versions for name, versions in graph["versioned"].items() if len(versions) > 1}
    if several:
        listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in several.items())
        reporter.say(f"In several versions: {listed}")


def _size(graph: dict[str, Any]) -> str:
    environments = [graph["application"], *graph["environments"]]
    distributions = sum(len(environment["distributions"]) for environment in environments)
    if not graph["environments"]:
        return f"{_count(distributions, 'distribution')} in one environment, no conflict"
    groups = len(graph["groups"])
    proof = "the fewest possible" if graph["proved"] else f"at least {graph['lower_bound']} are needed"
    return f"{_count(distributions, 'distribution')} for {groups} groups ({proof})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
