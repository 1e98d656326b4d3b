"""A built project, and the plain venvs it is compared with: the same code, the same outcome.

A *probe* is a module that a test adds to two packages of two environments (`dep_a`, `dep_b`). Its function
`outcome()` returns something JSON can hold. The probes of both packages run in one process of the project;
each also runs alone in a plain venv that holds its package and one version of everything.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support.process import offline_environment
from tests.support.project import ProjectFolder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.plain import PlainVenv, PlainVenvs
    from tests.support.process import Outcome
    from tests.support.wheels import Index

PACKAGES = ("dep_a", "dep_b")

_DRIVER = """
import importlib, json, sys

probe, *packages = sys.argv[1:]
modules = {package: importlib.import_module(f"{package}.{probe}") for package in packages}
print(json.dumps({package: module.outcome() for package, module in modules.items()}))
"""


@dataclass(frozen=True, slots=True)
class World:
    """One project with its environments built, and one plain venv per package."""

    project: ProjectFolder
    plain: Mapping[str, PlainVenv]
    """Package → the venv that holds it, with one version of everything it needs."""
    plain_folder: Path
    """Where plain programs run, and where the application's files are for them."""

    @property
    def interpreter(self) -> Interpreter:
        """The Python of the project and of the plain venvs."""
        return self.project.interpreter

    def home(self, package: str) -> Path:
        """Return the `site-packages` of the environment that holds a package."""
        found = [
            path.parent
            for path in self.project.root.glob(f"py_modules/*/lib/python3*/site-packages/{package}")
        ]
        assert len(found) == 1, f"{package} is in {len(found)} environments"
        return found[0]

    def plain_site(self, package: str) -> Path:
        """Return the `site-packages` of a package's plain venv."""
        return self.plain[package].folder / "lib" / f"python{self.interpreter.version}" / "site-packages"

    def same_outcome(
        self, probe: str, *, differ: bool = True, both_orders: bool = False, arguments: Iterable[str] = ()
    ) -> dict[str, Any]:
        """Run a probe in the project and in plain venvs; assert equal outcomes.

        :param probe: source of the module; defines `outcome()`.
        :param differ: the two packages must have different outcomes: a probe that cannot tell the versions
            apart proves nothing.
        :param both_orders: also run with `dep_b` imported first.
        :param arguments: options of the interpreter.
        :return: package → outcome, paths as `anonymous` has them.
        """
        name = self.add_probe(probe)
        orders = (PACKAGES, PACKAGES[::-1]) if both_orders else (PACKAGES,)

        def in_plain(package: str) -> Outcome:
            words = (*arguments, "-c", _DRIVER, name, package)
            return self.plain[package].python(*words, cwd=self.plain_folder)

        def in_project(order: tuple[str, ...]) -> Outcome:
            return self.project.python(*arguments, "-c", _DRIVER, name, *order)

        with ThreadPoolExecutor(2) as pool:
            plain_runs = [pool.submit(in_plain, package) for package in PACKAGES]
            project_runs = [pool.submit(in_project, order) for order in orders]
        plain: dict[str, Any] = {}
        for run in plain_runs:
            plain |= json.loads(self.anonymous(run.result().out))
        if differ:
            assert plain[PACKAGES[0]] != plain[PACKAGES[1]], f"cannot tell versions apart: {plain}"
        for run in project_runs:
            outcome = run.result()
            found = json.loads(self.anonymous(outcome.out))
            assert found == plain, f"{found}\nis not what it is in plain venvs:\n{plain}\n{outcome.err}"
        return plain

    def add_probe(self, probe: str, environments_only: Iterable[str] = ()) -> str:
        """Add a module to `dep_a` and `dep_b`, in the environments and in the plain venvs; return its name.

        :param environments_only: the packages to add it to, for a probe that has no plain counterpart.
        """
        text = textwrap.dedent(probe).lstrip("\n")
        name = f"probe_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        folders = [self.home(package) / package for package in environments_only or PACKAGES]
        if not environments_only:
            folders += [self.plain_site(package) / package for package in PACKAGES]
        for folder in folders:
            (folder / f"{name}.py").write_text(text, encoding="utf-8")
        return name

    def anonymous(self, text: str) -> str:
        """Return *text* with paths as they are for everybody: `<site of dep_a>/…`, `<root>/…`."""
        for package in PACKAGES:
            for site in (self.home(package), self.plain_site(package)):
                text = text.replace(str(site), f"<site of {package}>")
        return text.replace(str(self.project.root), "<root>").replace(str(self.plain_folder), "<root>")

    def program_file(self, text: str) -> str:
        """Write an application's program to the project's root; return the file's name."""
        return self._program_file(self.project.root, text)

    def program(self, text: str, *arguments: str, check: bool = True) -> Outcome:
        """Run an application's program in the project; it lies in the project's root."""
        return self.project.python(*arguments, self._program_file(self.project.root, text), check=check)

    def plain_program(self, package: str, text: str, *arguments: str, check: bool = True) -> Outcome:
        """Run the same in a package's plain venv."""
        file = self._program_file(self.plain_folder, text)
        return self.plain[package].python(*arguments, file, cwd=self.plain_folder, check=check)

    def answer(self, text: str, *arguments: str) -> Any:
        """Run a program in the project and return the JSON it prints; assert that nothing is on stderr."""
        outcome = self.program(text, *arguments)
        assert not outcome.err, outcome
        return json.loads(self.anonymous(outcome.out))

    def plain_answer(self, package: str, text: str, *arguments: str) -> Any:
        """Do the same in a package's plain venv."""
        outcome = self.plain_program(package, text, *arguments)
        assert not outcome.err, outcome
        return json.loads(self.anonymous(outcome.out))

    @staticmethod
    def _program_file(folder: Path, text: str) -> str:
        text = textwrap.dedent(text).lstrip("\n")
        file = folder / f"program_{hashlib.sha256(text.encode()).hexdigest()[:12]}.py"
        file.write_text(text, encoding="utf-8")
        return file.name


def build_world(
    folder: Path,
    index: Index,
    interpreter: Interpreter,
    plain_venv: PlainVenvs,
    direct: Iterable[str],
    plain: Mapping[str, Iterable[str]],
    extra: str = "",
) -> World:
    """Build a project from the wheels of *index*, and the plain venvs to compare with.

    :param direct: the project's own requirements.
    :param plain: package → what its plain venv holds.
    :param extra: further tables of pyproject.toml.
    """
    root = folder / "project"
    root.mkdir()
    project = ProjectFolder(root, interpreter, offline_environment(index.folder)).on(interpreter)
    project.pyproject(direct, extra)
    project.mvenv("build")
    plain_folder = folder / "plain-programs"
    plain_folder.mkdir()
    venvs = {package: plain_venv(index, interpreter, list(needed)) for package, needed in plain.items()}
    return World(project, venvs, plain_folder)
