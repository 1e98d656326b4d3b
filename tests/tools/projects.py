"""Projects with a conflict and a tool, built once a session for each set of requirements."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from importlib.metadata import distributions
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from tests.support.process import clean_environment
from tests.support.project import ProjectFolder
from tests.support.wheels import Index
from tests.tools import universe

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter

_OF_THE_BUILD = frozenset({".venv", "py_modules", "pyproject.toml", "mvenv.lock"})


def _unmeasured() -> dict[str, str]:
    """Return the environment without what measures these tests: a tool would take it for its own settings."""
    return {name: value for name, value in clean_environment().items() if not name.startswith("COVERAGE_")}


@dataclass(frozen=True, slots=True)
class ToolProjects:
    """Builds projects below a folder, and gives them out again without what the last test has written."""

    folder: Path
    environment: dict[str, str] = field(default_factory=_unmeasured, repr=False)
    _built: dict[str, ProjectFolder] = field(default_factory=dict, repr=False)

    def project(
        self, interpreter: Interpreter, requirements: tuple[str, ...], isolate: tuple[str, ...], extra: str
    ) -> ProjectFolder:
        """Return a built project in which nothing else is."""
        direct = [*universe.DIRECT, *requirements]
        settings = f"[tool.mvenv]\nisolate = {json.dumps(isolate)}\n" if isolate else ""
        key = json.dumps([str(interpreter.executable), direct, settings, extra])
        if key not in self._built:
            root = self.folder / f"project-{len(self._built)}"
            root.mkdir()
            project = ProjectFolder(root, interpreter, self._with_local_index()).on(interpreter)
            project.pyproject(direct, settings + extra)
            project.mvenv("build", timeout=580)
            self._built[key] = project
        project = self._built[key]
        for entry in project.root.iterdir():
            if entry.name in _OF_THE_BUILD:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        return project

    def publish(self) -> Index:
        """Return the index of the local wheels, which has those of `universe`; more may be added before a build."""
        index = Index(self.folder / "wheels")
        if not index.folder.exists():
            universe.publish(index)
        return index

    def _with_local_index(self) -> dict[str, str]:
        """Return the variables that make uv look into the local wheels first, and no further for what is there.

        An index of PEP 503, not `--find-links`: somebody's `lib` 2 on the package index would count as the same one.
        """
        simple = self.folder / "simple"
        for wheel in self.publish().folder.glob("*.whl"):
            page = simple / canonicalize_name(wheel.name.partition("-")[0]) / "index.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(wheel, page.parent / wheel.name)
            names = sorted(beside.name for beside in page.parent.glob("*.whl"))
            page.write_text("\n".join(f'<a href="{name}">{name}</a>' for name in names))
        indexes = (simple.as_uri(), self.environment.get("UV_INDEX", ""))
        return {**self.environment, "UV_INDEX": " ".join(filter(None, indexes))}


def installed_version(project: ProjectFolder, distribution: str) -> str:
    """Return the version of a distribution in a project; the application environment's if there are several.

    :raises LookupError: it is not installed.
    """
    library = f"lib/python{project.interpreter.version}/site-packages"
    sites = [project.root / ".venv" / library, *sorted(project.root.glob(f"py_modules/*/{library}"))]
    for found in distributions(path=[str(site) for site in sites]):
        if canonicalize_name(found.name) == canonicalize_name(distribution):
            return found.version
    raise LookupError(f"{distribution} is not installed in {project.root}")
