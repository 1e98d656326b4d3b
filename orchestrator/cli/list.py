"""``mvenv list``."""

from __future__ import annotations

import click

from orchestrator.cli.built import shown
from orchestrator.cli.root import project_root
from orchestrator.system.names import LIST_SCHEMA


@click.command("list")
@click.option(
    "--duplicates",
    is_flag=True,
    help="Only what is installed more than once: each copy, its size, and whether it is needed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def list_(*, duplicates: bool, as_json: bool) -> None:
    """List every installed distribution: name, version, environments."""
    root = project_root()
    record = shown(root)
    from orchestrator.reports.graph.built import read  # these pull in packaging
    from orchestrator.reports.listing.rows import rows

    project = read(record["graph"], record["knowledge"])
    if duplicates:
        from orchestrator.reports.bounds import requirement_lines, unneeded
        from orchestrator.reports.listing.sizes import with_sizes

        spare = unneeded(project, requirement_lines(project, root))
        found = with_sizes(rows(project, duplicates=True, unneeded=spare), root)
        if spare:
            names = sorted({name for _, name in spare})
            options = " ".join(f"--upgrade-package {name}" for name in names)
            click.echo(f"hint: `mvenv build {options}` chooses these anew", err=True)
    else:
        found = rows(project)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        document = {"schema": LIST_SCHEMA, "distributions": [asdict(row) for row in found]}
        click.echo(to_json(document), nl=False)
    elif not found:
        click.echo("nothing is installed more than once" if duplicates else "nothing is installed", err=True)
    else:
        from orchestrator.reports.listing.text import columns, columns_of_copies

        click.echo(columns_of_copies(found) if duplicates else columns(found))
