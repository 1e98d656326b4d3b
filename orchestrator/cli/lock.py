"""``mvenv lock``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.asking import request_of, resolving
from orchestrator.cli.fresh import count, proof
from orchestrator.cli.root import project_root
from orchestrator.system.names import LOCKED_SCHEMA

if TYPE_CHECKING:
    from orchestrator.lock.model import Lock
    from orchestrator.pipeline.lock import Locked
    from orchestrator.resolution.outcome import Groups


@click.command()
@resolving
@click.option("--check", is_flag=True, help="Change nothing; exit with 1 if mvenv.lock is out of date.")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def lock(*, check: bool, as_json: bool, **options: Any) -> int:
    """Bring mvenv.lock up to date with pyproject.toml, without installing anything.

    It holds all dependency groups and extras, so that every build can take its part from it. Options that select
    some of them change nothing in it; they only say what has to go together. A lock that is up to date stays as it
    is, unless --upgrade or --upgrade-package asks for newer versions.

    It is for the Python and the platform at hand, and for those in [tool.mvenv] environments, which need not be here:
    each has groups of its own. What has to be built to learn what it requires is built with the Python at hand.
    """
    from orchestrator.system.console import Reporter

    reporter = Reporter()
    pyproject = project_root() / "pyproject.toml"
    request = request_of(options)
    from orchestrator.pipeline.lock import lock_project  # pulls in pydantic, packaging

    locked = lock_project(pyproject, reporter, request, check=check)
    if not locked.changes:
        reporter.say(f"mvenv.lock is up to date{_summary(locked)}")
    elif check:
        reporter.say("mvenv.lock is out of date")
        for reason in locked.changes:
            reporter.say(f"  {reason}")
    else:
        reporter.say(f"Wrote mvenv.lock{_summary(locked)}", "green")
    for answer in locked.others:
        reporter.say(f"  {_summary_elsewhere(answer)}")
    for setback in locked.groups.setbacks if locked.groups is not None else ():
        reporter.warn(setback.message())
        reporter.say(f"  hint: {setback.hint()}")
    if as_json:
        from orchestrator.manifest.models import to_json

        click.echo(to_json(_document(locked)), nl=False)
    return 1 if check and locked.changes else 0


def _summary(locked: Locked) -> str:
    groups = locked.groups
    if groups is None:
        return ""
    told = proof(proved=groups.proved, lower_bound=groups.lower_bound)
    said = f": {count(len(groups.groups), 'group')}, {told}"
    if groups.calls:
        said += f", {count(groups.calls, 'question')} to uv in {locked.seconds:.1f}s"
    return said


def _summary_elsewhere(answer: Lock) -> str:
    from orchestrator.lock.several import made_for, shown

    groups = answer.groups
    told = proof(proved=groups.proved, lower_bound=groups.lower_bound)
    return f"{shown(*made_for(answer))}: {count(len(groups.groups), 'group')}, {told}"


def _document(locked: Locked) -> dict[str, Any]:
    groups = locked.groups
    document: dict[str, Any] = {
        "schema": LOCKED_SCHEMA,
        "changed": bool(locked.changes),
        "reasons": list(locked.changes),
        "seconds": round(locked.seconds, 3),
    }
    if groups is None:
        return document
    return {
        **document,
        **_answer(groups),
        "calls": groups.calls,
        "elsewhere": [
            {"python": each.inputs.python, "platform": each.inputs.platform, **_answer(each.groups)}
            for each in locked.others
        ],
    }


def _answer(groups: Groups) -> dict[str, Any]:
    return {
        "groups": [
            {
                "requirements": list(group.requirements),
                "parts": [part.requirement for part in group.parts],
                "packages": {name: pin.version for name, pin in group.resolution.pins.items()},
            }
            for group in groups.groups
        ],
        "conflicts": [
            {"requirements": list(conflict.requirements), "reason": conflict.reason}
            for conflict in groups.conflicts
        ],
        "lower_bound": groups.lower_bound,
        "proved": groups.proved,
    }
