"""``mvenv pack``."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import click

from orchestrator.cli.fresh import count
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError, UsageError
from orchestrator.system.names import PACK_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.packing.model import LeftOut
    from orchestrator.pipeline.pack import Packed
    from orchestrator.state.documents import Record
    from orchestrator.system.console import Reporter

_MOST_TOLD = 5
"""So many of what is left out for one reason are named."""


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="The archive: .tar.zst, .tar.gz or .tar; dist/NAME-VERSION-pyXY-PLATFORM.tar.zst if it is not given "
    "(.tar.gz where there is no Zstandard).",
)
@click.option("--prefix", metavar="FOLDER", default=None, help="Write absolute paths, for this place alone.")
@click.option("--python", "with_python", is_flag=True, help="Bring the interpreter along (Linux).")
@click.option("--no-build", is_flag=True, help="Fail instead of building when the environments are stale.")
@click.option("--json", "as_json", is_flag=True, help="Print a document for programs.")
def pack(
    *, output: Path | None, prefix: str | None, with_python: bool, no_build: bool, as_json: bool
) -> None:
    """Make one archive of the application, .venv and py_modules that runs wherever it is unpacked.

    It needs neither mvenv nor uv there, and no right to write: `tar -xf FILE -C /app`, then `.venv/bin/python app.py`.
    The Python has to be where it is here, unless `--python` brings it along or `.venv/bin/relocate` is told another.

    The same project makes the same bytes. What git ignores, its history and caches are left out. The name of the
    archive is printed.
    """
    if sys.platform == "win32":
        raise MvenvError(
            "`mvenv pack` makes no archives on Windows",
            causes=("an environment there has a program that knows the path of its Python",),
            hints=("pack in the system that the archive is for: in WSL, a container or CI",),
        )
    from orchestrator.packing.compression import form_of

    place = "" if prefix is None else _checked(prefix)
    if output is not None:
        form_of(output.name)
    root = project_root()
    from orchestrator.cli.run import built  # with what a build needs
    from orchestrator.pipeline.pack import Asked
    from orchestrator.pipeline.pack import pack as pack_project
    from orchestrator.system.children import ended_with_this_process
    from orchestrator.system.console import Reporter
    from orchestrator.system.scratch import scratch

    reporter = Reporter()
    record = _undamaged(root, built(root, may_build=not no_build), may_build=not no_build)
    asked = Asked(None if output is None else output.resolve(), place, with_python)
    with ended_with_this_process(), scratch(), reporter.progress():
        packed = pack_project(root, record, asked, reporter)
    if as_json:
        from dataclasses import asdict

        from orchestrator.manifest.models import to_json

        click.echo(to_json({"schema": PACK_SCHEMA, **asdict(packed)}), nl=False)
    else:
        _summarize(packed, reporter)
        click.echo(packed.archive)


def _checked(prefix: str) -> str:
    path = PurePosixPath(prefix)
    if not path.is_absolute() or ".." in path.parts or "\n" in prefix:
        raise UsageError(
            f"Invalid value for '--prefix': `{prefix}` is no absolute path",
            hints=("name the folder that the archive will be unpacked in: `--prefix /app`",),
        )
    return str(path).rstrip("/")


def _undamaged(root: Path, record: Record, *, may_build: bool) -> Record:
    """Return the record of environments that hold what was installed."""
    from orchestrator.cli.run import build_again
    from orchestrator.state import seal
    from orchestrator.state.record import read_record

    if seal.is_project_untouched(root, record):
        return record
    if not may_build:
        raise MvenvError(
            "an environment has been changed since it was built",
            causes=(f"files below {root} are not those that a build has left",),
            hints=("`mvenv doctor` says which; run `mvenv build`, or leave out `--no-build`",),
        )
    build_again(root, record)
    again = read_record(root)
    assert again is not None
    return again


def _summarize(packed: Packed, reporter: Reporter) -> None:
    reporter.say(f"Packed {count(packed.files, 'file')}, {_size(packed.bytes)}", "green")
    for line in _left_out(packed.left_out):
        reporter.say(f"  left out, {line}")
    if packed.needs:
        reporter.say(f"  {packed.python} needs of the system: the C library, {', '.join(packed.needs)}")
    elif Path(packed.python).is_absolute():
        reporter.say(f"  Python is to be at {packed.python}; `.venv/bin/relocate` takes another")


def _left_out(left_out: Iterable[LeftOut]) -> list[str]:
    """Return a line for each reason."""
    reasons: dict[str, list[str]] = {}
    for each in left_out:
        reasons.setdefault(each.reason, []).append(each.path)
    lines = []
    for reason, paths in sorted(reasons.items()):
        more = len(paths) - _MOST_TOLD
        told = ", ".join(paths[:_MOST_TOLD]) + (f" and {more} more" if more > 0 else "")
        lines.append(f"{reason}: {told}")
    return lines


def _size(number: int) -> str:
    """Return a number of bytes as people read it."""
    size, units = float(number), iter(("B", "kB", "MB", "GB"))
    unit = next(units)
    while size >= 1000 and (larger := next(units, "")):
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
