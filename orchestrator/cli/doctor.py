"""``mvenv doctor``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.fresh import count
from orchestrator.cli.root import project_root
from orchestrator.state.freshness import is_untried
from orchestrator.system.names import DOCTOR_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.reports.doctor import Report

_MOST_TOLD = 20
"""So many problems of an environment are printed: of a package that is gone each file is one."""


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended: install again, write constraints.")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def doctor(*, fix: bool, as_json: bool) -> int:
    """Check that all of a built project is there, its native libraries kept apart, what was installed, and imports.

    Exit code 1 if anything is wrong, and still is after `--fix`. That installs what is damaged again, and adds to
    `[tool.mvenv.constraints]` of pyproject.toml what the build has found to let a requirement be imported.
    """
    root = project_root()
    record = built_record(root, tells_what_is_missing=True)
    from orchestrator.install.long_imports import LongImports
    from orchestrator.reports.doctor import check  # pulls in packaging
    from orchestrator.system.console import Reporter

    at_work = LongImports(Reporter())
    report = check(root, record, at_work)
    if fix and (report.problems or not record.get("imports")):
        _mend(report, root)
        record = built_record(root, tells_what_is_missing=True)
        report = check(root, record, at_work)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        click.echo(to_json({"schema": DOCTOR_SCHEMA, **asdict(report)}), nl=False)
    else:
        was_tried = bool(record.get("imports"))
        for line in _lines(report, was_tried=was_tried):
            click.echo(line)
        if is_untried(record):
            click.echo(
                "note: the last build was ended before it had imported what it had installed; `mvenv build` does so"
            )
        elif record["imports"] is None:
            click.echo(
                "note: nothing was imported: the last build was told not to (`--no-check`); `doctor --fix` does so"
            )
    return 1 if report.problems else 0


def _mend(report: Report, root: Path) -> None:
    """Install again what is not as it was, look for what no build has found yet, and add all constraints."""
    from orchestrator.cli import changed
    from orchestrator.editing.constraints import add_bounds

    damaged = any(problem.kind != "import" for problem in report.problems)
    is_uncured = any(problem.kind == "import" and not problem.cure for problem in report.problems)
    if damaged or is_uncured or not built_record(root).get("imports"):
        changed.build_again(root, reinstall=damaged)
    imports = built_record(root).get("imports")
    failed = imports["failed"] if imports else ()
    cures = {each["requirement"]: each["cure"] for each in failed if each["cure"]}
    if cures:
        changed.change(lambda text: add_bounds(text, cures), build=True)


def _lines(report: Report, *, was_tried: bool) -> Iterator[str]:
    from orchestrator.install.attribution import warning  # with the rest of the report

    for place in report.places:
        own = [count(len(place.names), "library name") if place.names else ""]
        own += [count(place.symbols, "C++ symbol") if place.symbols else ""]
        told = " and ".join(text for text in own if text)
        yield f"{place.place}: {count(place.shared_objects, 'shared object')}" + (
            f", {told} of its own" if told else ""
        )
    numbers: Counter[str] = Counter()
    for problem in report.problems:
        numbers[problem.place] += 1
        if numbers[problem.place] <= _MOST_TOLD:
            yield f"problem: {problem.place}: {problem.what}: {problem.message}"
    for damaged, number in numbers.items():
        if number > _MOST_TOLD:
            yield f"problem: {damaged}: {count(number - _MOST_TOLD, 'problem')} more (`--json` has them all)"
    if report.obstacle:
        yield f"note: {warning(report.obstacle)}"
    for hint in dict.fromkeys(problem.hint for problem in report.problems):
        yield f"hint: {hint}"
    if not report.problems:
        yield (
            "nothing is wrong"
            if was_tried
            else "nothing is wrong, as far as was looked: imports were not tried"
        )
