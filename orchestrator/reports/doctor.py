"""Looking again at what is built: whether its native libraries are still kept apart, and still what was installed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.environments.marking import NativeWork, marking_of
from orchestrator.environments.record_files import record_hash
from orchestrator.install import attribution
from orchestrator.native.decide import decide
from orchestrator.native.read import read_place, with_contents
from orchestrator.state.absence import absences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.native.model import NativePlace
    from orchestrator.state.documents import Record


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as a build leaves it."""

    kind: str
    """``clash``: would be taken for another environment's; ``changed``: not the file that was installed;
    ``missing``; ``unreadable``."""
    place: str
    """The environment's folder, relative to the project."""
    what: str
    """A library's name, or a path below ``site-packages``."""
    message: str
    """What is wrong with it."""
    hint: str = "delete the environments named above and run `mvenv build`"


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """What was found in one environment."""

    place: str
    shared_objects: int
    names: Mapping[str, str]
    """Libraries that a build has renamed, old → new."""
    symbols: int
    """How many process-wide C++ symbols a build has made its own."""


@dataclass(frozen=True, slots=True)
class Report:
    """The state of a built project's native libraries."""

    obstacle: str
    """Why imports that compiled code makes cannot be told apart, if the project is divided; empty if they can."""
    places: tuple[PlaceReport, ...]
    problems: tuple[Problem, ...]


def check(root: Path, record: Record) -> Report:
    """Look for what *record* describes, read every shared object of it, and compare.

    :param root: the project's folder.
    """
    graph = record["graph"]
    application = graph["application"]
    built = [
        (application["name"], application["path"], dict[str, str]()),
        *((place["name"], place["path"], place["borrowed"]) for place in graph["environments"]),
    ]
    paths, folders, places, reports = {}, {}, [], []
    problems = [
        Problem("missing", each.place, each.message, each.cause, each.hint) for each in absences(root, record)
    ]
    told = bool(problems)
    for number, (name, path, borrowed) in enumerate(built):
        paths[name] = path
        folder = venv.built_site_packages(root / path)
        if folder is None:
            if not told:
                problems.append(Problem("missing", path, path, "the environment is not there"))
            continue
        folders[name] = folder
        try:
            places.append(read_place(name, str(number), folder, borrowed.values()))
        except OSError as error:
            problems.append(Problem("unreadable", path, str(error.filename), str(error.strerror)))
            continue
        marking = marking_of(root / path)
        work = NativeWork() if marking is None else marking.native
        reports.append(PlaceReport(path, len(places[-1].objects), work.names, work.symbols))
        problems += _changed(path, folder, places[-1], work.files)
    problems += _clashes(with_contents(places, folders), paths)
    is_whole = graph["environments"] and not told
    python = venv.python(root / application["path"])
    obstacle = attribution.obstacle(python, root) if is_whole else ""
    return Report(obstacle, tuple(reports), tuple(problems))


def _clashes(places: Iterable[NativePlace], paths: Mapping[str, str]) -> Iterable[Problem]:
    for change in decide(tuple(places)):
        path = paths[change.place]
        for name in change.names:
            yield Problem("clash", path, name, "another environment has another library of this name")
        if change.symbols:
            several = f"{len(change.symbols)} process-wide C++ symbols"
            yield Problem("clash", path, several, "another environment defines the same ones")
        renamed = {edit.path for edit in change.edits if edit.soname or edit.needed}
        for edit in change.edits:
            if edit.path not in renamed:
                yield Problem(
                    "clash", path, edit.path, "the same file (a hard link) is in another environment"
                )


def _changed(
    path: str, site_packages: Path, place: NativePlace, recorded: Mapping[str, str]
) -> Iterable[Problem]:
    """Compare the environment's shared objects with the RECORDs, and with what the build noted."""
    expected = {**_hashes(site_packages), **recorded}
    there = {each.path for each in place.objects}
    for file in sorted(there & expected.keys()):
        if record_hash(site_packages / file) != expected[file]:
            yield Problem("changed", path, file, "it is not the file that was installed")
    for file in sorted(recorded.keys() - there):
        yield Problem("missing", path, file, "the build changed it, and it is gone")


def _hashes(site_packages: Path) -> dict[str, str]:
    hashes = {}
    for record in sorted(site_packages.glob("*.dist-info/RECORD")):
        for row in csv.reader(record.read_text("utf-8", "replace").splitlines()):
            if len(row) > 1 and row[1].startswith("sha256="):
                hashes[row[0]] = row[1]
    return hashes
