"""Finding by trial which bounds let a requirement work that installs and does not import.

Old releases bound what they require too little: what was uploaded since has taken something away. A suspect is bounded,
until the import works, and then as little as possible; where there is none, what was there when the requirement was
uploaded is tried, and of what is another now as little as possible is kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from orchestrator.config.names import name_of
from orchestrator.uv import uploads
from orchestrator.uv.model import Demand, Resolution, version_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from typing import Final

    from orchestrator.resolution.resolver import Resolver
_MOST_BACK: Final = 64
"""So many releases of a suspect are looked at where nobody knows when they were uploaded; of more, the newest."""
_CLOSE: Final = timedelta(hours=12)
"""What was uploaded within this time of each other is told apart by versions alone."""


class CureFinder:
    """Looks for what to write into ``[tool.mvenv.constraints]`` of one requirement.

    :param demand: the requirement, in the version that does not import.
    :param installed: how it is installed, with all that it depends on.
    :param works: installs a resolution aside and tells whether the import works there; raises what ends the search.
    :param beside: distribution → version of all that is installed beside it, whether it depends on that or not.
    """

    def __init__(
        self,
        resolver: Resolver,
        demand: Demand,
        installed: Resolution,
        works: Callable[[Resolution], bool],
        beside: Mapping[str, str] | None = None,
    ) -> None:
        self._resolver = resolver
        self._demand = demand
        self._installed = installed
        self._works = works
        self._beside = beside or {}

    def find(self, guess: str) -> tuple[str, ...]:
        """Return the constraints with which the import works, as they are written; nothing if none were found.

        :param guess: what the error suggests, empty if it suggests nothing.
        """
        if guess and not guess.startswith("+") and name_of(guess) not in self._installed.pins:
            return self._of_another(guess)
        if self._works(self._installed):
            return ()  # it is not what is installed
        if guess:
            resolution = self._with([guess])
            if resolution is not None and self._works(resolution):
                return (guess,)
        if guess and not guess.startswith("+"):
            bound = self._least(name_of(guess), ())
            if bound:
                return (bound,)
        return self._as_when_uploaded()

    def _of_another(self, guess: str) -> tuple[str, ...]:
        """Return the bound that lets it work beside a distribution which it imports and does not ask for."""
        name = name_of(guess)
        version = self._beside.get(name)
        if version is None or self._do([f"+{name}=={version}"]):
            return ()
        if self._do([f"+{guess}"]):
            return (f"+{guess}",)
        bound = self._least(name, (), version, "+")
        return (bound,) if bound else ()

    def _with(self, constraints: Iterable[str]) -> Resolution | None:
        """Resolve the requirement with some constraints more, as near to what is installed as can be."""
        added = tuple(each[1:] for each in constraints if each.startswith("+"))
        bounds = tuple(each for each in constraints if not each.startswith("+"))
        demand = replace(
            self._demand,
            constraints=(*self._demand.constraints, *bounds),
            additions=(*self._demand.additions, *added),
        )
        answer = self._resolver.resolve([demand], self._versions())
        return answer if isinstance(answer, Resolution) else None

    def _versions(self) -> dict[str, str]:
        return {name: pin.version for name, pin in self._installed.pins.items()}

    def _least(self, name: str, others: tuple[str, ...], installed: str = "", added: str = "") -> str:
        """Return the loosest upper bound of a distribution with which the import works; empty if there is none.

        That is right if everything works before some release and nothing after it.

        :param others: constraints that hold besides.
        :param installed: its version, where the requirement does not depend on it.
        :param added: ``+`` where it is to.
        """
        if not installed and name in self._installed.pins:
            installed = self._installed.pins[name].version
        if not installed:
            return ""

        def does(version: str) -> bool:
            return self._do((*others, f"{added}{name}<={version}"))

        releases = _Releases(self._resolver, name, installed)
        anchor = self._anchor(releases)
        bad, good = (installed, anchor) if anchor and does(anchor) else self._stepped_back(releases, does)
        if not good:
            return ""
        while middle := releases.middle(good, bad):
            bad, good = (bad, middle) if does(middle) else (middle, good)
        return f"{added}{name}<{_shortened(bad)}"

    def _anchor(self, releases: _Releases) -> str:
        """Return the release that was the newest when the requirement itself was uploaded; empty if nobody knows."""
        return releases.newest_before(self._uploaded) if self._uploaded is not None else ""

    def _stepped_back(self, releases: _Releases, does: Callable[[str], bool]) -> tuple[str, str]:
        """Go back in steps that get longer; return the last release that does not work, and the first that does."""
        bad, good = 0, releases.reached(1)
        while good > bad and not does(releases.at(good)):
            bad, good = good, releases.reached(2 * good)
        return releases.at(bad), releases.at(good) if good > bad else ""

    def _as_when_uploaded(self) -> tuple[str, ...]:
        """Find the constraints that matter of those which make everything as old as the requirement itself."""
        older = self._at_upload()
        bounds = {name: f"{name}<={version}" for name, version in older.items()}
        if not bounds or not self._do(bounds.values()):
            return ()
        needed = dict(bounds)
        direct = self._installed.requires.get(self._demand.name, frozenset())
        alone = next(
            (name for name in sorted(direct & bounds.keys()) if self._do({name: bounds[name]})), None
        )
        if alone is not None:
            needed = {alone: bounds[alone]}
        else:
            for name in sorted(bounds):
                rest = {other: bound for other, bound in needed.items() if other != name}
                if rest and self._do(rest.values()):
                    needed = rest
        found: list[str] = []
        for name in list(needed):
            others = tuple(bound for other, bound in needed.items() if other != name)
            needed[name] = self._least(name, others) or needed[name]
            found.append(needed[name])
        return tuple(found)

    def _do(self, constraints: Iterable[str]) -> bool:
        resolution = self._with(constraints)
        return resolution is not None and self._works(resolution)

    @cached_property
    def _uploaded(self) -> datetime | None:
        """The time at which all files of the requirement were there, if the index tells: some come a day later."""
        own = self._demand.name, self._installed.pins[self._demand.name].version
        uploaded = uploads.times([own], self._resolver.project, self._resolver.interpreter).get(own)
        return None if uploaded is None else uploaded + timedelta(days=1)

    def _at_upload(self) -> dict[str, str]:
        """Return the versions of what was older than what is installed when the requirement itself was uploaded."""
        if self._uploaded is None:
            return {}
        answer = self._resolver.before(self._uploaded).resolve([self._demand], {})
        now = self._versions()
        return {
            name: pin.version
            for name, pin in (answer.pins.items() if isinstance(answer, Resolution) else ())
            if name in now and name != self._demand.name and version_key(pin.version) < version_key(now[name])
        }


class _Releases:
    """The releases of a distribution up to the installed one; an index is not asked for more of them than need be."""

    def __init__(self, resolver: Resolver, name: str, installed: str) -> None:
        self._resolver, self._name = resolver, name
        self._back = [installed]  # the nearest first
        self._is_whole = False

    def newest_before(self, time: datetime) -> str:
        """Return the release before the installed one that was the newest at a time; empty if there was none."""
        return self._newest(f"<{self._back[0]}", time)

    def reached(self, place: int) -> int:
        """Return the place of the release that is so many steps back, or of the last one."""
        while len(self._back) <= min(place, _MOST_BACK) and not self._is_whole:
            found = self._newest(f"<{self._back[-1]}")
            self._back += [found] if found else []
            self._is_whole = not found
        return min(place, len(self._back) - 1)

    def at(self, place: int) -> str:
        """Return the release at a place."""
        return self._back[place]

    def middle(self, one: str, other: str) -> str:
        """Return a release between two, in the middle of the time between them if that is known; empty if none is."""
        between = f">{one},<{other}"
        times = uploads.times(
            [(self._name, one), (self._name, other)], self._resolver.project, self._resolver.interpreter
        )
        start, end = times.get((self._name, one)), times.get((self._name, other))
        while start is not None and end is not None and end - start > _CLOSE:
            start += (end - start) / 2
            if found := self._newest(between, start):
                return found
        if not times:
            self.reached(_MOST_BACK)
            key = version_key
            inside = [each for each in self._back if key(one) < key(each) < key(other)]
            return inside[len(inside) // 2] if inside else ""
        return self._newest(between)

    def _newest(self, bounds: str, time: datetime | None = None) -> str:
        resolver = self._resolver if time is None else self._resolver.before(time)
        asked = Demand(f"{self._name}{bounds}", self._name, ())
        return resolver.newest_of([asked]).get(asked, "")


def _shortened(version: str) -> str:
    """Return a version as people write it in a bound: `2` for `2.0.0`."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        return version
    if str(parsed) != parsed.base_version:
        return version
    numbers = list(parsed.release)
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return f"{parsed.epoch}!" * bool(parsed.epoch) + ".".join(map(str, numbers))
