"""``mvenv init``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from orchestrator.cli import changed
from orchestrator.cli.root import nearest_project, starting_folder

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.editing.model import Edited


@click.command()
@click.option(
    "--name",
    metavar="NAME",
    default="",
    help="The new project's name; that of what is there or of the folder.",
)
@click.option(
    "--tool",
    "tools",
    metavar="TOOL",
    multiple=True,
    help="Tell TOOL although the project has no settings for it.",
)
def init(*, name: str, tools: tuple[str, ...]) -> None:
    """Begin a project here, from what is there, and have the tools it uses leave `py_modules` alone.

    Without a `[project]` table here or above, one is written: from Poetry's table, a Pipfile, setup.cfg and setup.py
    (which is not run), requirements.in or requirements.txt, the first of them that is there, else from nothing. Of a
    project of uv's or Poetry's that has a `[project]` table, what is missing for mvenv is added. What is carried in
    another form, and what is not carried, is said with its place; files of other tools stay as they are.

    Then each type checker, linter and test runner that has a table in pyproject.toml is told to leave out the folder
    of the isolated environments; TOOL is one of basedpyright, deptry, mypy, pyrefly, pyright, pytest, ruff and ty.
    Nothing is built; saying it again changes nothing.
    """
    from orchestrator.editing import tool_excludes
    from orchestrator.system.console import Reporter

    tool_excludes.check(tools)
    start = starting_folder()
    root = nearest_project(start)

    def edit(text: str) -> Edited:
        begun = _begun(text, root or start.resolve(), name)
        told = tool_excludes.leave_out(begun.text, tools)
        said = (*begun.said, *told.said)
        if told.text == text and not said:
            said = ("Nothing is missing in pyproject.toml",)
        return replace(told, said=said, warned=begun.warned)

    if root is None:
        changed.make(start / "pyproject.toml", edit)
        return
    reporter = Reporter()
    for file in _not_of_the_project(start, root):
        reporter.say(f"{file} is not read: the project here is that of {root / 'pyproject.toml'}")
    changed.change(edit, build=False)


def _begun(text: str, root: Path, name: str) -> Edited:
    from orchestrator.beginning.choose import beginnings, unread
    from orchestrator.beginning.write import write
    from orchestrator.config.document import parse_toml

    document = parse_toml(root / "pyproject.toml", text) if text else None
    if document is not None and {"project", "mvenv"} <= {*document.data, *_keys(document.data.get("tool"))}:
        return write(text, (), name or root.name)
    found = beginnings(root, document)
    own = next((each.name for each in found if each.name), root.name)
    edited = write(text, found, name or own)
    read = tuple(file for each in found for file in each.read)
    said = [f"Read {file}" for file in read]
    said += [f"  {line}" for each in found for line in each.told]
    said += [f"Not read: {file}" for file in unread(root, read)]
    lost = tuple(f"not carried over: {line}" for each in found for line in each.lost)
    return replace(edited, said=(*said, *edited.said), warned=(*lost, *edited.warned))


def _keys(table: object) -> tuple[str, ...]:
    return tuple(table) if isinstance(table, dict) else ()


def _not_of_the_project(start: Path, root: Path) -> tuple[str, ...]:
    from orchestrator.beginning.choose import unread

    return () if start.resolve() == root else unread(start, ())
