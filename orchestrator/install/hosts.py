"""Hosts: what runs code that a person writes. Kernels, debuggers, test runners, servers and workers.

A host is not isolated for the sake of an import that need not happen: ``debugpy`` brings a file along that imports
``sqlalchemy``, ``celery`` tries ``redis``. That is answered by the view of whoever is debugged or served, so one host
does for all. (It is not so for libraries: each side's joblib has to find that side's numpy.) Of a host's undeclared
imports those count that always run. What it declares counts as ever: then isolation is needed, and what it runs has the
application's view all the same (:mod:`runtime_shim.caller.frames`).
"""

from __future__ import annotations

import ast
import configparser
import re
from typing import TYPE_CHECKING

from orchestrator.install.record import entry_points_text, sources
from orchestrator.system.python_source import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from orchestrator.install.record import InstalledDistribution

HOSTS: Mapping[str, str] = {
    **dict.fromkeys(
        ("ipython", "ipykernel", "matplotlib-inline", "xeus-python", "bpython", "ptpython", "xonsh"),
        "runs what a person types, and shows it",
    ),
    **dict.fromkeys(
        ("jupyter-client", "jupyter-server", "jupyterlab", "notebook", "nbclient", "nbconvert", "papermill"),
        "runs notebooks, in kernels",
    ),
    **dict.fromkeys(("marimo", "streamlit", "gradio", "dash", "voila"), "runs a person's page or notebook"),
    **dict.fromkeys(("debugpy", "ipdb", "pudb", "pdbpp"), "runs the program that is debugged"),
    **dict.fromkeys(
        ("pytest", "pytest-xdist", "hypothesis", "behave", "robotframework", "nose2", "tox", "nox", "locust"),
        "runs a person's tests or sessions",
    ),
    **dict.fromkeys(
        ("coverage", "line-profiler", "memory-profiler", "scalene", "pyinstrument", "memray", "viztracer"),
        "runs the program that is measured",
    ),
    **dict.fromkeys(
        ("gunicorn", "uvicorn", "hypercorn", "daphne", "waitress", "granian", "django", "flask"),
        "serves a person's application, which it imports by name",
    ),
    **dict.fromkeys(
        (
            "celery",
            "rq",
            "dramatiq",
            "huey",
            "arq",
            "apscheduler",
            "apache-airflow",
            "dagster",
            "prefect",
            "luigi",
        ),
        "runs a person's tasks, which it imports by name",
    ),
    **dict.fromkeys(
        ("sphinx", "alembic", "scrapy", "invoke", "fabric"),
        "runs a person's configuration and imports their modules",
    ),
}
"""Canonical name → why it is a host. Most are found without it (:func:`is_host`); these are certain."""

_FOR_WHOEVER_CALLS = frozenset({"matplotlib-inline"})
"""Hosts whose undeclared imports never count. matplotlib-inline is loaded by matplotlib, and draws with that one."""

# What gives a module the name `__main__`: the program of somebody else.
_RUNS_PROGRAMS = re.compile(
    rb"""\brun_(?:path|module)\s*\(|ModuleType\s*\(\s*["']__main__["']|modules\[\s*["']__main__["']\s*\]\s*=[^=]"""
)
_VENDORED = frozenset(
    {"_vendor", "vendor", "_vendored", "vendored", "_vendoring", "extern", "externals", "third_party"}
)
_CATCHING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def is_host(distribution: InstalledDistribution, site_packages: Path, required: frozenset[str]) -> bool:
    """Whether *distribution* runs code that a person writes.

    That is one of :data:`HOSTS`, or one that has a command, executes programs as ``__main__``, and is nobody's library.

    :param required: the distributions that others than hosts require. torch has a command that runs programs, too.
    """
    name = distribution.canonical_name
    if name in HOSTS:
        return True
    return (
        name not in required
        and bool(_entry_points(distribution, site_packages).get("console_scripts"))
        and any(_RUNS_PROGRAMS.search(source) for source in _sources(distribution, site_packages).values())
    )


def parts_of(hosts: frozenset[str], requires: Iterable[Mapping[str, frozenset[str]]]) -> frozenset[str]:
    """Return what hosts alone require, and their parts: ``kombu`` is celery's, and tries what celery would try.

    :param hosts: those that are shared. What an isolated one requires has to find its side's versions.
    :param requires: what each distribution requires, for each group.
    """
    requiring: dict[str, set[str]] = {}
    for group in requires:
        for name, needed in group.items():
            for other in needed:
                requiring.setdefault(other, set()).add(name)
    parts: set[str] = set()
    while True:
        more = {name for name, by in requiring.items() if by <= hosts | parts} - parts
        if not more:
            return frozenset(parts - hosts)
        parts |= more


def always_imported(distribution: InstalledDistribution, site_packages: Path) -> frozenset[str]:
    """Return the top-level names that a host imports whenever it is used.

    That is at the top of the modules that its packages and commands load, outside of ``try`` and ``if``.
    """
    if distribution.canonical_name in _FOR_WHOEVER_CALLS:
        return frozenset()
    modules = {
        _module(file): (source, file.endswith("__init__.py"))
        for file, source in _sources(distribution, site_packages).items()
    }
    waiting = [name for name in modules if name.removesuffix(".__main__").count(".") == 0]
    for values in _entry_points(distribution, site_packages).values():
        waiting += [value.partition(":")[0].partition("[")[0].strip() for value in values]
    seen: set[str] = set()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in modules:
            continue
        seen.add(name)
        source, is_package = modules[name]
        tree = parsed(source)
        if tree is None:
            continue
        body = tree.body
        package = name if is_package else name.rpartition(".")[0]
        found |= {module.partition(".")[0] for module in _imported(_always(body), package)}
        for module in _imported(_at_load(body), package):
            parts = module.split(".")
            waiting += [".".join(parts[:number]) for number in range(1, len(parts) + 1)]
    return frozenset(found)


def _sources(distribution: InstalledDistribution, site_packages: Path) -> dict[str, bytes]:
    """Return the Python files of a distribution that are its own work: path → content."""
    return dict(sources(distribution, site_packages, _VENDORED))


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _entry_points(distribution: InstalledDistribution, site_packages: Path) -> dict[str, list[str]]:
    """Return group → ``module:attribute`` of all entry points."""
    parser = configparser.RawConfigParser(delimiters="=", strict=False)
    try:
        parser.read_string(entry_points_text(distribution, site_packages))
    except configparser.Error:
        return {}
    return {group: [value or "" for _, value in parser.items(group)] for group in parser.sections()}


def _always(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module that run whatever is installed."""
    for statement in statements:
        if isinstance(statement, ast.ClassDef):
            yield from _always(statement.body)
        elif isinstance(statement, ast.Try):
            if not any(map(_catches_import_errors, statement.handlers)):
                yield from _always(statement.body)
            yield from _always(statement.finalbody)
        else:
            yield statement


def _catches_import_errors(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    kinds = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(kind is None or getattr(kind, "id", "") in _CATCHING for kind in kinds)


def _at_load(statements: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield all statements that may run while a module is loaded."""
    for statement in statements:
        yield statement
        if not isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.expr)):
            yield from _at_load(ast.iter_child_nodes(statement))


def _imported(statements: Iterable[ast.AST], package: str) -> Iterator[str]:
    """Yield the full names of what import statements name; of ``from a import b`` both a and a.b.

    :param package: the package that relative imports start from.
    """
    for statement in statements:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            base = (
                package.split(".")[: len(package.split(".")) - statement.level + 1] if statement.level else []
            )
            module = ".".join([*base, *([statement.module] if statement.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in statement.names)
