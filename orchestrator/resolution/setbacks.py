"""Requirements that others would set back: far older beside them than without them.

What the project requires is what its author works with. If beside some other requirement it has to be a release of
years ago, that is a conflict which bounds do not tell of; a group of its own cures it. With three exceptions: whoever
depends on a requirement may set it back, since the two are there to work together (``numba`` and the ``numpy`` of the
project); so may what a plug-in extends, which would not see it elsewhere (``pytest==7.1`` and ``pytest-asyncio``); and
a project may want the fewest groups whatever that costs (``prefer = "fewest"``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.resolution.lag import Step
from orchestrator.resolution.outcome import Setback
from orchestrator.uv.model import Resolution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver
    from orchestrator.uv.model import Demand

_TELLING = 4  # letters


class SetbackFinder:
    """Looks for setbacks in answers about some items.

    :param items: in the order of the indices that answers are about.
    :param settled: distribution → versions that it may have, however old: the project has worked with them. Time goes
        on, and would otherwise part what is together, whenever something else is added.
    """

    def __init__(
        self, resolver: Resolver, items: Sequence[Item], settled: Mapping[str, frozenset[str]]
    ) -> None:
        self._resolver = resolver
        self._items = items
        self._settled = settled
        self._lag = resolver.project.lag
        self._isolated = frozenset(resolver.project.isolate)
        self._newest: dict[Demand, str] | None = None

    def first(self, members: frozenset[int], resolution: Resolution) -> tuple[Setback, frozenset[int]] | None:
        """Return the first setback that a group of its own would cure, and the items that it is between."""
        for index, step in self._candidates(members, resolution):
            if self._is_settled(step.name, resolution):
                continue
            if self._resolver.project.prefers_newest or step.name in self._isolated:
                beside = self._beside(index, step.name, members, resolution)
                could = self._could_be(step, beside) if beside != members else None
                if could is not None:
                    culprits = self._culprits(members - beside, could, resolution)
                    return self._setback(step, could, culprits), culprits | {index}
        return None

    def all(self, members: frozenset[int], resolution: Resolution) -> list[Setback]:
        """Return all setbacks of a group, whoever is to blame."""
        found = []
        for index, step in self._candidates(members, resolution):
            if self._is_settled(step.name, resolution) and self._could_be(step, members) is not None:
                continue  # it is the lock that keeps it
            own = self._requiring(step.name, members) | {index}
            could = self._could_be(step, own) if own != members else None
            if could is not None:
                culprits = self._culprits(members - own, could, resolution)
                beside = self._beside(index, step.name, members, resolution)
                is_cured = beside != members and self._could_be(step, beside) is not None
                found.append(replace(self._setback(step, could, culprits), is_cured_by_newest=is_cured))
        return found

    def _requiring(self, name: str, members: frozenset[int]) -> frozenset[int]:
        """Return the items in which the project itself requires *name*: its bounds are chosen, wherever they stand."""
        return frozenset(
            each
            for each in members
            if any(one.name == name and not one.alias for one in self._items[each].direct)
        )

    def _beside(
        self, index: int, name: str, members: frozenset[int], resolution: Resolution
    ) -> frozenset[int]:
        """Return the item that requires *name*, and those that may set it back: dependants, and what it extends."""
        if name in self._isolated:
            return frozenset({index})
        hosts = self._hosts(name, resolution)
        if hosts and self._has_to_be_built(index, resolution):
            hosts = set()
        return frozenset(
            each
            for each in members
            if name in self._items[each].brings(resolution)
            or not hosts.isdisjoint(demand.name for demand in self._items[each].demands)
        ) | {index}

    def _hosts(self, name: str, resolution: Resolution) -> set[str]:
        """Return what *name* extends of what it requires: by its name, or by its own word (``Framework :: Sphinx``)."""
        required = resolution.requires.get(name, frozenset())
        called = {each for each in required if is_called_after(name, each)}
        if called or name in resolution.built or name not in resolution.pins:
            return called
        metadata = self._resolver.metadata_of(resolution.pins[name])
        return set() if metadata is None else set(required & metadata.frameworks)

    def _has_to_be_built(self, index: int, resolution: Resolution) -> bool:
        """Whether an item brings releases without a wheel, which often do not build any more, and alone brings none."""
        alone = self._resolver.resolve(self._items[index].demands, {})
        built = resolution.built & self._items[index].brings(resolution)
        return isinstance(alone, Resolution) and not built <= alone.built

    def _candidates(self, members: frozenset[int], resolution: Resolution) -> list[tuple[int, Step]]:
        """Return what is far older in *resolution* than the newest release that its own bounds allow."""
        steps = [
            (index, Step(demand.name, newest, resolution.pins[demand.name].version))
            for index in sorted(members)
            for demand in self._items[index].demands
            if (newest := self._newest_of(demand)) is not None and demand.name in resolution.pins
        ]
        far = self._resolver.calendar.too_far((step for _, step in steps), self._lag)
        return [
            (index, step)
            for index, step in steps
            if step in far or (step.name in self._isolated and step.is_back)
        ]

    def _is_settled(self, name: str, resolution: Resolution) -> bool:
        return name not in self._isolated and resolution.pins[name].version in self._settled.get(name, ())

    def _newest_of(self, demand: Demand) -> str | None:
        if self._newest is None:
            wanted = [each for item in self._items for each in item.demands if _has_choice(each)]
            sources = self._resolver.project.uv_sources
            self._newest = self._resolver.newest_of([each for each in wanted if each.name not in sources])
        return self._newest.get(demand)

    def _could_be(self, step: Step, members: frozenset[int]) -> Resolution | None:
        """Return the resolution of *members* alone if it takes the step back as well; None if it is not far."""
        demands = [demand for index in sorted(members) for demand in self._items[index].demands]
        answer = self._resolver.resolve(demands, {})
        if not isinstance(answer, Resolution) or step.name not in answer.pins:
            return None
        real = Step(step.name, answer.pins[step.name].version, step.older)
        if step.name in self._isolated:
            return answer if real.is_back else None
        return answer if self._resolver.calendar.too_far([real], self._lag) else None

    def _culprits(self, members: frozenset[int], could: Resolution, resolution: Resolution) -> frozenset[int]:
        """Return the items that bring something which would be another version without them."""
        changed = {
            name
            for name, pin in could.pins.items()
            if name in resolution.pins and resolution.pins[name].version != pin.version
        }
        found = frozenset(
            index for index in members if not changed.isdisjoint(self._items[index].brings(resolution))
        )
        return found or members

    def _setback(self, step: Step, could: Resolution, culprits: frozenset[int]) -> Setback:
        texts = [demand.text for index in sorted(culprits) for demand in self._items[index].demands]
        return Setback(step.name, step.older, could.pins[step.name].version, tuple(texts))


def is_called_after(name: str, host: str) -> bool:
    """Whether a distribution that requires *host* says by its name that it extends it.

    ``pytest-asyncio``, ``snowflake-sqlalchemy``, ``djangorestframework``.
    """
    return name != host and (f"-{host}-" in f"-{name}-" or (len(host) >= _TELLING and name.startswith(host)))


def reason(setback: Setback, resolver: Resolver) -> str:
    """Say what is wrong with a group, in words for people."""
    dated: Mapping[str, str] = {
        version: f"{version}{resolver.calendar.year(setback.name, version)}"
        for version in (setback.version, setback.could_be)
    }
    return f"{setback.name} would be {dated[setback.version]}; without the others it is {dated[setback.could_be]}"


def _has_choice(demand: Demand) -> bool:
    """Whether a requirement leaves the version open."""
    if demand.parsed.url is not None or demand.bare:
        return False
    exact = (
        each.operator in ("==", "===") and not each.version.endswith(".*") for each in demand.parsed.specifier
    )
    return not any(exact)
