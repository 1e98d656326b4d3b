"""What a shell is told of a project's names while somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

    from orchestrator.reports.graph.built import BuiltProject


def distributions(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the installed distributions that begin with what has been typed."""
    project = _built()
    return (
        [] if project is None else [each for each in project.distributions() if each.startswith(incomplete)]
    )


def names(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the distributions, import names and aliases that begin with what has been typed."""
    project = _built()
    return [] if project is None else [each for each in project.known_names() if each.startswith(incomplete)]


def direct_requirements(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the project's own requirements, and its aliases, that begin with what has been typed."""
    project = _built()
    asked = [] if project is None else [each.alias or each.node[1] for each in project.requirements]
    return [each for each in dict.fromkeys(asked) if each.startswith(incomplete)]


def groups(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the dependency groups that begin with what has been typed."""
    return [each for each in _keys("dependency-groups") if each.startswith(incomplete)]


def extras(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """Return the project's extras that begin with what has been typed."""
    return [each for each in _keys("project", "optional-dependencies") if each.startswith(incomplete)]


def _keys(*path: str) -> list[str]:
    """Return the keys of a table of the nearest pyproject.toml."""
    import tomllib
    from pathlib import Path

    from orchestrator.cli.root import nearest_project

    try:
        root = nearest_project(Path.cwd())
        table: Any = {} if root is None else tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
        for key in path:
            table = table.get(key, {})
        return list(table)
    except (OSError, AttributeError, TypeError, ValueError):
        return []


def _built() -> BuiltProject | None:
    """Return the nearest project as it was built; None where there is none: nobody can be told while typing."""
    from pathlib import Path

    from orchestrator.cli.root import nearest_project
    from orchestrator.reports.graph.built import read
    from orchestrator.state.record import read_record

    try:
        root = nearest_project(Path.cwd())
        record = None if root is None else read_record(root)
        return None if record is None else read(record["graph"], record["knowledge"])
    except (OSError, LookupError, TypeError, ValueError):
        return None
