"""``mvenv init``."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli import changed
from orchestrator.cli.root import nearest_project


@click.command()
@click.option(
    "--name", metavar="NAME", default="", help="The new project's name; that of the folder without it."
)
@click.option(
    "--tool",
    "tools",
    metavar="TOOL",
    multiple=True,
    help="Tell TOOL although the project has no settings for it.",
)
def init(*, name: str, tools: tuple[str, ...]) -> None:
    """Begin a project here, and have the tools it uses leave `py_modules` alone.

    Without a pyproject.toml here or above, a small one is written. Then each type checker, linter and test runner that
    has a table in it is told to leave out the folder of the isolated environments; TOOL is one of basedpyright, deptry,
    mypy, pyrefly, pyright, pytest, ruff and ty. Nothing is built; saying it again changes nothing.
    """
    from orchestrator.editing import tool_excludes
    from orchestrator.editing.new_project import new_project
    from orchestrator.system.console import Reporter
    from orchestrator.system.files import write_text

    tool_excludes.check(tools)
    if nearest_project(Path.cwd()) is None:
        pyproject = Path.cwd() / "pyproject.toml"
        write_text(pyproject, new_project(name or Path.cwd().name))
        Reporter().say("Wrote pyproject.toml")
    changed.change(lambda text: tool_excludes.leave_out(text, tools), build=False)
