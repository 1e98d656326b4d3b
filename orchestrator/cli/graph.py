"""``mvenv graph``."""

from __future__ import annotations

import click

from orchestrator import freshness
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError
from orchestrator.graph import SCHEMA


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A picture for people, or a document for programs.",
)
def graph(form: str) -> None:
    """Show which environment holds what, and why they are apart."""
    root = project_root()
    record = freshness.read_record(root)
    if record is None or "graph" not in record:
        raise MvenvError(
            "the project has not been built yet",
            causes=(f"{root / '.venv'} holds no record of a build",),
            hints=("run `mvenv build` first",),
        )
    drawing = record["graph"]
    if not isinstance(drawing, dict) or drawing.get("schema") != SCHEMA:
        raise MvenvError(
            "the project was built by another version of mvenv",
            causes=(f"{root / '.venv' / freshness.RECORD}",),
            hints=("run `mvenv build` first",),
        )
    if not freshness.is_fresh(root, record):
        click.echo("note: the project has changed since this was built; `mvenv build` updates it", err=True)
    if form == "json":
        from orchestrator.manifest.models import to_json

        click.echo(to_json(drawing), nl=False)
    else:
        from orchestrator.graph.text import picture

        click.echo(picture(drawing))
