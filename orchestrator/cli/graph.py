"""``mvenv graph``."""

from __future__ import annotations

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.root import project_root


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
    drawing = built_record(project_root())["graph"]
    if form == "json":
        from orchestrator.manifest.models import to_json

        click.echo(to_json(drawing), nl=False)
    else:
        from orchestrator.reports.graph.text import picture

        click.echo(picture(drawing))
