"""What a build has changed: what came, what went, what has another version, and what has moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.plan.model import APPLICATION
from orchestrator.system.names import APPLICATION_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.state.documents import GraphDocument


@dataclass(frozen=True, slots=True, order=True)
class Copy:
    """A distribution as it stands in an environment."""

    version: str
    place: str
    """The environment's name; ``.venv`` for the application's."""


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of one copy of a distribution; one of the two is None if it came or went."""

    name: str
    before: Copy | None
    after: Copy | None

    @property
    def mark(self) -> str:
        """``+``, ``-``, ``~`` for another version, ``→`` for another environment."""
        if self.before is None:
            return "+"
        if self.after is None:
            return "-"
        return "→" if self.before.version == self.after.version else "~"

    @property
    def text(self) -> str:
        """``~ click 7.1.2 → 8.1.8 (typer)``."""
        before, after = self.before, self.after
        if before is None or after is None:
            copy = after if before is None else before
            assert copy is not None
            return f"{self.mark} {self.name} {copy.version} ({copy.place})"
        versions = (
            before.version if before.version == after.version else f"{before.version} → {after.version}"
        )
        places = before.place if before.place == after.place else f"{before.place} → {after.place}"
        return f"{self.mark} {self.name} {versions} ({places})"


def changes(before: GraphDocument, after: GraphDocument) -> tuple[Change, ...]:
    """Compare two builds of a project, by name of the distribution."""
    now = _copies(after)
    then = _renamed(_copies(before), now)
    return tuple(
        change
        for name in sorted(then.keys() | now.keys())
        for change in _of_one(name, then.get(name, {}), now.get(name, {}))
    )


def _renamed(then: dict[str, dict[str, Copy]], now: dict[str, dict[str, Copy]]) -> dict[str, dict[str, Copy]]:
    """Give environments that are no longer there by their name the name of the new one that is most like them."""
    gone, come = _contents(then), _contents(now)
    for contents in (gone, come):
        contents.pop(APPLICATION_FOLDER, None)
    likeness = sorted(
        (-len(gone[one] & come[other]), one, other)
        for one in gone.keys() - come.keys()
        for other in come.keys() - gone.keys()
    )
    names: dict[str, str] = {}
    for shared, one, other in likeness:
        if shared and one not in names and other not in names.values():
            names[one] = other
    return {
        name: {
            names.get(place, place): Copy(copy.version, names.get(place, place))
            for place, copy in copies.items()
        }
        for name, copies in then.items()
    }


def _contents(copies: dict[str, dict[str, Copy]]) -> dict[str, set[tuple[str, str]]]:
    """Return environment → what it holds."""
    found: dict[str, set[tuple[str, str]]] = {}
    for name, places in copies.items():
        for place, copy in places.items():
            found.setdefault(place, set()).add((name, copy.version))
    return found


def _copies(graph: GraphDocument) -> dict[str, dict[str, Copy]]:
    """Return distribution → environment → the copy there."""
    found: dict[str, dict[str, Copy]] = {}
    for environment in (graph["application"], *graph["environments"]):
        name = environment["name"]
        place = APPLICATION_FOLDER if name == APPLICATION else name
        for entry in environment["distributions"]:
            found.setdefault(entry["name"], {})[place] = Copy(entry["version"], place)
    return found


def _of_one(name: str, then: Mapping[str, Copy], now: Mapping[str, Copy]) -> Iterator[Change]:
    """Pair the copies that there were with those that there are: same place, same version, the rest in order."""
    gone = {place: copy for place, copy in then.items() if now.get(place) != copy}
    come = {place: copy for place, copy in now.items() if then.get(place) != copy}
    for place in sorted(gone.keys() & come.keys()):
        yield Change(name, gone.pop(place), come.pop(place))
    for before in sorted(gone.values()):
        after = next((copy for copy in sorted(come.values()) if copy.version == before.version), None)
        if after is not None:
            yield Change(name, gone.pop(before.place), come.pop(after.place))
    left, new = sorted(gone.values()), sorted(come.values())
    paired = min(len(left), len(new))
    yield from (Change(name, one, other) for one, other in zip(left[:paired], new[:paired], strict=True))
    yield from (Change(name, one, None) for one in left[paired:])
    yield from (Change(name, None, one) for one in new[paired:])
