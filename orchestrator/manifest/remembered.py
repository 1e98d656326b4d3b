"""What installing has taught, kept for the next build so that its first plan is right at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.plan.model import Contents, Knowledge
from orchestrator.resolution.kin import Kin

if TYPE_CHECKING:
    from orchestrator.state.documents import ContentsEntry, KnowledgeDocument, Record


def remember(knowledge: Knowledge) -> KnowledgeDocument:
    """Return *knowledge* as JSON-able data: canonical name → version → contents, and the clashes."""
    table: dict[str, dict[str, ContentsEntry]] = {}
    for (name, version), contents in sorted(knowledge.contents.items()):
        table.setdefault(name, {})[version] = {
            "name": contents.name,
            "imports": list(contents.imports),
            "uses": sorted(contents.uses),
        }
        if contents.registers:
            table[name][version]["registers"] = sorted(contents.registers)
        if contents.forbids:
            table[name][version]["forbids"] = sorted(contents.forbids)
    return {
        "distributions": table,
        "clashes": sorted(sorted(pair) for pair in knowledge.clashes),
        "kin": sorted((each.name, each.host, each.kind) for each in knowledge.kin),
    }


def remembered(record: Record | None) -> Knowledge:
    """Return the knowledge in a build's record; none if there is no record."""
    if record is None:
        return Knowledge()
    kept = record["knowledge"]
    return Knowledge(
        {
            (name, version): Contents(
                found["name"],
                version,
                tuple(found["imports"]),
                frozenset(found["uses"]),
                frozenset(found.get("registers", ())),
                frozenset(found.get("forbids", ())),
            )
            for name, versions in kept["distributions"].items()
            for version, found in versions.items()
        },
        frozenset(frozenset(pair) for pair in kept["clashes"]),
        frozenset(Kin(*each) for each in kept["kin"]),
    )
