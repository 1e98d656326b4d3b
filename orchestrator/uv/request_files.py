"""What uv is given to read: a small project that requires some distributions, with the user's sources."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import tomlkit

from orchestrator.system.credentials import restored
from orchestrator.system.toml_array import toml_array
from orchestrator.uv import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.config.model import Project
    from orchestrator.uv.core_metadata import Metadata
    from orchestrator.uv.model import Demand, Pin

NAME = "mvenv-question"
OUTPUT = "output.txt"


def write(
    folder: Path,
    project: Project,
    members: Sequence[Demand],
    preferences: Mapping[str, str],
    metadata: Sequence[Metadata] = (),
    constraints: Sequence[str] = (),
    variables: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> list[str]:
    """Write the files of a question to *folder* and return the arguments of uv that ask it.

    The answer will be in the folder's file :data:`OUTPUT`.

    :param preferences: versions to keep to where that is possible: canonical name → version.
    :param metadata: what releases are taken to say of their dependencies, whatever they say themselves.
    :param constraints: bounds for everybody, besides those of the members.
    :param variables: what uv builds with: canonical name → environment variables.

    It is a ``pyproject.toml`` rather than a requirements file because only there ``[tool.uv.sources]`` and
    named indexes apply. Constraints limit whatever is chosen for these members together. Preferences are
    given as uv takes them: as the previous contents of the output file.
    """
    source = folder / "pyproject.toml"
    dependencies = [
        *(member.text for member in members),
        *_unique(addition for member in members for addition in member.additions),
    ]
    source.write_text(_document(project, dependencies, project.uv_sources), encoding="utf-8")
    arguments = settings.write(folder, project.root, metadata, variables)
    arguments += ["pip", "compile", str(source), "--annotation-style", "line", "--no-header", "--quiet"]
    bounds = _unique((*(bound for member in members for bound in member.constraints), *constraints))
    if bounds:
        text = restored("\n".join(bounds) + "\n", project.credentials)
        (folder / "constraints.txt").write_text(text, encoding="utf-8")
        arguments += ["--constraints", str(folder / "constraints.txt")]
    write_preferences(folder, preferences)
    arguments += ["--output-file", str(folder / OUTPUT)]
    if project.exclude_newer:
        arguments += ["--exclude-newer", project.exclude_newer]
    return arguments


def write_preferences(folder: Path, preferences: Mapping[str, str]) -> None:
    """Write what uv is to prefer to where it will write its answer: it takes that for an earlier one."""
    lines = [f"{name}=={version}\n" for name, version in sorted(preferences.items())]
    (folder / OUTPUT).write_text("".join(lines), encoding="utf-8")


def write_pins(folder: Path, project: Project, pins: Mapping[str, Pin]) -> list[str]:
    """Write *pins* to *folder* and return the arguments of uv that install them.

    What comes from a named index has to be found there again, and only a ``pyproject.toml`` can say so;
    editable folders, on the other hand, only a requirements file.
    """
    indexed = {name: source for name, source in project.uv_sources.items() if _names_index(source)}
    plain = [_line(pin) for name, pin in pins.items() if name not in indexed]
    text = restored("".join(f"{line}\n" for line in plain), project.credentials)
    (folder / "pins.txt").write_text(text, encoding="utf-8")
    arguments = ["--requirements", str(folder / "pins.txt")]
    asked = [pin.specification for name, pin in pins.items() if name in indexed]
    if asked:
        (folder / "pyproject.toml").write_text(_document(project, asked, indexed), encoding="utf-8")
        arguments += ["--requirements", str(folder / "pyproject.toml")]
    return arguments


def _line(pin: Pin) -> str:
    """Return the line of a requirements file; a path in it may have a line break, or `${HOME}`, which uv expands."""
    if pin.source is not None and pin.specification.startswith("-e "):
        return f"-e {Path(pin.source).as_uri()}"
    return pin.specification


def _names_index(source: object) -> bool:
    tables = source if isinstance(source, list) else [source]
    return any(isinstance(table, dict) and "index" in table for table in tables)


def _document(project: Project, dependencies: Sequence[str], sources: Mapping[str, Any]) -> str:
    document = tomlkit.document()
    asked = tomlkit.table()
    asked["name"] = NAME
    asked["version"] = "0"
    asked["dependencies"] = toml_array(restored(each, project.credentials) for each in dependencies)
    document["project"] = asked
    if sources or project.uv_indexes:
        table = tomlkit.table()
        if sources:
            table["sources"] = {name: _whole(each, project.credentials) for name, each in sources.items()}
        if project.uv_indexes:
            table["index"] = [dict(index) for index in project.uv_indexes]
        document["tool"] = {"uv": table}
    return tomlkit.dumps(document)


def _whole(source: Any, credentials: Mapping[str, str]) -> Any:
    """Return an entry of ``[tool.uv.sources]`` with the passwords of its URLs."""
    if isinstance(source, list):
        return [_whole(each, credentials) for each in source]
    return {
        key: restored(value, credentials) if isinstance(value, str) else value
        for key, value in source.items()
    }


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
