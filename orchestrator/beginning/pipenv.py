"""A `Pipfile`, as Pipenv has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.beginning import placed
from orchestrator.beginning.model import Beginning, Source
from orchestrator.beginning.notes import Notes, Places
from orchestrator.config.document import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from orchestrator.config.location import KeyPath

FILE = "Pipfile"

_REQUIRED, _DEVELOPMENT = "packages", "dev-packages"
_NO_CATEGORIES = frozenset({_REQUIRED, _DEVELOPMENT, "source", "requires", "scripts", "pipenv"})
# What Pipenv itself calls the public index, which is uv's without a word.
_PUBLIC = "pypi"
_OF_MARKERS = (
    *("os_name", "sys_platform", "platform_machine", "platform_python_implementation", "platform_release"),
    *("platform_system", "platform_version", "python_version", "python_full_version", "implementation_name"),
    "implementation_version",
)


def read(path: Path) -> Beginning:
    """Read a Pipfile; each category but the first becomes a dependency group, `dev-packages` the group `dev`.

    :raises ConfigError: it cannot be read, or is not TOML.
    """
    return _Reader(path).read()


class _Reader:
    def __init__(self, path: Path) -> None:
        document = read_toml(path)
        self._root = path.parent
        self._data = document.data
        self._places = Places(document)
        self._notes = Notes()
        self._sources: dict[str, Source | list[Source]] = {}

    def read(self) -> Beginning:
        indexes = self._indexes()
        requirements = tuple(self._requirements(_REQUIRED))
        categories = [
            name
            for name, value in self._data.items()
            if isinstance(value, dict) and name not in _NO_CATEGORIES
        ]
        groups = {}
        if _DEVELOPMENT in self._data:
            groups["dev"] = tuple(self._requirements(_DEVELOPMENT))
        groups.update((name, tuple(self._requirements(name))) for name in categories)
        settings: dict[str, Any] = {"index": indexes} if indexes else {}
        if self._table("pipenv").get("allow_prereleases") is True:
            settings["prerelease"] = "allow"
        if self._table("scripts"):
            place = self._places.of(("scripts",))
            self._notes.lose(place, "`mvenv run` runs commands, and knows no names for them")
        return Beginning(
            read=(FILE,),
            requires_python=self._python(),
            requirements=requirements,
            groups=groups,
            sources=self._sources,
            uv=settings,
            told=self._notes.told,
            lost=self._notes.lost,
        )

    def _table(self, name: str) -> dict[str, Any]:
        value = self._data.get(name)
        return value if isinstance(value, dict) else {}

    def _python(self) -> str:
        requires = self._table("requires")
        for key, suffix in (("python_full_version", ""), ("python_version", ".*")):
            if isinstance(requires.get(key), str):
                place = self._places.of(("requires", key))
                return self._notes.requires_python(f"=={requires[key].strip()}{suffix}", place)
        return ""

    def _indexes(self) -> list[dict[str, str | bool]]:
        """Return the indexes as uv has them: the first is the default, the others are for whoever names them."""
        found: list[dict[str, str | bool]] = []
        written = self._data.get("source")
        for number, source in enumerate(written if isinstance(written, list) else ()):
            if not isinstance(source, dict) or not isinstance(source.get("url"), str):
                continue
            place = self._places.of(("source", number))
            name = str(source.get("name", f"index-{number + 1}"))
            if source.get("verify_ssl") is False:
                self._notes.lose(place, "`verify_ssl = false`: uv has `allow-insecure-host`")
            if name == _PUBLIC:
                self._notes.tell(
                    place,
                    "the public index is uv's default; of another of this name write `[[tool.uv.index]]`",
                )
                continue
            found.append({"name": name, "url": source["url"], "explicit" if number else "default": True})
        return found

    def _requirements(self, category: str) -> Iterator[str]:
        for name, value in self._table(category).items():
            key: KeyPath = (category, name)
            table = {"version": value} if isinstance(value, str) else value
            place = self._places.of(key)
            if not isinstance(table, dict):
                self._notes.lose(place, "says neither a version nor a place")
                continue
            found = self._requirement(name, table, place)
            if found is None:
                continue
            if found.source is not None:
                self._sources[name] = found.source
            yield found.requirement

    def _requirement(self, name: str, table: Mapping[str, Any], place: str) -> placed.Placed | None:
        marker = _marker(table)
        found: placed.Placed | None
        if placed.is_placed(table):
            found = placed.placed(name, table, marker, place, self._root, self._notes)
        else:
            version = str(table.get("version", "*")).strip()
            bound = "" if version == "*" else version if version[:1] in "<>=!~" else f"=={version}"
            text = placed.under(placed.named(name, table.get("extras")) + bound, marker)
            index = table.get("index")
            known = isinstance(index, str) and index != _PUBLIC
            found = placed.Placed(text, {"index": str(index)} if known else None)
        if found is None or self._notes.requirement(found.requirement, place) is None:
            return None
        return found


def _marker(table: Mapping[str, Any]) -> str:
    """Return what `markers` and the keys named like variables of markers (`sys_platform = "== 'win32'"`) say."""
    said = table.get("markers")
    keys = (f"{key} {table[key]}" for key in _OF_MARKERS if isinstance(table.get(key), str))
    return placed.joined((said if isinstance(said, str) else "", *keys))
