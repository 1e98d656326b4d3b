"""``mvenv export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from orchestrator.cli.root import project_root
from orchestrator.cli.selecting import selecting, selection_of


@click.command()
@selecting
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where the files go; the project's folder if it is not given.",
)
@click.option(
    "--group-name",
    "only",
    metavar="NAME",
    default=None,
    help="Export one of the groups that are installed together, by the name in its file.",
)
def export(*, folder: Path | None, only: str | None, **options: Any) -> None:
    """Write each group of mvenv.lock as a standard lock file, pylock.<group>.toml (PEP 751).

    Other tools install from these: `uv pip sync pylock.<group>.toml`. A project without any conflict has one
    pylock.toml. The names of the files are printed. What is exported is what `mvenv build` would install with the
    same options of dependency groups and extras.
    """
    root = project_root()
    from orchestrator.config.request import LockUse, Request
    from orchestrator.pipeline.converge import answered_plan
    from orchestrator.pipeline.export import export as export_to  # pulls in pydantic, packaging
    from orchestrator.pipeline.inputs import read_inputs
    from orchestrator.state.record import read_record

    request = Request(selection_of(options), LockUse.LOCKED)
    inputs = read_inputs(root / "pyproject.toml", request, read_record(root))
    for path in export_to(inputs, answered_plan(inputs), (folder or root).resolve(), only):
        click.echo(str(path))
