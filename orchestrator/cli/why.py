"""``mvenv why``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError
from orchestrator.why import SCHEMA

if TYPE_CHECKING:
    from orchestrator.why.built import BuiltProject


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def why(name: str, *, as_json: bool) -> None:
    """Tell why NAME is there: who requires it, and which conflict keeps its copies apart.

    NAME is a distribution (scikit-learn) or what code imports (sklearn).
    """
    root = project_root()
    record = built_record(root)
    from orchestrator.why.built import read  # these pull in packaging
    from orchestrator.why.explain import explain
    from orchestrator.why.places import places

    project = read(record)
    answer = explain(name, project, places(root / "pyproject.toml"))
    if not answer.distributions:
        raise _unknown(name, project)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        click.echo(to_json({"schema": SCHEMA, **asdict(answer)}), nl=False)
    else:
        from orchestrator.why.text import told

        click.echo(told(answer))


def _unknown(name: str, project: BuiltProject) -> MvenvError:
    from orchestrator.config.faults import did_you_mean, quote
    from orchestrator.why.explain import known_names

    if name.partition(".")[0] in sys.stdlib_module_names:
        return MvenvError(
            f"{quote(name)} belongs to Python's standard library, of which everybody sees one copy",
            hints=("ask about a distribution, or about what is imported from one",),
        )
    return MvenvError(
        f"the project holds nothing called {quote(name)}",
        causes=("neither a distribution nor an import name of those that the last build installed",),
        hints=(did_you_mean(name, known_names(project), otherwise="it holds"),),
    )
