"""Looking again at what is built: whether all is there and still what was installed, and libraries are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config.acceptable import error_in
from orchestrator.environments import venv
from orchestrator.environments.marking import NativeWork, marking_of
from orchestrator.install import attribution, recorded_imports
from orchestrator.native.decide import decide
from orchestrator.native.read import read_place, with_contents
from orchestrator.state import seal
from orchestrator.state.absence import absences
from orchestrator.system.names import RECORD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from orchestrator.errors import MvenvError
    from orchestrator.install.trying import AtWork
    from orchestrator.native.model import NativePlace
    from orchestrator.state.documents import Record


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as a build leaves it."""

    kind: str
    """``import``: cannot be imported; ``clash``: would be taken for another environment's; ``changed``: not the file
    that was installed; ``missing``; ``unreadable``; ``invalid``: no build takes the project's files."""
    place: str
    """The environment's folder, relative to the project, or the file."""
    what: str
    """A library's name, a path below ``site-packages``, or a direct requirement."""
    message: str
    """What is wrong with it."""
    hint: str = "run `mvenv build --reinstall`, which makes the environments again"
    cure: tuple[str, ...] = ()
    """Of a direct requirement: what `[tool.mvenv.constraints]` has to say of it so that it can be imported."""


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


def check(root: Path, record: Record, at_work: AtWork | None = None) -> Report:
    """Look for what *record* describes, read every shared object of it, and compare.

    :param root: the project's folder.
    :param at_work: told what is being imported.
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
    invalid = error_in(root, record["overrides"])
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
        told_of = {each.place for each in problems}
        if path not in told_of:
            problems += _changed(path, root / path, told_of)
    problems += _clashes(with_contents(places, folders), paths)
    is_whole = graph["environments"] and not told
    python = venv.python(root / application["path"])
    if not told:
        problems += [
            Problem(
                *("import", application["path"], each.failure.requirement),
                f"does not import ({each.failure.module}): {each.failure.message}",
                each.hint,
                each.cure,
            )
            for each in recorded_imports.again(record, python, root, at_work)
        ]
    if invalid is not None:
        problems.append(_invalid(invalid))
    obstacle = attribution.obstacle(python, root) if is_whole else ""
    return Report(obstacle, tuple(reports), tuple(problems))


def _invalid(error: MvenvError) -> Problem:
    where, *others = error.causes or ("",)
    file = where.partition(":")[0]
    hint = "; ".join(error.hints) or f"mend `{file}`: until then nothing can be built"
    return Problem("invalid", file, error.message, "; ".join((where, *others)), hint)


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


def _changed(path: str, folder: Path, told_of: Collection[str]) -> Iterable[Problem]:
    """Compare all that an environment holds with what it held when its build had ended.

    :param told_of: files, relative to the project, of which something is said already.
    """
    known = seal.read_seal(folder)
    if known is None:
        yield Problem("unreadable", path, RECORD, "it does not say what the environment holds")
        return
    site_packages = f"{known['site_packages']}/"
    for each in seal.damage(folder, known):
        if f"{path}/{each.path}" in told_of:
            continue
        what = each.path.removeprefix(site_packages)
        whose = f" with {each.distribution}" if each.distribution else ""
        gone = f"it was installed{whose}, and it is gone"
        changed = f"it is not the file that was installed{whose}"
        named = f" {each.distribution}" if each.distribution else ""
        hint = f"run `mvenv build --reinstall{named}`, which installs it again"
        yield Problem(each.kind, path, what, gone if each.kind == "missing" else changed, hint)
