"""Which other distributions a distribution's modules import when they are loaded, declared or not.

Metadata does not tell: joblib uses numpy if it is there and declares nothing. Such a distribution must not
be shared between environments that hold different numpys. Only imports at module level count; those inside
functions happen on a caller's behalf and are answered by the caller's view.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from orchestrator.install.hosts import always_imported, is_host
from orchestrator.install.record import sources
from orchestrator.system.python_source import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from orchestrator.install.record import InstalledDistribution

NOT_LOADED_IN_USE = frozenset(
    {
        *("test", "tests", "_test", "_tests", "testing", "conftest.py", "benchmark", "benchmarks", "docs"),
        *("example", "examples", "_examples"),  # numpy/random/_examples imports numba
    }
)

# What begins a statement is looked at behind it: a search that begins with a word goes from one to the next.
_KEYWORDS = re.compile(rb"(?:from|import)[ \t\\]")
_FEW = 6
"""Names that are looked for in a source in less time than its keywords."""


def uses(
    distribution: InstalledDistribution,
    site_packages: Path,
    providers: Mapping[str, frozenset[str]],
    required: frozenset[str] = frozenset(),
    parts: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Return the distributions that *distribution* imports at module level; of a host's those that it always imports.

    :param providers: top-level import name → the canonical names of the distributions that provide it.
    :param required: the distributions that others than hosts require: libraries.
    :param parts: the distributions that hosts alone require.
    """
    wanted = {top for top, names in providers.items() if distribution.canonical_name not in names}
    if not wanted:
        return frozenset()
    is_mentioned = _mentions(wanted)
    found: set[str] = set()
    for _, source in sources(distribution, site_packages, NOT_LOADED_IN_USE):
        if is_mentioned(source):
            for top in imported_on_load(source):
                if top in wanted:
                    found |= providers[top]
    if found and (distribution.canonical_name in parts or is_host(distribution, site_packages, required)):
        always = always_imported(distribution, site_packages)
        found = {name for top in always & wanted for name in providers[top]}
    return frozenset(found)


def _mentions(tops: Iterable[str]) -> Callable[[bytes], bool]:
    """Return what tells whether a source may import one of some names: most do not, and need not be parsed."""
    names = [top.encode() for top in sorted(tops)]
    # A statement may follow another on its line, and go on behind a backslash.
    rest = re.compile(rb"(?:[^\n#]|\\\n)*?\b(?:" + b"|".join(map(re.escape, names)) + rb")\b")

    def is_mentioned(source: bytes) -> bool:
        if len(names) <= _FEW and not any(name in source for name in names):
            return False
        for keyword in _KEYWORDS.finditer(source):
            start = source.rfind(b"\n", 0, keyword.start()) + 1
            before = source[start : keyword.start()].rstrip(b" \t")
            if (not before or before.endswith((b":", b";"))) and rest.match(source, keyword.end()):
                return True
        return False

    return is_mentioned


def imported_on_load(source: bytes) -> frozenset[str]:
    """Return the top-level names that a module's code imports when it runs, conditional imports included."""
    tree = parsed(source)
    return frozenset() if tree is None else frozenset(_names(tree.body))


def _names(statements: Iterable[ast.AST]) -> Iterator[str]:
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            if statement.level == 0 and statement.module:
                yield statement.module.partition(".")[0]
        elif isinstance(statement, ast.If) and _is_type_checking(statement.test):
            yield from _names(statement.orelse)
        elif isinstance(
            statement,
            (
                *(ast.If, ast.Try, ast.TryStar, ast.ExceptHandler, ast.Match, ast.match_case),
                *(ast.With, ast.For, ast.While, ast.ClassDef),
            ),
        ):
            yield from _names(ast.iter_child_nodes(statement))


def _is_type_checking(test: ast.expr) -> bool:
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"
