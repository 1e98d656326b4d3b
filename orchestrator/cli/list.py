"""``mvenv list``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from orchestrator.cli.built import shown as built_or_locked
from orchestrator.cli.root import project_root
from orchestrator.reports.marks import legend
from orchestrator.system import shown
from orchestrator.system.names import LIST_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.reports.listing.rows import Row


@click.command("list")
@click.option(
    "--duplicates",
    is_flag=True,
    help="Only what is installed more than once: each copy, its size, and whether it is needed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def list_(*, duplicates: bool, as_json: bool) -> None:
    """List every installed distribution: name, version, environments, and marks.

    `!` stands at what is there in several versions, `←` at the one that your code imports.
    """
    root = project_root()
    record = built_or_locked(root)
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
        if not duplicates and shown.is_terminal(sys.stdout) and _are_several(found):
            click.echo("\n" + "\n".join(legend(several=True, mine=True)), err=True)


def _are_several(found: Sequence[Row]) -> bool:
    return len({row.name for row in found}) < len(found)
