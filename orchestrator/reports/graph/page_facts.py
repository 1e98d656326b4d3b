"""What the script of the page knows: why each card is there, as JSON."""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from orchestrator.reports.graph.page_parts import seen_by, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.reports.graph.rooms import Card, Rooms
    from orchestrator.reports.why.model import Apart, AskedRequirement, Cut, Overridden, Release


def facts(shown: Rooms) -> str:
    """Return what the script needs to know as JSON that can stand in a ``script`` element.

    No ``<`` is in it, so nothing in it ends the element or begins a comment; as ``\\u003c`` JSON means the same.
    """
    copies: dict[str, list[int]] = {}
    for card in shown.cards:
        copies.setdefault(card.name, []).append(card.number)
    document = {
        "project": f"{shown.project} {shown.version}",
        "rooms": [
            {"name": title(room), "path": room.path, "cards": len(room.cards), "sees": room.sees}
            for room in shown.rooms
        ],
        "cards": [_facts_of(card, shown, copies) for card in shown.cards],
        "conflicts": [
            {"reason": each.reason, "cards": [card for _, card in each.members if card is not None]}
            for each in shown.conflicts
        ],
    }
    return json.dumps(document, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")


def _facts_of(card: Card, shown: Rooms, copies: Mapping[str, list[int]]) -> dict[str, Any]:
    distribution, copy = card.distribution, card.copy
    found: dict[str, Any] = {
        "name": card.name,
        "version": copy.version,
        "room": card.room,
        "asked": [_asked(each) for each in card.asked],
        "aliases": copy.aliases,
        "imports": distribution.imports,
        "chains": [{"from": _asked(asked), "cards": numbers} for asked, numbers in card.chains],
        "more": copy.more_chains,
        "several": len(card.versions) > 1,
        "others": [number for number in copies[card.name] if number != card.number],
        "overridden": [_overridden(each) for each in copy.overridden],
        "isolated": distribution.isolated,
        "follows": copy.follows,
        "cuts": [_cut(each) for each in copy.cuts],
        "apart": [_apart(each) for each in copy.apart],
        "over": copy.apart_over_it,
        "tied": copy.tied,
        "seen": seen_by(card, shown),
        "requires": card.requires,
        "by": card.required_by,
    }
    return {name: value for name, value in found.items() if value or name in ("name", "version", "room")}


def _asked(asked: AskedRequirement) -> str:
    place = asked.place
    if place is None or place.line is None:
        return asked.requirement
    return f"{asked.requirement} ({PurePath(place.file).name}:{place.line})"


def _release(release: Release) -> str:
    return f"{release.name} {release.version}"


def _overridden(rule: Overridden) -> str:
    return f"{rule.file} says so for {' → '.join(map(_release, rule.path))}"


def _cut(cut: Cut) -> dict[str, Any]:
    text = f"{cut.requirement} does not fit beside {_release(cut.importer)}, which requires it"
    return {"text": text, "reasons": cut.reasons}


def _apart(apart: Apart) -> dict[str, Any]:
    return {"reason": apart.reason, "requirements": [_asked(each) for each in apart.requirements]}
