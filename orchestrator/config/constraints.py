"""`[tool.mvenv.constraints]`: what metadata should have said of a direct requirement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.config.entries import Entry, parse_requirement
from orchestrator.config.faults import Fault, did_you_mean, quote
from orchestrator.config.location import KeyPath, show_key
from orchestrator.config.model import DirectRequirement
from orchestrator.system.credentials import without

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

CONSTRAINTS = ("tool", "mvenv", "constraints")


@dataclass(frozen=True, slots=True)
class Constraints:
    """The valid entries, each with a `+` directly before the requirement if it is an addition."""

    by_name: Mapping[str, list[str]]
    """Canonical distribution name to entries: for all requirements of that name."""
    by_alias: Mapping[str, list[str]]
    """Import name of an alias to entries: for that alias alone."""

    def of(self, entry: Entry, alias: str = "") -> DirectRequirement:
        """Join a requirement with its constraints."""
        bounds = self.by_alias.get(alias, []) if alias else self.by_name.get(entry.name, [])
        return DirectRequirement(
            text=entry.text,
            name=entry.name,
            entry=show_key(entry.key),
            constraints=tuple(text for text in bounds if not text.startswith("+")),
            additions=tuple(text[1:] for text in bounds if text.startswith("+")),
            alias=alias,
        )


def read_constraints(
    written: object, names: Collection[str], aliases: Collection[str], faults: list[Fault]
) -> Constraints:
    """Read the table; of a wrong shape (which `settings` reports), what can be read is checked all the same.

    :param names: the canonical names of all direct requirements.
    :param aliases: the import names of all aliases; a key that is one of them means the alias.
    """
    by_name: dict[str, list[str]] = {}
    by_alias: dict[str, list[str]] = {}
    for key, entries in written.items() if isinstance(written, dict) else ():
        name = canonicalize_name(key)
        if key not in aliases and name not in names:
            faults.append(_unknown(key, (*names, *aliases)))
        bounds = by_alias.setdefault(key, []) if key in aliases else by_name.setdefault(name, [])
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, str) and _is_valid(entry, (*CONSTRAINTS, key, index), faults):
                bounds.append(without("".join(_split_plus(entry))))
    return Constraints(by_name, by_alias)


def _unknown(written: str, known: Collection[str]) -> Fault:
    hint = "the project has no direct requirements to constrain"
    if known:
        hint = did_you_mean(written, sorted(known), otherwise="the direct requirements are")
    message = f"{quote(written)} is not a direct requirement of the project"
    return Fault((*CONSTRAINTS, written), message, hints=(hint,))


def _is_valid(entry: str, key: KeyPath, faults: list[Fault]) -> bool:
    plus, text = _split_plus(entry)
    requirement = parse_requirement(text, key, faults)
    if requirement is None:
        return False
    if plus or requirement.specifier or requirement.url:
        return True
    faults.append(
        Fault(
            key,
            f"the constraint {quote(text)} bounds no version",
            hints=(
                f"add a version bound to {quote(text)}, or write {quote('+' + text)} to require it as well",
            ),
        )
    )
    return False


def _split_plus(entry: str) -> tuple[str, str]:
    text = entry.strip()
    return ("+", text[1:].strip()) if text.startswith("+") else ("", text)
