"""What the user decides about the grouping: `isolate`, `singletons` and `together` of `[tool.mvenv]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import InvalidName, canonicalize_name

from orchestrator.config.faults import Fault, did_you_mean, quote
from orchestrator.config.location import KeyPath, show_key

if TYPE_CHECKING:
    from collections.abc import Collection

ISOLATE = ("tool", "mvenv", "isolate")
SINGLETONS = ("tool", "mvenv", "singletons")
TOGETHER = ("tool", "mvenv", "together")


def read_names(written: object, key: KeyPath, faults: list[Fault]) -> tuple[str, ...]:
    """Read a list of distribution names: canonical, each once.

    Of a wrong shape (which `settings` reports), what can be read is checked all the same. Whether the project
    holds such distributions is not known before everything is resolved.
    """
    names = []
    for index, text in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(text, str):
            continue
        try:
            names.append(str(canonicalize_name(text, validate=True)))
        except InvalidName:
            hint = "write the name alone, without a version"
            message = f"{quote(text)} is not the name of a distribution"
            faults.append(Fault((*key, index), message, hints=(hint,)))
    return tuple(dict.fromkeys(names))


def read_together(
    written: object, known: Collection[str] | None, faults: list[Fault]
) -> tuple[tuple[str, ...], ...]:
    """Read the lists of direct requirements that share a group; lists that overlap become one.

    :param known: the canonical names of the direct requirements, None if they are not known.
    """
    lists: list[tuple[str, ...]] = []
    for index, texts in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(texts, list):
            continue
        key = (*TOGETHER, index)
        names = read_names(texts, key, faults)
        if len({canonicalize_name(text) if isinstance(text, str) else id(text) for text in texts}) < 2:
            hint = "list two direct requirements or more, or leave it out"
            message = f"`{show_key(key)}` holds nothing to keep together"
            faults.append(Fault(key, message, hints=(hint,)))
        for position, text in enumerate(texts):
            if isinstance(text, str) and known is not None and canonicalize_name(text) in names:
                faults += _unknown(text, (*key, position), known)
        lists.append(names)
    return _merged(lists)


def _unknown(text: str, key: KeyPath, known: Collection[str]) -> list[Fault]:
    name = canonicalize_name(text)
    if name in known:
        return []
    hint = "the project has no direct requirements"
    if known:
        hint = did_you_mean(name, sorted(known), otherwise="the direct requirements are")
    return [Fault(key, f"{quote(text)} is not a direct requirement of the project", hints=(hint,))]


def _merged(lists: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Join lists that share a name; the joined list has the place of its first part."""
    merged: list[tuple[str, ...]] = []
    for names in lists:
        joined = [other for other in merged if set(other) & set(names)]
        union = tuple(dict.fromkeys(name for part in (*joined, names) for name in part))
        position = merged.index(joined[0]) if joined else len(merged)
        merged = [other for other in merged if other not in joined]
        merged.insert(position, union)
    return tuple(merged)
