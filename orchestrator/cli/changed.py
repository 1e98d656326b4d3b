"""What the commands share that change pyproject.toml: check, build, and write it with the build."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import click

from orchestrator.cli import completing
from orchestrator.cli.replacing import may_replace
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from orchestrator.config.model import Project
    from orchestrator.editing.model import Edited
    from orchestrator.system.console import Reporter

no_build = click.option("--no-build", is_flag=True, help="Change pyproject.toml, and build nothing.")
group = click.option(
    "--group",
    metavar="NAME",
    default="",
    help="The dependency group that is meant.",
    shell_complete=completing.groups,
)
dev = click.option("--dev", is_flag=True, help="The same as `--group dev`.")
extra = click.option(
    "--extra",
    metavar="NAME",
    default="",
    help="The extra that is meant.",
    shell_complete=completing.extras,
)

_AS_IT_WAS = "pyproject.toml is as it was"


def one_section(group: str, extra: str, *, dev: bool) -> str:
    """Check that no more than one group or extra is named, and return the group."""
    named = [*(["--dev"] if dev else []), *(["--group"] if group else []), *(["--extra"] if extra else [])]
    if len(named) > 1:
        raise UsageError(f"`{named[0]}` and `{named[1]}` exclude each other")
    if not dev:
        return group
    from orchestrator.config.default_groups import DEV

    return DEV


def change(
    edit: Callable[[str], Edited],
    *,
    build: bool,
    group: str = "",
    extra: str = "",
    settled: Callable[[Mapping[str, str]], Callable[[str], Edited]] | None = None,
) -> None:
    """Change the nearest pyproject.toml and build: what was built before, and a group or extra more.

    The new text is checked, then built, and written with what it asks for, in one step: whatever comes in between, the
    file is as it was.

    :param edit: what to do with the text.
    :param group: a dependency group to take in.
    :param extra: an extra to take in.
    :param settled: what to do with the text instead, once the versions of direct requirements are known.
    :raises MvenvError: the change or the build is not possible; pyproject.toml is as it was then.
    """
    from orchestrator.system.build_mutex import one_build_at_a_time
    from orchestrator.system.console import Reporter

    pyproject = project_root() / "pyproject.toml"
    reporter = Reporter()
    with one_build_at_a_time(pyproject.parent, reporter):
        _change(pyproject, edit, reporter, build=build, group=group, extra=extra, settled=settled)


def build_again(root: Path, *, reinstall: bool) -> None:
    """Build once more what the last build was asked for, and try all imports again.

    :param reinstall: install anew what is installed.
    :raises MvenvError: the build is not possible; what was there is as it was then.
    """
    from orchestrator.cli.build import summarize
    from orchestrator.config.project import load_project
    from orchestrator.config.request import Request
    from orchestrator.pipeline.build import build as build_project
    from orchestrator.pipeline.built_request import kept_selection
    from orchestrator.state.record import read_record
    from orchestrator.system.console import Reporter

    pyproject, reporter = root / "pyproject.toml", Reporter()
    selection = kept_selection(read_record(root), load_project(pyproject))
    request = Request(selection, reinstall=("",) if reinstall else None, try_again=True)
    summarize(build_project(pyproject, reporter, request), reporter)


def make(pyproject: Path, edit: Callable[[str], Edited]) -> None:
    """Write a pyproject.toml where there is none.

    :param edit: what to make of an empty text.
    :raises MvenvError: what comes of it is no project; nothing is written then.
    """
    from orchestrator.config.project import parse_project
    from orchestrator.system.console import Reporter
    from orchestrator.system.files import write_text

    edited = edit("")
    try:
        parse_project(pyproject, edited.text)
    except MvenvError as refused:
        _without_lines(refused)
        refused.hints = (*refused.hints, "no pyproject.toml was written")
        raise
    write_text(pyproject, edited.text)
    reporter = Reporter()
    reporter.say("Wrote pyproject.toml")
    _say(edited, reporter)


def _change(
    pyproject: Path,
    edit: Callable[[str], Edited],
    reporter: Reporter,
    *,
    build: bool,
    group: str,
    extra: str,
    settled: Callable[[Mapping[str, str]], Callable[[str], Edited]] | None,
) -> None:
    from orchestrator.config.document import read_text
    from orchestrator.system import pending

    before = read_text(pyproject)
    edited, project = _checked(edit, before, pyproject)
    is_other = edited.text != before
    if not build:
        if is_other:
            pending.replace_text(pyproject, edited.text)
        _say(edited, reporter)
        return
    from orchestrator.cli.build import summarize
    from orchestrator.config.request import Request
    from orchestrator.config.selection import including
    from orchestrator.pipeline.build import build as build_project
    from orchestrator.pipeline.built_request import kept_selection
    from orchestrator.pipeline.chosen import chosen_versions
    from orchestrator.state.record import read_record

    replaces = may_replace(pyproject.parent)

    def request() -> Request:
        kept = kept_selection(read_record(pyproject.parent), project)
        return Request(including(kept, project, group=group, extra=extra), replace=replaces)

    if settled is not None and is_other:
        with _pending(pyproject, before, edited.text):
            versions = chosen_versions(pyproject, request(), reporter)
        edited, project = _checked(settled(versions), before, pyproject)
    with _pending(pyproject, before, edited.text) if is_other else nullcontext():
        built = build_project(pyproject, reporter, request())
    _say(edited, reporter)
    summarize(built, reporter)


@contextmanager
def _pending(pyproject: Path, before: str, text: str) -> Iterator[None]:
    """Let *text* count as that of the file; an error in the block says that the file is as it was, if it is."""
    from orchestrator.system import pending

    with pending.pending(pyproject, before, text):
        try:
            yield
        except MvenvError as error:
            if pending.is_any():
                error.hints = (*error.hints, _AS_IT_WAS)
            raise


def _say(edited: Edited, reporter: Reporter) -> None:
    for sentence in edited.said:
        reporter.say(sentence)
    for sentence in edited.warned:
        reporter.warn(sentence)


def _checked(edit: Callable[[str], Edited], before: str, pyproject: Path) -> tuple[Edited, Project]:
    from orchestrator.config.document import parse_toml
    from orchestrator.config.project import parse_project
    from orchestrator.editing.lines import keeping_line_ends

    document = parse_toml(pyproject, before)
    edited = keeping_line_ends(edit, before)
    try:
        project = parse_project(pyproject, edited.text)
    except MvenvError as refused:
        if "project" in document.data:  # or it is `init` that makes one
            parse_project(pyproject, before)  # what was wrong all along is said of the file as it is
        _without_lines(refused)
        refused.hints = (*refused.hints, _AS_IT_WAS)
        raise
    return edited, project


def _without_lines(refused: MvenvError) -> None:
    """Take the places out of an error: they are those of a text that nobody will see."""
    refused.causes = tuple(cause.partition(": ")[2] or cause for cause in refused.causes)
