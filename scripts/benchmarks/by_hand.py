"""The same environments as mvenv's, made with uv alone, one command after the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.place import CommandError, environment, mvenv, run, uv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.place import Place


@dataclass(frozen=True, slots=True)
class Hand:
    """Who knows already which requirements go together, and what goes where."""

    place: Place
    folder: Path
    """Where the environments go: `0` is what all share."""
    options: tuple[str | Path, ...]
    """For uv: where to find what."""
    groups: list[list[str]]
    environments: list[list[str]]
    """Pins of each."""

    def resolve(self, env: Mapping[str, str] | None = None) -> None:
        """Ask for the versions of each group."""
        for number, requirements in enumerate(self.groups):
            file = self._file(f"group-{number}.in", requirements)
            python = self.place.python.executable
            run(self.place, uv(), "pip", "compile", "-q", *self.options, "--python", python, file, env=env)

    def install(self, env: Mapping[str, str] | None = None) -> None:
        """Make each environment, and install into it."""
        for number, pins in enumerate(self.environments):
            target = self.folder / str(number)
            run(self.place, uv(), "venv", "-q", "--python", self.place.python.executable, target, env=env)
            options = ("-q", "--no-deps", *self.options, "--python", target)
            file = self._file(f"pins-{number}.txt", pins)
            run(self.place, uv(), "pip", "install", *options, "-r", file, env=env)

    def import_all(self, modules: list[str]) -> None:
        """Import modules in all environments but the shared one, in all at once."""
        shared = next(self.folder.glob("0/lib/python*/site-packages"))
        variables = {**environment(self.place), "PYTHONPATH": os.fspath(shared)}
        children = [
            subprocess.Popen(
                [self.folder / str(number) / "bin" / "python", "-c", f"import {', '.join(modules)}"],
                env=variables,
            )
            for number in range(1, len(self.environments))
        ]
        codes = [child.wait() for child in children]
        if any(codes):
            raise CommandError(f"an environment made by hand cannot import {', '.join(modules)}")

    def remove(self) -> None:
        """Remove the environments."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _file(self, name: str, lines: list[str]) -> Path:
        self.folder.mkdir(exist_ok=True)
        file = self.folder / name
        file.write_text("\n".join(lines) + "\n", "utf-8")
        return file


def hand(place: Place, project: Path, folder: Path, *options: str | Path) -> Hand:
    """Learn from a built project what is to be made."""
    graph: dict[str, Any] = json.loads(run(place, *mvenv(), "graph", "--format", "json", cwd=project))
    aliases = {each["name"]: each["requirement"] for each in graph["aliases"]}
    groups = [[aliases.get(name, name) for name in group] for group in graph["groups"]]
    pins = [
        [f"{one['name']}=={one['version']}" for one in each["distributions"]]
        for each in (graph["application"], *graph["environments"])
    ]
    return Hand(place, folder, options, groups, pins)
