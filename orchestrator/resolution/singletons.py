"""One version for everybody: the newest that every item can live with, or the proof that there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from orchestrator.uv.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.resolution.items import Item
    from orchestrator.resolution.resolver import Resolver


class NoSingleVersionError(Exception):
    """No version does for everybody.

    :param name: the distribution's canonical name.
    :param one: an item that takes no later version.
    :param other: an item that takes no earlier one.
    """

    def __init__(self, name: str, one: Item, other: Item) -> None:
        super().__init__(name)
        self.name = name
        self.one = one
        self.other = other


def common_version(name: str, items: Sequence[Item], resolver: Resolver) -> str | None:
    """Return the newest version of a distribution with which every item can be resolved, each by itself.

    None if nobody needs it. Every item's newest version is a bound for all: a version for everybody is at
    most the least of these. So the bound goes down until all agree, or one of them cannot follow.

    :raises NoSingleVersionError: there is none.
    """
    bound: Version | None = None
    lowest: Item | None = None
    while True:
        bounded = resolver if bound is None else resolver.constrained([f"{name}<={bound}"])
        answers = bounded.resolve_many([(item.demands, {}) for item in items])
        newest: dict[Version, Item] = {}
        for item, answer in zip(items, answers, strict=True):
            if isinstance(answer, Refusal):
                if lowest is None:  # unsatisfiable without any bound: not for us to say
                    continue
                raise NoSingleVersionError(name, lowest, item)
            pin = answer.pins.get(name)
            if pin is not None:
                newest.setdefault(_version(pin.version), item)
        if not newest:
            return None
        least = min(newest)
        if len(newest) == 1:
            return str(least)
        bound, lowest = least, newest[least]


def _version(text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:  # a local project's that is not known yet
        return Version("0")
