"""Which dependency groups are taken in unless the command line says otherwise: `default-groups`, as uv has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from orchestrator.config.faults import Fault, did_you_mean, quote, table_at, wrong_type

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from orchestrator.config.location import KeyPath

DEV = "dev"
"""The group that is a default where nothing else is said."""
_NAME = "default-groups"
_ALL = "all"


def read_default_groups(
    data: Mapping[str, Any], groups: Collection[str], faults: list[Fault]
) -> tuple[str, ...]:
    """Read `[tool.mvenv] default-groups`, or else uv's own; without either it is `dev`, if there is one.

    :param groups: the project's dependency groups, normalized.
    """
    for tool in ("mvenv", "uv"):
        table = table_at(data, ("tool", tool), faults) or {}
        if _NAME in table:
            return _read(table[_NAME], ("tool", tool, _NAME), groups, faults)
    return (DEV,) if DEV in groups else ()


def _read(written: object, key: KeyPath, groups: Collection[str], faults: list[Fault]) -> tuple[str, ...]:
    if written == _ALL:
        return tuple(groups)
    if not isinstance(written, list):
        faults.append(wrong_type(key, 'a list of strings or "all"', written))
        return ()
    names = []
    for index, text in enumerate(written):
        if not isinstance(text, str):
            faults.append(wrong_type((*key, index), "a string", text))
            continue
        name = str(canonicalize_name(text))
        if name not in groups:
            hint = "the project has no dependency groups"
            if groups:
                hint = did_you_mean(name, groups, otherwise="the dependency groups are")
            faults.append(Fault((*key, index), f"there is no dependency group {quote(text)}", hints=(hint,)))
        names.append(name)
    return tuple(dict.fromkeys(names))
