"""What a build has imported, kept in its record: told until it is mended, and tried again by ``mvenv doctor``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.install.advice import Advised
from orchestrator.install.smoke import ImportFailure, check

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestrator.install.trying import AtWork
    from orchestrator.plan.checks import Checks
    from orchestrator.state.documents import FailedImport, Record, RecordedImports

_LATER = "it could be when it had been installed; `mvenv build --reinstall` makes all as it was then"


def recorded(
    checks: Sequence[Checks], failures: Sequence[ImportFailure], advised: Sequence[Advised]
) -> RecordedImports:
    """Return what the record says of the imports that a build has tried.

    :param failures: all that came of them.
    :param advised: those that matter.
    """
    told = {each.failure for each in advised}
    return {
        "tried": [{"modules": each.modules, "commands": each.commands} for each in checks],
        "failed": entries(advised),
        "excused": [[each.requirement, each.message] for each in failures if each not in told],
    }


def entries(advised: Iterable[Advised]) -> list[FailedImport]:
    """Return what the record says of what could not be imported."""
    return [
        {
            "requirement": each.failure.requirement,
            "module": each.failure.module,
            "message": each.failure.message,
            "hint": each.hint,
            "cure": list(each.cure),
            "sought": each.sought,
        }
        for each in advised
    ]


def failed(record: Record) -> tuple[Advised, ...]:
    """Return what could not be imported when it had been installed."""
    known = record.get("imports")
    return tuple(
        Advised(
            ImportFailure(each["requirement"], each["module"], each["message"]),
            each["hint"],
            cure=tuple(each["cure"]),
            sought=each["sought"],
        )
        for each in (known["failed"] if known else ())
    )


def again(record: Record, python: Path, root: Path, at_work: AtWork | None = None) -> tuple[Advised, ...]:
    """Import once more what the build has imported, and return what cannot be; nothing if the build was not to try.

    :param python: the application environment's interpreter.
    :param at_work: told what is being imported.
    """
    known = record.get("imports")
    if known is None:
        return ()
    tried = known["tried"]
    modules, commands = [each["modules"] for each in tried], [each["commands"] for each in tried]
    found = check(python, root, modules, commands, at_work=at_work)
    before = {each.failure.requirement: each for each in failed(record)}
    return tuple(
        replace(before[each.requirement], failure=each)
        if each.requirement in before
        else Advised(each, _LATER)
        for each in found
        if [each.requirement, each.message] not in known["excused"]
    )
