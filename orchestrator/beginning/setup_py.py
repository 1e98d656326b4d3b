"""`setup.py`, as far as it can be read without running it: literals, and names that are given one once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from orchestrator.beginning.setuptools_fields import Written
from orchestrator.config.document import read_text
from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.beginning.notes import Notes

FILE = "setup.py"

_REQUIREMENTS = "install_requires"

# Names may be made of names, each twice as long as the one before.
_DEEPEST = 100
_MOST_STEPS = 10_000


class _UnknownError(Exception):
    """An expression has a value that only running the file would tell."""


def name(folder: Path) -> str:
    """Return the name that setup.py of a folder says, empty if it says none that can be read."""
    path = folder / FILE
    try:
        found = _Script(path, read_text(path)).values.get("name") if path.is_file() else None
    except ConfigError:
        return ""
    return found if isinstance(found, str) else ""


def read(path: Path, notes: Notes) -> Written:
    """Read a setup.py; what only running it would tell is noted.

    :raises ConfigError: it cannot be read.
    """
    script = _Script(path, read_text(path))
    for line, what in script.unknown:
        notes.lose(show_place(path, line), f"{what} cannot be read without running the file")
    for key in ("setup_requires", "dependency_links"):
        if key in script.values:
            notes.lose(script.place(key), f"`{key}` is for building alone")
    python, version, called = (script.values.get(key) for key in ("python_requires", "version", "name"))
    extras = script.values.get("extras_require")
    return Written(
        file=FILE,
        name=called if isinstance(called, str) else "",
        version=version if isinstance(version, str) else "",
        requires_python=(python if isinstance(python, str) else "", script.place("python_requires")),
        requirements=script.entries(_REQUIREMENTS, script.values.get(_REQUIREMENTS)),
        extras={
            str(extra): script.entries("extras_require", entries)
            for extra, entries in (extras.items() if isinstance(extras, dict) else ())
        },
        tests=script.entries("tests_require", script.values.get("tests_require")),
        fields=frozenset({*script.lines} - {"name"}),
        says_requirements=_REQUIREMENTS in script.values or not script.is_opaque,
    )


class _Script:
    """What the call of `setup` in a file says."""

    def __init__(self, path: Path, text: str) -> None:
        self.values: dict[str, object] = {}
        self.lines: dict[str, int] = {}
        """Keyword to line, whether or not its value can be read."""
        self.unknown: list[tuple[int, str]] = []
        self.is_opaque = False
        """Whether what cannot be read may hold the requirements."""
        self._path = path
        self._steps = 0
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ConfigError(
                f"`{FILE}` is not Python that can be read",
                causes=(f"{show_place(path, getattr(error, 'lineno', None))}: {error}",),
                hints=("mend the file, or move it away",),
            ) from error
        self._names = _assigned_once(tree)
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)]
        if not calls:
            self.is_opaque = True
            self.unknown.append((1, "what it calls"))
        for keyword in calls[0].keywords if calls else ():
            self._read(keyword)

    def _read(self, keyword: ast.keyword) -> None:
        if keyword.arg is not None:
            self.lines[keyword.arg] = keyword.value.lineno
        try:
            value = self._value(keyword.value, 0)
        except _UnknownError:
            if keyword.arg is None:
                self.unknown.append((keyword.value.lineno, "`**`"))
                self.is_opaque = True
            elif keyword.arg in _CARRIED:
                self.unknown.append((keyword.value.lineno, f"`{keyword.arg}`"))
                self.is_opaque |= keyword.arg == _REQUIREMENTS
            return
        if keyword.arg is not None:
            self.values[keyword.arg] = value
        elif isinstance(value, dict):
            self.values.update({str(key): found for key, found in value.items()})
            self.lines.update({str(key): keyword.value.lineno for key in value})

    def _value(self, node: ast.expr, depth: int) -> object:
        self._steps += 1
        if depth > _DEEPEST or self._steps > _MOST_STEPS:
            raise _UnknownError
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            pass
        if isinstance(node, ast.Name) and node.id in self._names:
            return self._value(self._names[node.id], depth + 1)
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self._value(each, depth + 1) for each in node.elts]
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            return {
                str(self._value(_known(key), depth + 1)): self._value(value, depth + 1)
                for key, value in pairs
            }
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "dict"
            and not node.args
        ):
            return {str(_name_of(each)): self._value(each.value, depth + 1) for each in node.keywords}
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self._value(node.left, depth + 1), self._value(node.right, depth + 1)
            if isinstance(left, (list, tuple)) and isinstance(right, (list, tuple)):
                return [*left, *right]
            if isinstance(left, str) and isinstance(right, str):
                return left + right
        raise _UnknownError

    def entries(self, key: str, value: object) -> tuple[tuple[str, str], ...]:
        """Return requirements with their place; setuptools takes a text of several lines as well."""
        listed = value.splitlines() if isinstance(value, str) else value
        texts = listed if isinstance(listed, (list, tuple, set)) else ()
        return tuple(
            (text.strip(), self.place(key)) for text in texts if isinstance(text, str) and text.strip()
        )

    def place(self, key: str) -> str:
        """Return file and line of a keyword."""
        return show_place(self._path, self.lines.get(key))


_CARRIED = frozenset({"name", "python_requires", _REQUIREMENTS, "extras_require", "tests_require"})


def _is_setup(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "setup" and isinstance(function.value, ast.Name)
    return isinstance(function, ast.Name) and function.id == "setup"


def _known(key: ast.expr | None) -> ast.expr:
    if key is None:  # `**` in a dict
        raise _UnknownError
    return key


def _name_of(keyword: ast.keyword) -> str:
    if keyword.arg is None:
        raise _UnknownError
    return keyword.arg


def _assigned_once(tree: ast.Module) -> dict[str, ast.expr]:
    """Return the names that the file gives a value once, at its top, and changes nowhere."""
    values: dict[str, ast.expr] = {}
    for node in tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            target = node.target
        if isinstance(target, ast.Name) and isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
            values[target.id] = node.value
    stored: dict[str, int] = {}
    for each in ast.walk(tree):
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load):
            stored[each.id] = stored.get(each.id, 0) + 1
        # `names.append(…)`, `names["x"] = …`
        if isinstance(each, (ast.Attribute, ast.Subscript)) and isinstance(each.value, ast.Name):
            is_change = isinstance(each, ast.Attribute) or not isinstance(each.ctx, ast.Load)
            stored[each.value.id] = stored.get(each.value.id, 0) + is_change
    return {known: value for known, value in values.items() if stored.get(known) == 1}
