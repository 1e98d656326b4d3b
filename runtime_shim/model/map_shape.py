"""Whether ``import_map.json`` has the shape that a build gives it: types, names that exist, places in the project.

What has another shape is damaged, or another's. It is looked through once, at the start of the shim, and told in words;
found out later, it would be a ``KeyError`` in the middle of somebody's import.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

LARGEST = 1 << 26
"""Bytes of a map; one of a thousand distributions has some hundred thousand."""
_LONGEST_NAME = 1000
_DEEPEST = 32
_SEEN = "imports", "borrowed"


def fault(document: Any) -> str | None:
    """Return what is wrong with the shape of an import map, None if nothing is.

    :param document: the value of the file.
    """
    try:
        return _fault(document)
    except _FaultError as error:
        return str(error)


class _FaultError(Exception):
    """What is wrong."""


def _fault(document: Any) -> str | None:
    if not isinstance(document, dict) or type(document.get("schema")) is not int:
        raise _FaultError("it is no import map")
    _text(document.get("root"), "root")
    environments = _table(document.get("environments"), "environments")
    homes = frozenset(environments)
    common = _table(document.get("common"), "common")
    _lists(common, "imports", "common")
    if not homes.issuperset(common["imports"]):
        raise _FaultError("`common.imports` names an environment that there is not")
    _names(common, "borrowed", "common", homes, {str})
    application = _table(document.get("application"), "application")
    _part(application, "application", homes)
    for name, part in environments.items():
        where = f"environments.{name}"
        _text(name, where)
        if not name or name == "application":
            raise _FaultError(f"`{where}` is no name of an environment")
        _part(_table(part, where), where, homes)
        if "over" in part:
            over = part["over"]
            is_there = over in homes if isinstance(over, str) and over else over == ""
            if not is_there or "over" in environments.get(over, ()):
                raise _FaultError(f"`{where}.over` is no environment")
        else:
            _inside(part.get("path"), f"{where}.path")
            _inside(part["paths"][0], f"{where}.paths")
    _consistent(common, "common", environments)
    _consistent(application, "application", environments)
    if application["distributions"]:
        raise _FaultError("`application.distributions` is not empty")
    for name, part in environments.items():
        _consistent(part, f"environments.{name}", environments)
        if not part["providers"].keys() <= part["distributions"].keys():
            raise _FaultError(f"`environments.{name}.providers` names a distribution that there is not")
    _of_application(application, homes)
    project = document.get("project")
    if project is not None:
        for key in ("name", "version"):
            _text(_table(project, "project").get(key), f"project.{key}")
        _texts(project.get("requires"), "project.requires")
    for key in ("made_for", "overrides", "build", "other_builds"):
        if document.get(key) is not None and not isinstance(document[key], str):
            raise _FaultError(f"`{key}` is no text")
    return None


def _part(part: dict[str, Any], where: str, homes: frozenset[str]) -> None:
    _texts(part.get("paths"), f"{where}.paths")
    if not part["paths"]:
        raise _FaultError(f"`{where}.paths` is empty")
    for key in _SEEN:
        _names(part, key, where, homes, {str, type(None)})  # None: not what most see, and nothing else
    _names(part, "distributions", where, None, {str})
    _lists(part, "providers", where)


def _lists(part: dict[str, Any], key: str, where: str) -> None:
    """Make sure that there is a table of lists of names."""
    place = f"{where}.{key}"
    for value, names in _table(part.get(key), place).items():
        if not value or not isinstance(names, list) or not {str}.issuperset(map(type, names)) or "" in names:
            raise _FaultError(f"`{place}` is no table of names")
        if max(map(len, names), default=0) > _LONGEST_NAME:
            raise _FaultError(f"`{place}` has a name that is too long")


def _names(
    part: dict[str, Any], key: str, where: str, homes: frozenset[str] | None, kinds: set[type]
) -> None:
    """Make sure that there is a table of names; of environments, if *homes* are given."""
    place = f"{where}.{key}"
    table = _table(part.get(key), place)
    # Everything at once, in C: these are most of the file.
    if not kinds.issuperset(map(type, table.values())) or "" in table:
        raise _FaultError(f"`{place}` is no table of names")
    if max(map(len, table), default=0) > _LONGEST_NAME:
        raise _FaultError(f"`{place}` has a name that is too long")
    if homes is not None and not (homes | {None}).issuperset(table.values()):
        raise _FaultError(f"`{place}` names an environment that there is not")


def _consistent(part: dict[str, Any], where: str, environments: dict[str, Any]) -> None:
    """Make sure that what is borrowed is where it is said to be; all parts have the right shape."""
    for name, home in part["borrowed"].items():
        if home is not None and name not in environments[home]["distributions"]:
            raise _FaultError(f"`{where}.borrowed` names a distribution that there is not")


def _of_application(part: dict[str, Any], homes: frozenset[str]) -> None:
    for name, meant in _table(part.get("aliases", {}), "application.aliases").items():
        where = f"application.aliases.{name}"
        _text(_table(meant, where).get("module"), where)
        if meant.get("environment") not in (*homes, "application"):
            raise _FaultError(f"`{where}` names an environment that there is not")
    for name, copies in _table(part.get("ties", {}), "application.ties").items():
        where = f"application.ties.{name}"
        if not isinstance(copies, list):
            raise _FaultError(f"`{where}` is no list")
        for copy in copies:
            for key in ("environment", "version"):
                _text(_table(copy, where).get(key), where)
            _texts(copy.get("required_by"), where)
    scripts = _table(part.get("scripts", {}), "application.scripts")
    for name, home in scripts.items():
        _text(name, "application.scripts")
        if not isinstance(home, str) or home not in homes:
            raise _FaultError("`application.scripts` names an environment that there is not")


def _table(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _FaultError(f"`{where}` is {'missing' if value is None else 'no table'}")
    return value


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str) or "\0" in value or len(value) > LARGEST >> 10:
        raise _FaultError(f"`{where}` is {'missing' if value is None else 'no text'}")
    try:
        value.encode("utf-8", "surrogateescape")  # as the names of files are
    except UnicodeEncodeError:
        raise _FaultError(f"`{where}` is no text") from None


def _texts(value: Any, where: str) -> None:
    if not isinstance(value, list):
        raise _FaultError(f"`{where}` is {'missing' if value is None else 'no list'}")
    for each in value:
        _text(each, where)


def _inside(path: Any, where: str) -> None:
    """Make sure that a folder of a build's own lies in the project."""
    _text(path, where)
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise _FaultError(f"`{where}` is not in the project")


def is_nested_deeply(text: str) -> bool:
    """Whether JSON is nested more deeply than any map: then it, and not its reader's stack, was in the way."""
    depth, in_text, is_escaped = 0, False, False
    for char in text:
        if in_text:
            in_text = is_escaped or char != '"'
            is_escaped = char == "\\" and not is_escaped
        elif char == '"':
            in_text = True
        elif char in "[{":
            depth += 1
            if depth > _DEEPEST:
                return True
        elif char in "]}":
            depth -= 1
    return False
