"""By which import chains a resolution reaches its releases, as far as overrides can tell them apart."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from runtime_shim.overrides.rules import follow
from runtime_shim.overrides.rules import wanted as overridden

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.uv.model import Demand, Release, Resolution
    from runtime_shim.overrides.rules import Rule

    Chain = tuple[Release, ...]


def overridden_versions(
    resolution: Resolution, members: Iterable[Demand], rules: Sequence[Rule]
) -> dict[Release, list[Mapping[str, str]]]:
    """Return what overrides choose for each release in *resolution*: one entry for each chain that leads to it.

    Releases of which no rule chooses anything are left out. Of a chain only the end matters with which some
    rule's path begins (the states of an Aho-Corasick automaton over the paths), so there are no more chains
    to look at than the rules have importers.

    :param members: the question's requirements, where chains begin.
    """
    chains: dict[Release, set[Chain]] = defaultdict(set)
    waiting: list[tuple[str, Chain]] = []
    for member in members:
        chain: Chain = ()
        for importer in member.chain:
            chain = follow(rules, chain, importer)
        waiting += [(name, chain) for name in member.names]
    while waiting:
        name, importers = waiting.pop()
        pin = resolution.pins.get(name)
        if pin is None:
            continue
        release = name, pin.version
        chain = follow(rules, importers, release)
        if chain not in chains[release]:
            chains[release].add(chain)
            waiting.extend((other, chain) for other in resolution.requires.get(name, ()))
    found: dict[Release, list[Mapping[str, str]]] = {}
    for release, ends in chains.items():
        chosen = [overridden(rules, end) for end in sorted(ends)]
        if any(chosen):
            found[release] = list(chosen)
    return found
