"""``*.dist-info/RECORD`` (PEP 376, PEP 427): brought into line with what a build has changed of installed files."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.files import write_text
from orchestrator.system.record_rows import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def update_records(
    site_packages: Path, files: Mapping[str, str], links: Mapping[str, str] | None = None
) -> None:
    """Bring the RECORDs that name changed files into line, and name the links where their targets are named.

    :param files: what was changed, below *site_packages* → its hash now.
    :param links: what was added, likewise → the name of the file beside it that it is a link to.
    """
    beside: dict[str, list[str]] = {}
    for link, target in (links or {}).items():
        beside.setdefault(str(Path(link).with_name(target)), []).append(link)
    for record in sorted(site_packages.glob("*.dist-info/RECORD")):
        text = record.read_text("utf-8", "replace")
        there = list(rows(text))
        if not any(row[0] in files or row[0] in beside for row in there):
            continue
        known = {row[0] for row in there}
        updated = []
        for row in there:
            path = row[0]
            here = _row(site_packages, path, files[path]) if path in files else row
            updated.append(here)
            updated += [[link, *here[1:]] for link in beside.get(path, ()) if link not in known]
        write_text(record, _csv(updated))


def _row(site_packages: Path, path: str, digest: str) -> list[str]:
    return [path, digest, str((site_packages / path).stat().st_size)]


def _csv(lines: Iterable[Iterable[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
