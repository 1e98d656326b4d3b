"""Two dependants of real packages, `dep_a` and `dep_b`, that need other versions: one project, two plain venvs.

Both are one module of the same source, whose functions `outcome_…` return something JSON can hold.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.local_projects import write_local_project
from tests.support.interpreters import found_interpreters, running_interpreter
from tests.support.plain import PlainVenvs
from tests.support.process import clean_environment
from tests.support.project import ProjectFolder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.plain import PlainVenv

PACKAGES = ("dep_a", "dep_b")

_PROGRAM = """
import importlib, json, sys, tempfile

def main():
    modules = [importlib.import_module(name) for name in {packages!r}]
    names = [name for name in vars(modules[0]) if name.startswith("outcome_")]
    found = {{module.__name__: {{}} for module in modules}}
    for name in names:
        for module in modules:  # in turn: both are at work
            try:
                found[module.__name__][name[8:]] = getattr(module, name)()
            except Exception as error:
                found[module.__name__][name[8:]] = f"{{type(error).__name__}}: {{error}}"
    print("found", json.dumps(found, default=repr))

if __name__ == "__main__":
    main()
"""

HAVE_WHEELS = ("3.11", "3.12", "3.13")
"""The Pythons that the pinned releases have wheels for."""

INTERPRETERS = [
    found if found.version == running_interpreter().version else pytest.param(found, marks=pytest.mark.slow)
    for found in found_interpreters()
    if found.version in HAVE_WHEELS
]


@dataclass(frozen=True, slots=True)
class Sides:
    """What both dependants have found, package → name of the outcome → value."""

    project: ProjectFolder
    plain: Mapping[str, PlainVenv]
    found: Mapping[str, Mapping[str, Any]]
    found_in_plain: Mapping[str, Mapping[str, Any]]

    def assert_equal(self, outcome: str, *, differ: bool = True) -> None:
        """Compare one outcome with that in the plain venvs.

        :param differ: the two sides must differ: an outcome that cannot tell versions apart proves little.
        """
        plain = [self.found_in_plain[package][outcome] for package in PACKAGES]
        found = [self.found[package][outcome] for package in PACKAGES]
        assert found == plain, f"{found}\nis not what it is in plain venvs:\n{plain}"
        assert "Error: " not in str(plain[0])[:40], f"fails in a plain venv: {plain}"
        assert not differ or plain[0] != plain[1], f"cannot tell versions apart: {plain}"


def build(
    folder: Path,
    interpreter: Interpreter,
    source: str,
    requires: Mapping[str, list[str]],
    application: tuple[str, ...] = (),
) -> Sides:
    """Build the project and the plain venvs, run all outcomes in each.

    :param requires: package → what it requires.
    :param application: what the application requires beside the two.
    """
    for package in PACKAGES:
        write_local_project(
            folder / package, package.replace("_", "-"), package, source, requires=requires[package]
        )
    root = folder / "project"
    root.mkdir()
    project = ProjectFolder(root, interpreter, clean_environment()).on(interpreter)
    sources = "\n".join(f'{package.replace("_", "-")} = {{ path = "../{package}" }}' for package in PACKAGES)
    project.pyproject(["dep-a", "dep-b", *application], f"[tool.uv.sources]\n{sources}\n")
    plain_venv = PlainVenvs(folder)
    with ThreadPoolExecutor(3) as pool:
        building = pool.submit(project.mvenv, "build", timeout=900)
        venvs = {package: plain_venv(None, interpreter, [str(folder / package)]) for package in PACKAGES}
        building.result()
        in_plain = [pool.submit(_in_plain, folder, package, venvs[package]) for package in PACKAGES]
        found = _run(project)
    return Sides(project, venvs, found, {name: one for run in in_plain for name, one in run.result().items()})


def fixture(source: str, requires: Mapping[str, list[str]]) -> Any:
    """Return a test module's fixture `sides`: both dependants' outcomes, on every Python."""

    @pytest.fixture(scope="module", params=INTERPRETERS, ids=str)
    def sides(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sides:
        interpreter: Interpreter = request.param
        return build(tmp_path_factory.mktemp(f"sides-{interpreter}-"), interpreter, source, requires)

    return sides


def _run(project: ProjectFolder) -> dict[str, Any]:
    project.write("program.py", _PROGRAM.format(packages=PACKAGES))
    return _parse(project.python("program.py").out)


def _in_plain(folder: Path, package: str, venv: PlainVenv) -> dict[str, Any]:
    file = folder / f"program_{package}.py"
    file.write_text(_PROGRAM.format(packages=(package,)))
    return _parse(venv.python(str(file), cwd=folder).out)


def _parse(out: str) -> dict[str, Any]:
    (line,) = (line for line in out.splitlines() if line.startswith("found "))
    found: dict[str, Any] = json.loads(line.removeprefix("found "))
    return found
