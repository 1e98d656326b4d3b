"""What installing has taught, kept for the next build so that its first plan is right at once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from orchestrator.plan.model import Contents, Knowledge


class _Distribution(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    imports: list[str]
    uses: list[str]


class _Remembered(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    distributions: dict[str, dict[str, _Distribution]]
    clashes: list[list[str]]


def remember(knowledge: Knowledge) -> dict[str, Any]:
    """Return *knowledge* as JSON-able data: canonical name → version → contents, and the clashes."""
    table: dict[str, dict[str, Any]] = {}
    for (name, version), contents in sorted(knowledge.contents.items()):
        table.setdefault(name, {})[version] = {
            "name": contents.name,
            "imports": list(contents.imports),
            "uses": sorted(contents.uses),
        }
    return {"distributions": table, "clashes": sorted(sorted(pair) for pair in knowledge.clashes)}


def remembered(record: dict[str, Any] | None) -> Knowledge:
    """Return the knowledge in a build's record; none if there is no record or it is of another form."""
    try:
        kept = _Remembered.model_validate((record or {}).get("knowledge"))
    except ValidationError:
        return Knowledge()
    return Knowledge(
        {
            (name, version): Contents(found.name, version, tuple(found.imports), frozenset(found.uses))
            for name, versions in kept.distributions.items()
            for version, found in versions.items()
        },
        frozenset(frozenset(pair) for pair in kept.clashes),
    )
