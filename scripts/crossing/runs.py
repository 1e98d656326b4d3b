"""Building a project of the catalogue, and running its cases in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import catalogue

INSIDE = Path(__file__).parent / "inside" / "program.py"
OTHER = "_other"


def pyproject(project: catalogue.Project) -> str:
    """Return the text of the project's `pyproject.toml`."""
    required = json.dumps(list(project.first.values()))
    aliases = "".join(
        f'{name}{OTHER} = {{ requirement = "{requirement}", module = "{name}" }}\n'
        for name, requirement in project.second.items()
    )
    constraints = "".join(f"{name}{OTHER} = {json.dumps(project.constraints)}\n" for name in project.second)
    return (
        f'[project]\nname = "crossing"\nversion = "0"\nrequires-python = ">=3.11"\ndependencies = {required}\n\n'
        f'[tool.mvenv]\npython = "{project.python}"\n\n[tool.mvenv.aliases]\n{aliases}'
        + (f"\n[tool.mvenv.constraints]\n{constraints}" if project.constraints else "")
    )


def question(project: catalogue.Project) -> tuple[list[catalogue.Case], str]:
    """Return the project's cases, and what the program inside reads."""
    chosen = catalogue.cases(project.groups)
    sides = {"A": catalogue.modules(project, ""), "B": catalogue.modules(project, OTHER)}
    return chosen, json.dumps({"sides": sides, "cases": [{"code": case.code} for case in chosen]})


def outcomes(project: catalogue.Project, folder: Path) -> list[tuple[catalogue.Case, dict[str, Any]]]:
    """Build a project in *folder* and run its cases.

    :raises subprocess.CalledProcessError: if the build, or the imports, fail.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(pyproject(project))
    command = [sys.executable, "-m", "orchestrator", "build"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return outcomes_in(project, folder)


def outcomes_in(project: catalogue.Project, folder: Path) -> list[tuple[catalogue.Case, dict[str, Any]]]:
    """Run a project's cases where it is built.

    :raises subprocess.CalledProcessError: if the imports fail.
    """
    program = folder / "program.py"
    program.write_text(INSIDE.read_text())
    chosen, told = question(project)
    ran = subprocess.run(
        [folder / ".venv/bin/python", program.name],
        cwd=folder,
        input=told,
        capture_output=True,
        text=True,
        check=True,
    )
    return list(zip(chosen, map(json.loads, ran.stdout.splitlines()), strict=True))
