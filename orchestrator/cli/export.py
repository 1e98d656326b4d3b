"""``mvenv export``."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.root import project_root


@click.command()
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where the files go; the project's folder if it is not given.",
)
@click.option("--group-name", "only", metavar="NAME", default=None, help="Export one group alone.")
def export(folder: Path | None, only: str | None) -> None:
    """Write each group of mvenv.lock as a standard lock file, pylock.<group>.toml (PEP 751).

    Other tools install from these: `uv pip sync pylock.<group>.toml`. A project without any conflict has one
    pylock.toml. The names of the files are printed.
    """
    root = project_root()
    from orchestrator.config.model import Selection
    from orchestrator.config.request import LockUse, Request
    from orchestrator.lock import file
    from orchestrator.pipeline.converge import answered_plan
    from orchestrator.pipeline.export import export as export_to  # pulls in pydantic, packaging
    from orchestrator.pipeline.inputs import read_inputs
    from orchestrator.state.record import read_record

    lock = file.read(root)
    request = Request(Selection() if lock is None else lock.inputs.selection, LockUse.LOCKED)
    inputs = read_inputs(root / "pyproject.toml", request, read_record(root))
    for path in export_to(inputs, answered_plan(inputs), (folder or root).resolve(), only):
        click.echo(str(path))
