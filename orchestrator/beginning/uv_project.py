"""A project that uv manages: what of `[tool.uv]` counts as it is, what is carried, what means nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.beginning.model import Beginning
from orchestrator.beginning.notes import Notes, Places
from orchestrator.config.sources import SOURCES

if TYPE_CHECKING:
    from orchestrator.beginning.model import GroupEntry
    from orchestrator.config.document import TomlDocument

TABLE = ("tool", "uv")

_USED = (
    *(
        "sources",
        "index",
        "constraint-dependencies",
        "override-dependencies",
        "build-constraint-dependencies",
    ),
    *("dependency-metadata", "exclude-newer", "prerelease", "resolution", "find-links", "index-url"),
    *("default-groups", "package", "workspace"),
    *("extra-index-url", "no-index", "no-build-package", "no-binary-package", "index-strategy"),
)
_IGNORED = {
    "conflicts": "mvenv needs no declaration: what is in conflict gets environments of its own",
    "dependency-groups": "what a group requires of Python does not count",
    "environments": 'mvenv.lock is for what `[tool.mvenv] environments` lists: `"3.12 linux"`',
    "required-environments": 'mvenv.lock is for what `[tool.mvenv] environments` lists: `"3.12 linux"`',
}
_DEVELOPMENT = "dev-dependencies"


def read(document: TomlDocument) -> Beginning:
    """Read `[tool.uv]` beside a `[project]` table."""
    notes, places = Notes(), Places(document)
    table = _table(_table(document.data.get("tool")).get("uv"))
    used = [f"`{key}`" for key in _USED if table.get(key)]
    if used:
        notes.tell(places.of(TABLE), f"{', '.join(used)} count as they are, through uv")
    for key, reason in _IGNORED.items():
        if key in table:
            notes.tell(places.of((*TABLE, key)), reason)
    if (document.path.parent / "uv.lock").is_file():
        notes.tell("uv.lock", "not read: what mvenv chooses is in mvenv.lock")
    _read_sources(table, places, notes)
    return Beginning(
        read=("`[tool.uv]` of pyproject.toml",),
        groups=_development(table, places, notes),
        told=notes.told,
        lost=notes.lost,
    )


def _development(table: dict[str, Any], places: Places, notes: Notes) -> dict[str, tuple[GroupEntry, ...]]:
    written = table.get(_DEVELOPMENT)
    if not isinstance(written, list):
        return {}
    place = places.of((*TABLE, _DEVELOPMENT))
    notes.tell(place, "the dependency group `dev` has them now, for uv as well: delete them here")
    checked = (notes.requirement(text, place) for text in written if isinstance(text, str))
    return {"dev": tuple(text for text in checked if text is not None)}


def _read_sources(table: dict[str, Any], places: Places, notes: Notes) -> None:
    for name, written in _table(table.get("sources")).items():
        for source in written if isinstance(written, list) else [written]:
            place = places.of((*SOURCES, name))
            for key in ("extra", "group"):
                if key in _table(source):
                    notes.lose(place, f"mvenv has sources for everybody: leave `{key}` out, or use `marker`")


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
