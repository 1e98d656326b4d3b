"""``mvenv tree``."""

from __future__ import annotations

import click

from orchestrator.cli.built import shown
from orchestrator.cli.root import project_root
from orchestrator.system.names import TREE_SCHEMA


@click.command()
@click.argument("name", required=False)
@click.option("--invert", is_flag=True, help="Show who requires NAME instead of what it requires.")
@click.option("--depth", type=click.IntRange(min=0), metavar="N", help="Show N levels below the first.")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def tree(name: str | None, *, invert: bool, depth: int | None, as_json: bool) -> None:
    """Show who requires what, with versions and [environments].

    Starts at the project, or at each copy of NAME: a distribution (scikit-learn) or what code imports
    (sklearn).
    """
    if invert and name is None:
        raise click.UsageError("--invert needs the NAME to begin with")
    root = project_root()
    record = shown(root)
    from orchestrator.reports.graph.built import read  # these pull in packaging
    from orchestrator.reports.tree.grow import inverted_trees_of, project_tree, trees_of

    project = read(record["graph"], record["knowledge"])
    if name is None:
        trees = [project_tree(project, depth)]
    else:
        grow = inverted_trees_of if invert else trees_of
        trees = [tree for meant in project.meant(name) for tree in grow(meant, project, depth)]
        if not trees:
            from orchestrator.cli.names import unknown_name

            raise unknown_name(name, project, root)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        document = {"schema": TREE_SCHEMA, "inverted": invert, "trees": [asdict(tree) for tree in trees]}
        click.echo(to_json(document), nl=False)
    else:
        from orchestrator.reports.tree.text import drawn

        click.echo(drawn(trees))
