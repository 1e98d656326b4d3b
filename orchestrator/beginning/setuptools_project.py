"""A project of setuptools: setup.cfg and setup.py, of which the latter wins where both say something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.beginning import setup_cfg, setup_py
from orchestrator.beginning.model import Beginning
from orchestrator.beginning.notes import Notes
from orchestrator.beginning.setuptools_fields import Written, checked, dynamic, extras_of

if TYPE_CHECKING:
    from pathlib import Path

_TESTS = "test"
_BACK_END = ("setuptools", "setuptools.build_meta")


def read(folder: Path) -> Beginning | None:
    """Read what setuptools knows of the project; None if there is nothing of a project in its files.

    :raises ConfigError: a file is there and cannot be read.
    """
    notes = Notes()
    files = [
        reader.read(folder / reader.FILE, notes)
        for reader in (setup_py, setup_cfg)
        if (folder / reader.FILE).is_file()
    ]
    said = [file for file in files if file.name or file.requirements or file.extras]
    if not said and not notes.lost:
        return None
    whole = _merged(said or files)
    everybody, extras = extras_of(whole, notes)
    python, place = whole.requires_python
    version = whole.version
    fields = whole.fields - ({"version"} if version else set())
    tests = checked(whole.tests, notes)
    elsewhere = dynamic(fields, has_commands="entry_points" in fields)
    return Beginning(
        read=tuple(file.file for file in said or files),
        name=whole.name,
        version=version,
        requires_python=notes.requires_python(python, place) if python else "",
        dynamic=elsewhere,
        back_end=_BACK_END if elsewhere else None,
        requirements=tuple(dict.fromkeys((*checked(whole.requirements, notes), *everybody))),
        extras=extras,
        groups={_TESTS: tests} if tests else {},
        is_whole=bool(whole.requirements or all(file.says_requirements for file in files)),
        told=notes.told,
        lost=notes.lost,
    )


def _merged(files: list[Written]) -> Written:
    first, *others = files
    for other in others:
        first = Written(
            file=first.file,
            name=first.name or other.name,
            version=first.version or other.version,
            requires_python=first.requires_python if first.requires_python[0] else other.requires_python,
            requirements=first.requirements or other.requirements,
            extras=first.extras or other.extras,
            tests=first.tests or other.tests,
            fields=first.fields | other.fields,
        )
    return first
