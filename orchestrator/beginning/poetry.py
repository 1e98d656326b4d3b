"""`[tool.poetry]` of a pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name, is_normalized_name
from packaging.version import Version

from orchestrator.beginning import placed
from orchestrator.beginning.model import Beginning, GroupEntry, Source
from orchestrator.beginning.notes import Notes, Places
from orchestrator.beginning.poetry_versions import alternatives, hull, specifier
from orchestrator.config.faults import quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.config.document import TomlDocument
    from orchestrator.config.location import KeyPath

TABLE = ("tool", "poetry")
_INDEX = "source"
_COMMANDS = ("scripts", "plugins")
_BACK_END = ("poetry-core", "poetry.core.masonry.api")


def read(document: TomlDocument) -> Beginning:
    """Read what Poetry knows of the project: dependencies, groups, extras, sources, `python`."""
    return _Reader(document).read()


class _Reader:
    def __init__(self, document: TomlDocument) -> None:
        self._table = _table(_table(document.data.get("tool")).get("poetry"))
        self._root = document.path.parent
        self._places = Places(document)
        self._notes = Notes()
        self._sources: dict[str, Source | list[Source]] = {}

    def read(self) -> Beginning:
        table = self._table
        dependencies = _table(table.get("dependencies"))
        requires_python = self._python(dependencies.get("python"))
        optional = self._extras(dependencies)
        required = {
            name: value
            for name, value in dependencies.items()
            if canonicalize_name(name) != "python" and not _is_optional(value)
        }
        requirements = tuple(self._requirements(required, ("dependencies",)))
        groups = self._groups()
        indexes = self._indexes()
        has_commands = table.get("package-mode") is not False and any(map(table.get, _COMMANDS))
        return Beginning(
            read=("`[tool.poetry]` of pyproject.toml",),
            name=self._name(),
            version=table["version"] if isinstance(table.get("version"), str) else "",
            requires_python=requires_python,
            back_end=_BACK_END if has_commands else None,
            requirements=requirements,
            extras=optional,
            groups=groups,
            sources=self._sources,
            uv={"index": indexes} if indexes else {},
            told=self._notes.told,
            lost=self._notes.lost,
        )

    def _name(self) -> str:
        name = self._table.get("name")
        if not isinstance(name, str):
            return ""
        if not is_normalized_name(canonicalize_name(name)):
            self._lose(("name",), f"{quote(name)} is no name for a distribution: give it one here, too")
        return name

    def _python(self, written: object) -> str:
        if not isinstance(written, str):
            return ""
        place = self._place(("dependencies", "python"))
        try:
            text = hull(written)
        except ValueError as error:
            self._notes.lose(place, str(error))
            return ""
        if len(alternatives(written)) > 1:
            shown = quote(text) if text else "any Python"
            self._notes.tell(place, f"{quote(written)} is {shown}, with what is between its alternatives")
        return self._notes.requires_python(text, place) if text else ""

    def _extras(self, dependencies: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        written = _table(self._table.get("extras"))
        by_name = {canonicalize_name(name): name for name in dependencies}
        named: set[str] = set()
        extras: dict[str, tuple[str, ...]] = {}
        for extra, names in written.items():
            found: list[str] = []
            for index, name in enumerate(names if isinstance(names, list) else ()):
                spelling = by_name.get(canonicalize_name(str(name)))
                if spelling is None:
                    self._lose(("extras", extra, index), f"{quote(str(name))} is no dependency")
                    continue
                named.add(spelling)
                found += self._requirements({spelling: dependencies[spelling]}, ("dependencies",))
            extras[extra] = tuple(found)
        for name, value in dependencies.items():
            if _is_optional(value) and name not in named:
                self._lose(("dependencies", name), "is optional, and no extra has it")
        return extras

    def _groups(self) -> dict[str, tuple[GroupEntry, ...]]:
        groups: dict[str, list[GroupEntry]] = {}
        if isinstance(self._table.get("dev-dependencies"), dict):
            groups["dev"] = [*self._requirements(self._table["dev-dependencies"], ("dev-dependencies",))]
        for name, group in _table(self._table.get("group")).items():
            key = ("group", name, "dependencies")
            entries = groups.setdefault(name, [])
            entries += self._requirements(_table(_table(group).get("dependencies")), key)
            included = _table(group).get("include-groups")
            named = included if isinstance(included, list) else ()
            entries += [{"include-group": str(each)} for each in named]
        return {name: tuple(entries) for name, entries in groups.items()}

    def _requirements(self, table: Mapping[str, Any], key: tuple[str, ...]) -> Iterator[str]:
        for name, value in table.items():
            if not isinstance(value, list):
                found = self._requirement(name, value, (*key, name))
                if found is not None:
                    yield self._kept(name, found)
                continue
            several = [self._requirement(name, each, (*key, name, index)) for index, each in enumerate(value)]
            those = [each for each in several if each is not None]
            sources = [each.source for each in those if each.source is not None]
            if sources:
                self._sources[name] = sources
            yield from (each.requirement for each in those)

    def _kept(self, name: str, found: placed.Placed) -> str:
        if found.source is not None:
            self._sources[name] = {key: value for key, value in found.source.items() if key != "marker"}
        return found.requirement

    def _requirement(self, name: str, value: object, key: KeyPath) -> placed.Placed | None:
        place = self._place(key)
        table: dict[str, Any] = {"version": value} if isinstance(value, str) else _table(value)
        try:
            marker = _marker(table)
            if placed.is_placed(table):
                found = placed.placed(name, table, marker, place, self._root, self._notes)
            else:
                found = self._released(name, table, marker, place)
        except ValueError as error:
            self._notes.lose(place, str(error))
            return None
        if found is None or self._notes.requirement(found.requirement, place) is None:
            return None
        if table.get("allow-prereleases"):
            self._notes.lose(
                place, "`allow-prereleases`: write a bound that names one, or `prerelease` in `[tool.uv]`"
            )
        if found.source is not None and marker:
            found.source["marker"] = marker
        return found

    def _released(self, name: str, table: Mapping[str, Any], marker: str, place: str) -> placed.Placed:
        version = table.get("version", "*")
        if not isinstance(version, str):
            raise ValueError("says neither a version nor a place")
        bound = specifier(version)
        if bound.dropped:
            self._notes.tell(place, f"{quote(version)} is `{bound.text}`, the newest of its alternatives")
        text = placed.under(placed.named(name, table.get("extras")) + bound.text, marker)
        source = table.get(_INDEX)
        known = isinstance(source, str) and source.lower() != "pypi"
        return placed.Placed(text, {"index": str(source)} if known else None)

    def _indexes(self) -> list[dict[str, str | bool]]:
        """Read `[[tool.poetry.source]]`; the index without a URL is the default one."""
        found: list[dict[str, str | bool]] = []
        written = self._table.get(_INDEX)
        for index in written if isinstance(written, list) else ():
            if not isinstance(_table(index).get("url"), str):
                continue
            table: dict[str, str | bool] = {"name": str(index.get("name", "index")), "url": index["url"]}
            if index.get("priority") == "explicit":
                table["explicit"] = True
            elif index.get("priority") == "default" or index.get("default") is True:
                table["default"] = True
            found.append(table)
        return found

    def _place(self, key: KeyPath) -> str:
        return self._places.of((*TABLE, *key))

    def _lose(self, key: KeyPath, sentence: str) -> None:
        self._notes.lose(self._place(key), sentence)


def _marker(table: Mapping[str, Any]) -> str:
    python, platform, markers = (table.get(key) for key in ("python", "platform", "markers"))
    return placed.joined(
        (
            _python_marker(python) if isinstance(python, str) else "",
            f"sys_platform == '{platform}'" if isinstance(platform, str) else "",
            markers if isinstance(markers, str) else "",
        )
    )


def _python_marker(written: str) -> str:
    """Return a constraint on Python as a marker; empty for any."""
    found = [_conjunction(bounds) for bounds in alternatives(written)]
    return "" if "" in found else " or ".join(dict.fromkeys(found))


def _conjunction(bounds: str) -> str:
    """Return a range of Pythons as a marker: `python_version` has two numbers."""
    clauses = []
    for each in sorted(SpecifierSet(bounds), key=str, reverse=True):
        is_whole = "*" in each.version or len(Version(each.version).release) > 2
        variable = "python_full_version" if is_whole else "python_version"
        clauses.append(f"{variable} {each.operator} '{each.version}'")
    return " and ".join(clauses)


def _is_optional(value: object) -> bool:
    tables = value if isinstance(value, list) else [value]
    return any(_table(each).get("optional") is True for each in tables)


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
