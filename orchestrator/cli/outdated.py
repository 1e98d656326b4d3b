"""``mvenv outdated``."""

from __future__ import annotations

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.root import project_root
from orchestrator.system.names import OUTDATED_SCHEMA


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def outdated(*, as_json: bool) -> None:
    """List what could be newer, environment by environment, and who holds it back.

    Columns: name, installed version, newest version, environment, and the requirements that exclude the newest one.
    `mvenv build --upgrade` takes what nobody holds back.
    """
    root = project_root()
    record = built_record(root)
    from orchestrator.config.project import load_project  # these pull in packaging, pydantic
    from orchestrator.reports.bounds import requirement_lines
    from orchestrator.reports.graph.built import read
    from orchestrator.reports.outdated import columns
    from orchestrator.reports.outdated import outdated as outdated_copies
    from orchestrator.system.parallel import in_parallel
    from orchestrator.uv.outdated import latest_versions

    project = read(record["graph"], record["knowledge"])
    written = load_project(root / "pyproject.toml")
    asked = (*written.requirements, *(alias.requirement for alias in written.aliases))
    constraints = {each.alias or each.name: each.constraints for each in asked}
    places = project.everywhere()
    answers = in_parallel(
        lambda place: latest_versions(root / place.path, root, written.exclude_newer), places, a_processor=2
    )
    latest = {place.name: answer for place, answer in zip(places, answers, strict=True)}
    found = outdated_copies(project, latest, requirement_lines(project, root), constraints)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        document = {"schema": OUTDATED_SCHEMA, "distributions": [asdict(each) for each in found]}
        click.echo(to_json(document), nl=False)
    elif not found:
        click.echo("everything is the newest", err=True)
    else:
        click.echo(columns(found))
