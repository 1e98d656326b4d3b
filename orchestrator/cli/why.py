"""``mvenv why``."""

from __future__ import annotations

import click

from orchestrator.cli.built import shown
from orchestrator.cli.completing import names
from orchestrator.cli.root import project_root
from orchestrator.system.names import WHY_SCHEMA


@click.command()
@click.argument("name", shell_complete=names)
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def why(name: str, *, as_json: bool) -> None:
    """Tell why NAME is there: who requires it, and which conflict keeps its copies apart.

    NAME is a distribution (scikit-learn) or what code imports (sklearn).
    """
    root = project_root()
    record = shown(root)
    from orchestrator.reports.graph.built import read  # these pull in packaging
    from orchestrator.reports.why.explain import explain
    from orchestrator.reports.why.places import places

    project = read(record["graph"], record["knowledge"])
    answer = explain(name, project, places(root / "pyproject.toml"))
    if not answer.distributions:
        from orchestrator.cli.names import unknown_name

        raise unknown_name(name, project, root)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        click.echo(to_json({"schema": WHY_SCHEMA, **asdict(answer)}), nl=False)
    else:
        from orchestrator.reports.why.text import told

        click.echo(told(answer))
