"""Who needs a distribution besides the project itself, as the lock has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.resolution.outcome import Groups
    from orchestrator.uv.model import Release


def needed_by(groups: Groups, names: frozenset[str]) -> dict[str, tuple[Release, ...]]:
    """Return name → the releases that require it, of those that are there without the project asking for *names*.

    :param names: canonical names.
    """
    found: dict[str, set[Release]] = {}
    for group in groups.groups:
        resolution, elsewhere = group.resolution, group.redirects
        for requirer in {each for root in resolution.roots - names for each in resolution.reachable(root)}:
            required = {*resolution.requires.get(requirer, ()), *elsewhere.get(requirer, ())}
            for name in names & required:
                found.setdefault(name, set()).add((requirer, resolution.pins[requirer].version))
    return {name: tuple(sorted(requirers)) for name, requirers in sorted(found.items())}
