"""The input of one question to uv: a small project that requires a subset of the direct requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tomlkit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.config.model import DirectRequirement, Project

NAME = "mvenv-question"
OUTPUT = "output.txt"


def write(
    folder: Path,
    project: Project,
    members: Sequence[DirectRequirement],
    preferences: Mapping[str, str],
) -> list[str]:
    """Write the files of a question to *folder* and return the arguments of uv that ask it.

    The answer will be in the folder's file :data:`OUTPUT`.

    It is a ``pyproject.toml`` rather than a requirements file because only there ``[tool.uv.sources]`` and
    named indexes apply. Constraints limit whatever is chosen for these members together. Preferences are
    given as uv takes them: as the previous contents of the output file.
    """
    source = folder / "pyproject.toml"
    source.write_text(_document(project, members), encoding="utf-8")
    arguments = ["pip", "compile", str(source), "--annotation-style", "line", "--no-header", "--quiet"]
    constraints = _unique(bound for member in members for bound in member.constraints)
    if constraints:
        (folder / "constraints.txt").write_text("\n".join(constraints) + "\n", encoding="utf-8")
        arguments += ["--constraints", str(folder / "constraints.txt")]
    output = folder / OUTPUT
    if preferences:
        lines = [f"{name}=={version}" for name, version in sorted(preferences.items())]
        output.write_text("\n".join(lines) + "\n", encoding="utf-8")
    arguments += ["--output-file", str(output)]
    if project.exclude_newer:
        arguments += ["--exclude-newer", project.exclude_newer]
    return arguments


def _document(project: Project, members: Sequence[DirectRequirement]) -> str:
    document = tomlkit.document()
    asked = tomlkit.table()
    asked["name"] = NAME
    asked["version"] = "0"
    asked["dependencies"] = [
        *(member.text for member in members),
        *_unique(addition for member in members for addition in member.additions),
    ]
    document["project"] = asked
    if project.uv_sources or project.uv_indexes:
        settings = tomlkit.table()
        if project.uv_sources:
            settings["sources"] = project.uv_sources
        if project.uv_indexes:
            settings["index"] = [dict(index) for index in project.uv_indexes]
        document["tool"] = {"uv": settings}
    return tomlkit.dumps(document)


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
