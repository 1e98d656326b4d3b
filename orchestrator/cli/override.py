"""``mvenv override``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.system.console import Reporter
    from runtime_shim.overrides.rules import Chain


@click.command()
@click.argument("releases", nargs=-1, required=True, metavar="IMPORTER==VERSION... DEPENDENCY==VERSION")
@click.option("--remove", is_flag=True, help="Take the override back.")
@click.option("--no-build", is_flag=True, help="Change the file, and build nothing.")
def override(*, releases: tuple[str, ...], remove: bool, no_build: bool) -> None:
    """Have a release use another version of a dependency than its metadata says, then build.

    `mvenv override dep-a==2.2.2 dep-c==1.1.1`: dep-a 2.2.2 uses dep-c 1.1.1. With more releases it is said of a
    chain of imports: `mvenv override dep-a==2.2.2 dep-b==1.0 dep-c==3.3.3` has dep-a use dep-b 1.0, and that use
    dep-c 3.3.3 where dep-a has imported it. The longest chain that fits decides. It is written to
    custom_dependencies_versions.json beside pyproject.toml.
    """
    chain = _chain(releases)
    root = project_root()
    from orchestrator.system.build_mutex import one_build_at_a_time
    from orchestrator.system.console import Reporter

    reporter = Reporter()
    with one_build_at_a_time(root, reporter):
        _change(root, chain, reporter, remove=remove, no_build=no_build)


def _change(root: Path, chain: Chain, reporter: Reporter, *, remove: bool, no_build: bool) -> None:
    from orchestrator.config.document import read_text
    from orchestrator.config.overrides import load_overrides, parse_overrides
    from orchestrator.editing import overrides
    from orchestrator.system import pending
    from orchestrator.system.names import OVERRIDES as FILE

    path = root / FILE
    data = load_overrides(path)
    before = read_text(path) if path.exists() else None
    edited = (overrides.remove if remove else overrides.override)(data, chain)
    try:
        parse_overrides(path, edited.text)
    except MvenvError as refused:
        refused.causes = ()  # lines of a text that nobody will see
        refused.hints = (f"{FILE} is as it was",)
        raise
    if no_build:
        pending.replace_text(path, edited.text)
    for sentence in edited.said:
        reporter.say(f"{FILE}: {sentence}")
    if no_build:
        reporter.say(
            "It takes effect at the next start where that version is installed, else by `mvenv build`"
        )
        return
    with pending.pending(path, before, edited.text):
        try:
            _build(root, reporter)
        except MvenvError as error:
            if pending.is_any():
                error.hints = (*error.hints, f"{FILE} is as it was")
            raise


def _chain(releases: tuple[str, ...]) -> Chain:
    from packaging.utils import canonicalize_name
    from packaging.version import InvalidVersion, Version

    chain = []
    for text in releases:
        name, equal, version = (part.strip() for part in text.partition("=="))
        try:
            Version(version)
            known = bool(equal) and bool(canonicalize_name(name, validate=True))
        except (InvalidVersion, ValueError):
            known = False
        if not known:
            raise UsageError(
                f"`{text}` is not of the form NAME==VERSION",
                hints=("for example `mvenv override dep-a==2.2.2 dep-c==1.1.1`",),
            )
        chain.append((name, version))
    if len(chain) < 2:
        raise UsageError(
            "an override names the importer and the dependency",
            hints=("for example `mvenv override dep-a==2.2.2 dep-c==1.1.1`",),
        )
    return tuple(chain)


def _build(root: Path, reporter: Reporter) -> None:
    from orchestrator.cli.build import summarize
    from orchestrator.cli.replacing import may_replace
    from orchestrator.config.project import load_project
    from orchestrator.config.request import Request
    from orchestrator.pipeline.build import build as build_project
    from orchestrator.pipeline.built_request import kept_selection
    from orchestrator.state.record import read_record

    pyproject = root / "pyproject.toml"
    kept = kept_selection(read_record(root), load_project(pyproject))
    request = Request(kept, replace=may_replace(root))
    summarize(build_project(pyproject, reporter, request), reporter)
