"""``mvenv build``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.asking import request_of, resolving
from orchestrator.cli.fresh import count, not_imported, size
from orchestrator.cli.replacing import may_replace
from orchestrator.cli.root import project_root
from orchestrator.config.request import LockUse
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.pipeline.dry_run import DryRun, EnvironmentChange
    from orchestrator.pipeline.outcome import Built
    from orchestrator.state.documents import EnvironmentEntry, GraphDocument
    from orchestrator.system.console import Reporter


@click.command()
@resolving
@click.option("--locked", is_flag=True, help="Fail if mvenv.lock is not what pyproject.toml asks for.")
@click.option("--frozen", is_flag=True, help="Build what mvenv.lock says, whatever pyproject.toml asks for.")
@click.option(
    "--reinstall",
    metavar="[NAME]",
    is_flag=False,
    flag_value="",
    multiple=True,
    help="Install anew: all, or what holds the distribution or is the environment of that name.",
)
@click.option("--no-check", is_flag=True, help="Do not import what was installed, to see whether it works.")
@click.option("--replace", "replaces", is_flag=True, help="Replace a `.venv` that mvenv did not make.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def build(
    *,
    locked: bool,
    frozen: bool,
    reinstall: tuple[str, ...],
    no_check: bool,
    replaces: bool,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Make the environments that the nearest pyproject.toml asks for.

    What agrees goes into .venv, each conflicting group into an environment of its own under py_modules/: the
    fewest that can hold everything. With nothing changed since the last time it does nothing.

    What was chosen is kept in mvenv.lock, for all dependency groups and extras, so that the next build chooses the
    same, whichever of them it takes in: by default the project's dependencies and the group `dev`. `mvenv sync` and
    `mvenv install` are the same command.
    """
    from orchestrator.system.console import Reporter

    if locked and frozen:
        raise UsageError("`--locked` and `--frozen` exclude each other")
    use = LockUse.LOCKED if locked else LockUse.FROZEN if frozen else LockUse.UPDATE
    asked = request_of(options, use)
    reporter = Reporter()
    pyproject = project_root() / "pyproject.toml"
    replaces = replaces or (not dry_run and may_replace(pyproject.parent))
    request = replace(asked, reinstall=reinstall or None, check=not no_check, replace=replaces)
    if dry_run:
        from orchestrator.pipeline.dry_run import dry_run_of

        seen = dry_run_of(pyproject, reporter, request)
        tell(seen, reporter)
        if as_json:
            _print(_document(seen))
        return
    from orchestrator.pipeline.build import build as build_project  # pulls in pydantic, virtualenv, packaging

    built = build_project(pyproject, reporter, request)
    summarize(built, reporter)
    if as_json:
        _print(built.graph)


def summarize(built: Built, reporter: Reporter) -> None:
    """Print what a build has made."""
    graph = built.graph
    if built.was_fresh:
        reporter.say(f"Up to date: {size(graph)}")
    for advised in built.failures:
        failure = advised.failure
        reporter.warn(not_imported(failure.requirement, failure.module, failure.message))
        reporter.say(f"  hint: {advised.hint}")
    if built.was_fresh:
        return
    for name, providers in built.hidden:
        reporter.warn(f"`{name}` comes from {' and '.join(providers)}; the application sees {providers[0]}'s")
        for other in providers[1:] if "." not in name else ():  # a portion of a namespace has no alias
            reporter.say(f"  hint: {_alias_hint(name, other)}")
    for warning in built.warnings:
        reporter.warn(warning)
    for setback in built.setbacks:
        reporter.warn(setback.message())
        reporter.say(f"  hint: {setback.hint()}")
    for hit in built.limits:
        reporter.warn(hit.message())
        reporter.say(f"  hint: {hit.limit.remedy}")
    reporter.say(f"Built {size(graph)} in {built.seconds:.1f}s", "green")
    shared = len(graph["application"]["distributions"])
    whose = " shared by all" if graph["environments"] else ""
    itself = f", and `{built.itself}` itself" if built.itself else ""
    reporter.say(f"  .venv: {count(shared, 'distribution')}{whose}{itself}")
    for environment in graph["environments"]:
        number = count(len(environment["distributions"]), "distribution")
        whom = ", ".join(_for_whom(environment, graph))
        alone = {entry["name"] for entry in environment["distributions"]} <= set(graph["isolated"])
        reporter.say(
            f"  {environment['path']}: {number}{' isolated' if alone else ''}{' for ' if whom else ''}{whom}"
        )
    places = {environment["name"]: environment["path"] for environment in graph["environments"]}
    for separated in built.separated:
        reporter.say(f"  {places.get(separated.place, '.venv')}: {separated.message()}")
    for clash in built.beside.clashes:
        reporter.say(f"  .venv/{clash.message()}")
    for change in built.changes:
        reporter.say(f"  {change.text}", _COLORS[change.mark])
    several = {name: versions for name, versions in graph["versioned"].items() if len(versions) > 1}
    if several:
        listed = "; ".join(f"{name} {' and '.join(versions)}" for name, versions in several.items())
        reporter.say(f"In several versions: {listed}")
    for each in built.behind:
        reporter.say(f"Beside what the project asks for: {each.text}")
    if built.twice:
        reporter.say(f"More than once in one version: {'; '.join(each.text for each in built.twice)}")
    if hosts := _isolated_hosts(graph):
        reporter.say(f"Isolated, but what they run sees what the application sees: {', '.join(hosts)}")
    if built.unverified:
        reporter.say(f"Not verified by hashes, being your own: {', '.join(built.unverified)}")
    if built.beside.commands.others:
        reporter.say(f"Commands of other versions: {', '.join(built.beside.commands.others)}")


def _isolated_hosts(graph: GraphDocument) -> list[str]:
    """Return the kernels, debuggers, test runners and servers that are in an environment of their own or a group's."""
    from orchestrator.install.hosts import HOSTS

    return [name for name in graph["versioned"] if name in HOSTS]


def _alias_hint(name: str, distribution: str) -> str:
    own = re.sub(r"[-.]", "_", f"{name}_of_{distribution}")
    return f"`mvenv alias {own} {distribution} --module {name}` gives that of {distribution} an import name of its own"


def _for_whom(environment: EnvironmentEntry, graph: GraphDocument) -> list[str]:
    """Return what an environment is there for: direct requirements, aliases, what others do not find beside them.

    Of its group's direct requirements those that are in it, as far as there are any: others are shared, or borrowed.
    """
    here = environment["name"]
    held = {entry["requirement"] for entry in graph["direct"] if entry["environment"] == here}
    asked = [text for text in environment["requirements"] if text in held]
    return [
        *(asked or environment["requirements"]),
        *(alias["name"] for alias in graph["aliases"] if alias["environment"] == here),
        *dict.fromkeys(
            f"{part['importer']['name']} {part['importer']['version']} (its {part['distribution']})"
            for part in graph["parts"]
            if part["environment"] == here
        ),
    ]


_COLORS = {"+": "green", "-": "red", "~": "yellow", "→": "cyan"}
_VERBS = {"make": "make", "replace": "make anew", "remove": "remove", "keep": "keep"}


def tell(seen: DryRun, reporter: Reporter) -> None:
    """Print what a build would do."""
    if seen.is_fresh:
        reporter.say("Up to date: a build would change nothing")
        return
    if seen.lock != "keep":
        reporter.say(f"Would {'write' if seen.lock == 'make' else 'update'} mvenv.lock")
        for reason in seen.reasons:
            reporter.say(f"  because {reason}")
    for change in seen.environments:
        reporter.say(f"Would {_VERBS[change.action]} {change.path} ({change.name})")
        for line in _lines(change):
            reporter.say(f"  {line}")


def _lines(change: EnvironmentChange) -> list[str]:
    if change.action == "remove":
        return []
    return [
        *(f"+ {name} {version}" for name, version in change.added.items()),
        *(f"- {name} {version}" for name, version in change.removed.items()),
        *(f"~ {name} {before} -> {after}" for name, (before, after) in change.changed.items()),
    ]


def _document(seen: DryRun) -> dict[str, Any]:
    from dataclasses import asdict

    from orchestrator.system.names import DRY_RUN_SCHEMA

    groups = seen.groups
    return {
        "schema": DRY_RUN_SCHEMA,
        "up_to_date": seen.is_fresh,
        "lock": seen.lock,
        "reasons": list(seen.reasons),
        "environments": [asdict(change) for change in seen.environments],
        "groups": None if groups is None else [list(group.requirements) for group in groups.groups],
        "proved": None if groups is None else groups.proved,
        "lower_bound": None if groups is None else groups.lower_bound,
    }


def _print(document: Mapping[str, Any]) -> None:
    from orchestrator.manifest.models import to_json

    click.echo(to_json(document), nl=False)
