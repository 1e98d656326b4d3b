"""Which distributions belong together although neither requires the other, as far as what is installed tells.

A plug-in declares entry points in a group that its host reads and names in its source (``fsspec.specs``,
``sqlalchemy.dialects``), or says by a classifier what it is made for (``Framework :: Sphinx``). What a distribution can
use but does without is required by one of its extras, or is imported by it although it requires it nowhere (ddtrace
imports requests, to instrument it). Beside each other, both work; in different groups the host does not see the other,
or another copy than the one that the project requires.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.install.entry_points import names_group, offered_groups
from orchestrator.install.extras import extras_in
from orchestrator.resolution.kin import Kin, beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.install.record import InstalledDistribution
    from orchestrator.plan.model import Contents, Plan
    from orchestrator.uv.model import Release

_NAME = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
# What a distribution's authors use, not what it can use.
_FOR_AUTHORS = re.compile(
    r"(?:^|[-_.])(?:tests?|testing|dev|devel|develop|development|docs?|lint|mypy|typing|ci)(?:$|[-_.])"
)
_FIRST_WORD = re.compile(r"[a-z]+")


def kin(
    plan: Plan,
    found: Sequence[tuple[Release, InstalledDistribution, Path]],
    contents: Mapping[Release, Contents],
) -> frozenset[Kin]:
    """Return what belongs together of the distributions that *plan* does not have side by side.

    :param found: everything that is installed, with the folder that it is in.
    :param contents: what is known of it.
    """
    everything = {key[0]: (distribution, folder) for key, distribution, folder in found}
    required = frozenset[str]().union(*(group.direct for group in plan.groups))

    def are_apart(pair: Kin) -> bool:
        if pair.name == pair.host or pair.host not in everything:
            return False
        if pair.kind == "optional" and {pair.name, pair.host} <= required:
            return not any({pair.name, pair.host} <= set(group.direct) for group in plan.groups)
        return not beside(pair.name, pair.host, plan.groups)

    used = (
        Kin(name, key[0], "optional") for key, _, _ in found if key in contents for name in contents[key].uses
    )
    return frozenset(filter(are_apart, (*_plug_ins(everything), *_optional(everything), *used)))


def _plug_ins(everything: Mapping[str, tuple[InstalledDistribution, Path]]) -> Iterator[Kin]:
    for name, (distribution, folder) in everything.items():
        # Whoever requires what it is made for has said more by that.
        for host in sorted(distribution.frameworks & everything.keys() - {name, *_required(distribution)}):
            yield Kin(name, host, "extends")
        for group in sorted(offered_groups(distribution, folder)):
            for host, there in everything.items():
                if host != name and _is_called_after(group, host) and names_group(*there, group):
                    yield Kin(name, host, "extends")


def _required(distribution: InstalledDistribution) -> dict[str, list[list[str]]]:
    """Return what a distribution requires: canonical name → the extras that each of its lines is for."""
    found: dict[str, list[list[str]]] = {}
    for line in distribution.requires:
        named = _NAME.match(line)
        if named is not None:
            extras = extras_in(line.partition(";")[2])
            found.setdefault(canonicalize_name(named[1]), []).append(extras)
    return found


def _is_called_after(group: str, host: str) -> bool:
    """Whether a group of entry points may be *host*'s, by its name: ``pytest11``, ``sqlalchemy.dialects``."""
    words = (_FIRST_WORD.match(text.lower()) for text in (group, host))
    first, own = (word[0] if word else "" for word in words)
    return bool(first and own) and (first.startswith(own) or own.startswith(first))


def _optional(everything: Mapping[str, tuple[InstalledDistribution, Path]]) -> Iterator[Kin]:
    for host, (distribution, _) in everything.items():
        for name, lines in _required(distribution).items():
            # Of several extras in one marker the last counts.
            if any(extras and not _FOR_AUTHORS.search(extras[-1].lower()) for extras in lines):
                yield Kin(name, host, "optional")
