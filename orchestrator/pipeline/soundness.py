"""Whether environments are still what their builds have left, and which of them a build makes anew."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.environments import venv
from orchestrator.environments.marking import mark, marking_of
from orchestrator.environments.ownership import environments
from orchestrator.environments.site import Housing
from orchestrator.errors import MvenvError
from orchestrator.state import seal
from orchestrator.state.record import write_record
from orchestrator.system.names import APPLICATION_FOLDER
from orchestrator.system.paths import relative

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from orchestrator.environments.site import Staged
    from orchestrator.state.documents import Record, Seal
    from orchestrator.uv.interpreter import Interpreter

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Unsound:
    """An environment that is damaged."""

    folder: Path
    damages: tuple[seal.Damage, ...]
    """Empty where it is unfinished."""

    def message(self, root: Path) -> str:
        """Say it in one line."""
        place = relative(self.folder, root)
        if not self.damages:
            return f"`{place}` is unfinished; making it again"
        named = ", ".join(each.path for each in self.damages[:_MOST_NAMED])
        more = len(self.damages) - _MOST_NAMED
        several = len(self.damages) > 1
        return (
            f"`{place}` is damaged, making it again: {named}{f' and {more} more' if more > 0 else ''} "
            f"{'are' if several else 'is'} not what was installed"
        )


def unsound(root: Path, record: Record | None) -> tuple[Unsound, ...]:
    """Look for damage in the environments that *record* describes; without one, in all that are there.

    Those whose files have other times alone (a copy of the project) get a new seal.
    """
    folders = environments(root) if record is None else [root / path for path in record["environments"]]
    there = [folder for folder in folders if folder.is_dir()]
    found = [Unsound(folder, ()) for folder in there if marking_of(folder) is None]
    seals = {folder: known for folder in there if (known := seal.read_seal(folder)) is not None}
    application = root / APPLICATION_FOLDER
    if record is not None and "seal" in record:
        seals[application] = record["seal"]
    if seal.is_untouched(seals):
        return tuple(found)
    for folder, known in seals.items():
        if seal.is_as_stamped(folder, known):
            continue
        if damages := seal.damage(folder, known):
            found.append(Unsound(folder, tuple(damages)))
        else:
            # A project that is not this user's to write to is looked through every time.
            with suppress(OSError):
                _seal_anew(root, folder, known, record)
    return tuple(found)


def _seal_anew(root: Path, folder: Path, known: Seal, record: Record | None) -> None:
    sealed = seal.with_new_stamps(folder, known)
    marking = marking_of(folder)
    if folder != root / APPLICATION_FOLDER:
        assert marking is not None
        mark(folder, marking.model_copy(update={"seal": sealed}))
    elif record is not None:
        record["seal"] = sealed
        write_record(folder, record)


def housing(
    root: Path, record: Record | None, damaged: Iterable[Unsound], reinstall: Iterable[str] | None
) -> Housing:
    """Return where environments are to be, so that what is damaged, or asked for, is made anew and nothing else.

    :param reinstall: names of distributions and environments, "" for all; None if nothing is asked for.
    :raises MvenvError: nothing of such a name is there.
    """
    anew = {each.folder for each in damaged}
    for name in reinstall or ():
        anew.update(_holding(name, root, record))
    recorded = () if record is None else tuple(root / path for path in record["environments"])
    return Housing(recorded, frozenset(anew), repairs=bool(anew) or reinstall is not None)


def _holding(name: str, root: Path, record: Record | None) -> set[Path]:
    """Return the folders of the environments that are called *name*, or hold a distribution of that name."""
    if record is None:
        return set(environments(root))
    graph = record["graph"]
    places = {place["path"]: place for place in (graph["application"], *graph["environments"])}
    found = {
        path
        for path, place in places.items()
        if name in ("", place["name"])
        or canonicalize_name(name) in {canonicalize_name(each["name"]) for each in place["distributions"]}
    }
    if not found:
        raise MvenvError(
            f"nothing that is called `{name}` is installed",
            hints=("`mvenv list` shows distributions and environments",),
        )
    return {root / path for path in found}


def seal_environments(staged: Staged, interpreter: Interpreter) -> Seal:
    """Note what the new environments of a build hold, in their marks; return the application environment's seal."""
    for site in staged.environments:
        marking = marking_of(site.folder)
        if marking is not None and marking.seal is None:
            mark(
                site.folder,
                marking.model_copy(update={"seal": dict(_seal(site.folder, interpreter))}),
            )
    return _seal(staged.application.folder, interpreter)


def seal_again(staged: Staged, record: Record) -> None:
    """Seal those environments anew whose files are not as they were when they were sealed, *record* among them.

    What was imported has written or changed them: a package that compiles something, or notes when it was first used.
    """
    for site in staged.everywhere():
        known = seal.read_seal(site.folder)
        if known is None or seal.is_as_stamped(site.folder, known):
            continue
        sealed = seal.seal_of(site.folder, known["site_packages"])
        marking = marking_of(site.folder)
        if site is staged.application:
            record["seal"] = sealed
        elif marking is not None:
            mark(site.folder, marking.model_copy(update={"seal": dict(sealed)}))


def _seal(folder: Path, interpreter: Interpreter) -> Seal:
    return seal.seal_of(folder, relative(venv.site_packages(folder, interpreter), folder))
