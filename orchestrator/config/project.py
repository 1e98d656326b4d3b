"""Finding and loading pyproject.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidName, canonicalize_name

from orchestrator.config.aliases import ALIASES, read_aliases
from orchestrator.config.constraints import Constraints, read_constraints
from orchestrator.config.decisions import ISOLATE, SINGLETONS, read_names, read_together
from orchestrator.config.default_groups import read_default_groups
from orchestrator.config.document import TomlDocument, parse_toml, read_text
from orchestrator.config.entries import guessed_names
from orchestrator.config.environments import read_environments
from orchestrator.config.faults import Fault, config_error, quote, table_at, wrong_type
from orchestrator.config.location import printable, show_path
from orchestrator.config.model import ImportAlias, Lag, Project
from orchestrator.config.optional import read_extras, read_groups
from orchestrator.config.package import read_package
from orchestrator.config.places import written_requirements
from orchestrator.config.requirements import read_dependencies
from orchestrator.config.settings import misspelled_tables, read_settings
from orchestrator.config.sources import read_indexes, read_sources
from orchestrator.config.workspace import find_workspace
from orchestrator.errors import ConfigError
from orchestrator.system.credentials import collected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.config.entries import Entry
    from orchestrator.config.model import DirectRequirement

FILE_NAME = "pyproject.toml"

_EXAMPLE = (
    f'or write a `{FILE_NAME}` of three lines: `[project]`, `name = "my-app"`, `dependencies = ["pandas"]`'
)


def find_pyproject(start: Path) -> Path:
    """Return the nearest pyproject.toml in a folder or above it, as an absolute path.

    :raises ConfigError: `start` does not exist, or there is no such file.
    """
    try:
        folder = start.resolve(strict=True)
        candidates = (parent / FILE_NAME for parent in (folder, *folder.parents))
        found = next((candidate for candidate in candidates if candidate.is_file()), None)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"{quote(str(start))} cannot be opened", causes=(reason,)) from error
    if found is None:
        raise ConfigError(
            f"there is no `{FILE_NAME}` in {quote(str(folder))} or any folder above it",
            hints=(
                "start a project with `mvenv init`",
                _EXAMPLE,
            ),
        )
    return found


def load_project(pyproject: Path) -> Project:
    """Read and check one pyproject.toml.

    Markers are not evaluated (see `requirements.applicable`), and requirements are not compared with each
    other (see `disjoint.check_disjoint`): both depend on the target Python.

    :raises ConfigError: the file cannot be read, or with all that is wrong in it.
    """
    return parse_project(pyproject, read_text(pyproject))


def parse_project(pyproject: Path, text: str) -> Project:
    """Check a text that is, or is to become, a pyproject.toml.

    :param pyproject: where it is (to be) written; the file is not read.
    :raises ConfigError: with all that is wrong in it.
    """
    document = parse_toml(pyproject, text)
    root = pyproject.parent.resolve()
    faults: list[Fault] = []
    workspace = find_workspace(document.data, root)
    table = _project_table(document, faults)
    mvenv = table_at(document.data, ("tool", "mvenv"), faults) or {}
    settings = read_settings(mvenv, faults)
    faults += misspelled_tables(table_at(document.data, ("tool",), []) or {})
    name = _read_name(table, faults)
    own_name = canonicalize_name(name)
    dependencies = read_dependencies(table, faults)
    extras = read_extras(document.data, own_name, faults)
    groups = read_groups(document.data, own_name, extras, faults)
    names = None if dependencies is None else _direct_names(document.data)
    aliases = read_aliases(mvenv.get("aliases"), names or (), faults)
    constraints = Constraints({}, {})
    if names is not None:
        constraints = read_constraints(mvenv.get("constraints"), names, _keys(mvenv.get("aliases")), faults)
    requires_python = _read_requires_python(table, faults)
    loaded = Project(
        root=root,
        name=name,
        version=_read_version(table, faults),
        workspace=None if workspace is None or workspace.root == root else workspace.root,
        package=read_package(document.data, faults),
        requires_python=requires_python,
        requirements=_with(constraints, dependencies or ()),
        python=settings.python,
        exclude_newer=settings.exclude_newer,
        uv_sources=read_sources(document.data, root, workspace, faults),
        uv_indexes=read_indexes(document.data, faults),
        credentials=collected(document.data),
        isolate=read_names(mvenv.get("isolate"), ISOLATE, faults),
        together=read_together(mvenv.get("together"), names, faults),
        singletons=read_names(mvenv.get("singletons"), SINGLETONS, faults),
        prefers_newest=settings.prefer == "newest",
        other_builds=settings.other_builds,
        lag=Lag(settings.lag.majors, settings.lag.months),
        environments=read_environments(mvenv.get("environments"), requires_python, faults),
        aliases=tuple(
            ImportAlias(constraints.of(alias.entry, alias.import_name), alias.module) for alias in aliases
        ),
        groups={name: _with(constraints, entries) for name, entries in groups.items()},
        default_groups=read_default_groups(document.data, groups, faults),
        extras={name: _with(constraints, entries) for name, entries in extras.items()},
    )
    if faults:
        raise config_error(document, faults)
    return loaded


def _direct_names(data: Mapping[str, Any]) -> set[str]:
    """Return the canonical names of dependencies, extras and groups, whether or not the entries are valid."""
    return guessed_names(text for key, text in written_requirements(data) if key[: len(ALIASES)] != ALIASES)


def _keys(table: object) -> tuple[str, ...]:
    return tuple(table) if isinstance(table, dict) else ()


def _with(constraints: Constraints, entries: Iterable[Entry]) -> tuple[DirectRequirement, ...]:
    return tuple(constraints.of(entry) for entry in entries)


def _project_table(document: TomlDocument, faults: list[Fault]) -> dict[str, Any]:
    """Return `[project]`; without one nothing else can be said of the file, so that is raised at once."""
    if "project" not in document.data:
        raise ConfigError(
            f"`{document.path.name}` has no `[project]` table",
            causes=(show_path(document.path),),
            hints=("add `[project]` with a `name` and the `dependencies`",),
        )
    project = table_at(document.data, ("project",), faults)
    if project is None:
        raise config_error(document, faults)
    return project


def _read_name(project: Mapping[str, Any], faults: list[Fault]) -> str:
    if "name" not in project:
        hint = 'add a line such as `name = "my-app"` to `[project]`'
        faults.append(Fault(("project",), "`project.name` is missing", hints=(hint,)))
        return ""
    name = _read_string(project, "name", faults)
    if name is None:
        return ""
    try:
        canonicalize_name(name, validate=True)
    except InvalidName:
        faults.append(
            Fault(
                ("project", "name"),
                f"{quote(name)} is not a valid project name",
                hints=("write letters, digits, `-`, `_` and `.`, and begin and end with a letter or digit",),
            )
        )
    return name


def _read_version(project: Mapping[str, Any], faults: list[Fault]) -> str:
    dynamic = project.get("dynamic")
    if isinstance(dynamic, list) and "version" in dynamic:
        return "0"
    return _read_string(project, "version", faults) or "0"


def _read_requires_python(project: Mapping[str, Any], faults: list[Fault]) -> str:
    text = _read_string(project, "requires-python", faults) or ""
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        message = f"{quote(text)} is not a valid Python version range"
        hints = ("write a range such as `>=3.11`",)
        faults.append(Fault(("project", "requires-python"), message, printable(str(error)), hints))
    return text


def _read_string(project: Mapping[str, Any], key: str, faults: list[Fault]) -> str | None:
    value = project.get(key)
    if value is None or isinstance(value, str):
        return value
    faults.append(wrong_type(("project", key), "a string", value))
    return None
