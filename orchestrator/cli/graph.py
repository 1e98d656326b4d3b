"""``mvenv graph``."""

from __future__ import annotations

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.root import project_root


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "dot", "mermaid"]),
    default="text",
    show_default=True,
    help="A picture for people, a document for programs, or a diagram for Graphviz or Markdown.",
)
def graph(form: str) -> None:
    """Show which environment holds what, and why they are apart."""
    record = built_record(project_root())
    drawing = record["graph"]
    if form == "json":
        from orchestrator.manifest.models import to_json

        click.echo(to_json(drawing), nl=False)
    elif form in ("dot", "mermaid"):
        from orchestrator.reports.graph import diagram
        from orchestrator.reports.graph.built import read

        click.echo(diagram.FORMS[form](diagram.diagram(read(drawing, record["knowledge"]))))
    else:
        from orchestrator.reports.graph.text import picture

        click.echo(picture(drawing))
