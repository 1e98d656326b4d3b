"""``mvenv clean``."""

from __future__ import annotations

import click

from orchestrator.cli.root import project_root


@click.command()
def clean() -> None:
    """Remove the environments: .venv, py_modules, and what builds that were killed have left.

    `mvenv build` makes them again, from mvenv.lock and uv's cache. What running programs use stays until they have
    ended. Environments that mvenv did not make are not touched.
    """
    from orchestrator.pipeline.clean import clean as clean_project
    from orchestrator.system.console import Reporter
    from orchestrator.system.paths import relative

    root = project_root()
    reporter = Reporter()
    cleaned = clean_project(root, reporter)
    reporter.say(
        f"Removed {' and '.join(cleaned.removed)}" if cleaned.removed else "There was nothing to remove"
    )
    for path in cleaned.kept:
        reporter.say(f"  {relative(path, root)}: programs run from it; the next build or clean removes it")
    for path in cleaned.left:
        reporter.warn(f"`{relative(path, root)}` cannot be removed")
