"""How a distribution declares entry points, and how it reads those of others, from its installed files.

A host reads a group of its own, which its source names (`"xarray.backends"`). One that is handed the group by its
callers serves anybody (stevedore), and matters where it keeps what it has read.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.install.record import entry_points_text, sources
from orchestrator.install.usage import NOT_LOADED_IN_USE
from orchestrator.system.python_source import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from orchestrator.install.record import InstalledDistribution

_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})
_READ = re.compile(rb"\b(?:iter_)?entry_points\s*\(")
_READERS = frozenset({"entry_points", "iter_entry_points"})
_SECTION = re.compile(r"^\[([^\]\n]+)\]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a distribution reads entry points."""

    sources: tuple[bytes, ...] = ()
    """All its sources if it reads any, else none: the groups that it reads are named there."""
    remembers_any: bool = False
    """Whether it takes groups from its callers, and keeps what it has read."""

    def concerns(self, groups: Iterable[str]) -> bool:
        """Whether it reads any of these groups, or keeps what it has read of whichever it is asked for."""
        if self.remembers_any:
            return True
        quoted = [quote + group.encode() + quote for group in groups for quote in (b'"', b"'")]
        return any(text in source for text in quoted for source in self.sources)


def offered_groups(distribution: InstalledDistribution, site_packages: Path) -> frozenset[str]:
    """Return the groups of the entry points that *distribution* declares, scripts left out."""
    found = _SECTION.findall(entry_points_text(distribution, site_packages))
    return frozenset(map(str.strip, found)) - _SCRIPTS - {""}


def reading(distribution: InstalledDistribution, site_packages: Path) -> Reading:
    """Return how *distribution* reads entry points."""
    own = list(_sources(distribution, site_packages))
    calling = [source for source in own if _READ.search(source)]
    calls = [tree for tree in map(parsed, calling) if tree is not None and any(_reads(tree))]
    if not calls:
        return Reading()
    return Reading(tuple(own), any(_takes_any(tree) and _keeps(tree) for tree in calls))


def names_group(distribution: InstalledDistribution, site_packages: Path, group: str) -> bool:
    """Whether *distribution* names a group of entry points in its sources."""
    quoted = tuple(quote + group.encode() + quote for quote in (b'"', b"'"))
    return any(text in source for source in _sources(distribution, site_packages) for text in quoted)


def _sources(distribution: InstalledDistribution, site_packages: Path) -> Iterator[bytes]:
    return (content for _, content in sources(distribution, site_packages, NOT_LOADED_IN_USE))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _reads(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) in _READERS:
            yield node


def _takes_any(tree: ast.Module) -> bool:
    """Whether the groups that a module reads are other than constants: a variable, or all there are."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [word.value for call in calls for word in call.keywords if word.arg == "group"]
    named += [call.args[0] for call in calls if call.args and _called(call) == "iter_entry_points"]
    assigned = [(node.targets, node.value) for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    assigned += [
        ([node.target], node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and node.value
    ]
    constants = {
        target.id
        for targets, value in assigned
        if isinstance(value, ast.Constant)
        for target in targets
        if isinstance(target, ast.Name)
    }
    if named:
        return any(
            not isinstance(value, ast.Constant) and getattr(value, "id", None) not in constants
            for value in named
        )
    taken = [call.args[0] for call in calls if call.args and _called(call) == "get"]
    taken += [node.slice for node in ast.walk(tree) if isinstance(node, ast.Subscript)]
    # `entry_points()["group"]`, `entry_points().get("group", ())`
    return not any(isinstance(value, ast.Constant) and isinstance(value.value, str) for value in taken)


def _keeps(tree: ast.Module) -> bool:
    """Whether a module keeps something from one call to the next, in a global, a class or a cached function."""
    own = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    return any(
        isinstance(node, ast.Global) or _is_cached(node) or any(_is_kept(each, own) for each in _scope(node))
        for node in ast.walk(tree)
    )


def _scope(node: ast.AST) -> list[ast.stmt]:
    return node.body if isinstance(node, (ast.Module, ast.ClassDef)) else []


def _is_cached(node: ast.AST) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and any(
        "cache" in ast.unparse(each) for each in node.decorator_list
    )


def _is_kept(statement: ast.stmt, own_classes: Iterable[str]) -> bool:
    """Whether it assigns what is there to be filled: an empty container, an object of the module's own class."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return False
    value = statement.value
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, (ast.List, ast.Set)):
        return not value.elts
    if isinstance(value, ast.Call):
        containers = {
            "dict",
            "list",
            "set",
            "defaultdict",
            "OrderedDict",
            "WeakValueDictionary",
            *own_classes,
        }
        return _called(value) in containers
    return False
