"""The hashes of what is pinned, as uv tells them.

They are those of all files of a release, whatever Python and platform they are for: a lock that another Python brings
up to date must not be left with the sdist. What the index tells of all files is asked for besides what uv can install
here, because only the latter comes with hashes where a folder or an index tells none (uv reads those files). Measured:
asking both for all pins takes 20 ms with a warm cache (the index' answers hold the hashes), and installing with hashes
downloads nothing that is in uv's cache.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.errors import ResolutionError
from orchestrator.system.parallel import in_parallel
from orchestrator.uv.pylock import batches, hashes_of_all_files, pylock

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import Project
    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin


Hashes = dict[tuple[str, str], tuple[str, ...]]


def find(
    pins: Iterable[Pin],
    known: Mapping[tuple[str, str], tuple[str, ...]],
    project: Project,
    interpreter: Interpreter,
    *,
    from_elsewhere: bool = False,
) -> Hashes:
    """Return the hashes of the files of *pins*: (canonical name, version) → hashes, sorted.

    Local projects and version control have none.

    :param known: what an earlier call found; it is not asked for again, so that a file that is exchanged later
        is noticed.
    :param from_elsewhere: *known* was found with another Python, or on another platform, for which files may have
        been published since, or that reads other files of a folder. So it is asked for again, and grows; it stays as
        it is where the index does not stand by it any more.
    :raises ResolutionError: the index does not say.
    """
    found: Hashes = {}
    asked: dict[tuple[str, str], Pin] = {}
    for pin in pins:
        key = pin.name, pin.version
        if key in known and not from_elsewhere:
            found[key] = known[key]
        elif _has_files(pin):
            asked[key] = pin
    for batch, here, everywhere in _told(asked.values(), project, interpreter):
        for name, pin in batch.items():
            before = frozenset(known.get((name, pin.version), ()))
            if before <= everywhere.get(name, before):
                before |= everywhere.get(name, frozenset()) | here.get(name, frozenset())
            if before:
                found[name, pin.version] = tuple(sorted(before))
    return dict(sorted(found.items()))


_Told = dict[str, frozenset[str]]


def _told(
    pins: Iterable[Pin], project: Project, interpreter: Interpreter
) -> list[tuple[dict[str, Pin], _Told, _Told]]:
    """Ask for *pins*, in batches: the hashes of what can be installed here, and those of all that an index has."""

    def here(batch: dict[str, Pin]) -> _Told:
        return read(pylock(batch, project, interpreter))

    def everywhere(batch: dict[str, Pin]) -> _Told:
        indexed = {name: pin for name, pin in batch.items() if " @ " not in pin.specification}
        return hashes_of_all_files(indexed, project, interpreter) if indexed else {}

    asked = list(batches(pins))
    questions = [(question, batch) for batch in asked for question in (here, everywhere)]
    answers = in_parallel(lambda each: each[0](each[1]), questions)
    return list(zip(asked, answers[::2], answers[1::2], strict=True))


def built_here(
    pins: Iterable[Pin],
    known: Mapping[tuple[str, str], tuple[str, ...]],
    project: Project,
    interpreter: Interpreter,
) -> frozenset[str]:
    """Return which of *pins* have wheels for others, and would have to be built for *interpreter*.

    :param known: the hashes of all their files.
    :return: canonical names.
    """
    with_wheels = [
        pin
        for pin in pins
        if " @ " not in pin.specification and len(known.get((pin.name, pin.version), ())) > 1
    ]

    def of(batch: dict[str, Pin]) -> frozenset[str]:
        try:
            text = pylock(batch, project, interpreter)
        except ResolutionError:
            if len(batch) == 1:  # no wheel fits, and there is nothing to build
                return frozenset(batch)
            return frozenset[str]().union(*(of({name: pin}) for name, pin in batch.items()))
        packages = tomllib.loads(text).get("packages", ())
        return frozenset(canonicalize_name(each["name"]) for each in packages if not each.get("wheels"))

    return frozenset[str]().union(*in_parallel(of, batches(with_wheels)))


def without(groups: Groups, known: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    """Return what of *groups* should have hashes and has none, as ``name version``; the user's own files need none."""
    return tuple(
        f"{name} {version}"
        for (name, version), pin in sorted(_pins(groups).items())
        if not _is_own(pin) and not known.get((name, version))
    )


def unhashed(groups: Groups, known: Mapping[tuple[str, str], tuple[str, ...]]) -> tuple[str, ...]:
    """Return what of *groups* is installed unverified: the user's own files, and what version control keeps."""
    return tuple(
        name
        for (name, version), pin in sorted(_pins(groups).items())
        if _is_own(pin) and not known.get((name, version))
    )


def _pins(groups: Groups) -> dict[tuple[str, str], Pin]:
    return {
        (name, pin.version): pin for group in groups.groups for name, pin in group.resolution.pins.items()
    }


def _has_files(pin: Pin) -> bool:
    return pin.source is None and " @ git+" not in pin.specification


def _is_own(pin: Pin) -> bool:
    return not _has_files(pin) or " @ file:" in pin.specification


def read(text: str) -> dict[str, frozenset[str]]:
    """Read a ``pylock.toml``: canonical name → the hashes of its files."""
    found: dict[str, frozenset[str]] = {}
    for package in tomllib.loads(text).get("packages", ()):
        files = [
            *package.get("wheels", ()),
            *(package[kind] for kind in ("sdist", "archive") if kind in package),
        ]
        found[canonicalize_name(package["name"])] = frozenset(
            f"{kind}:{value}" for file in files for kind, value in file.get("hashes", {}).items()
        )
    return found
