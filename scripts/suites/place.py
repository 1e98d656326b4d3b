"""Makes the two places a suite runs in: a plain environment, and an mvenv project that isolates both versions."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from suites.catalogue import Suite

INSIDE = Path(__file__).resolve().parent / "inside"
INSTALLED = ("tested", "beside", "python", "needs", "constraints", "sibling_constraints", "pytest", "sdist")
PROJECT = """\
[project]
name = "library-suite"
version = "1"
requires-python = "=={python}.*"
dependencies = ["wants-a", "wants-b"]

[tool.uv.sources]
wants-a = {{ path = "../wheels/wants_a-1-py3-none-any.whl" }}
wants-b = {{ path = "../wheels/wants_b-1-py3-none-any.whl" }}

[tool.mvenv]
python = "{python}"

[tool.mvenv.constraints]
wants-a = {constraints}
wants-b = {sibling_constraints}
"""
LIST = """
import importlib.metadata as metadata
for one in metadata.distributions():
    print(f"{one.name}=={one.version}")
"""


class PreparationError(Exception):
    """An environment or an sdist could not be had; the text is what the tool said last."""


@dataclass(frozen=True, slots=True)
class Place:
    """An interpreter, the main program to give it, and where the tests are."""

    python: Path
    program: Path
    site_packages: Path

    @property
    def tests(self) -> Path:
        """Folder of the tests that came from the sdist."""
        return self.site_packages / "wants_a_tests"


def prepare(suite: Suite, folder: Path) -> tuple[Place, Place]:
    """Make, or find made, the places (plain, isolated) for *suite* in *folder*.

    :raises PreparationError: the tools failed.
    """
    fingerprint = _fingerprint(suite)
    mark = folder / "made-for"
    if not mark.exists() or mark.read_text() != fingerprint:
        for name in ("wheels", "project", "plain", "made-for"):
            _remove(folder / name)
        _write_wheels(suite, folder)
        _make_project(suite, folder / "project")
        _make_plain(suite, folder)
        mark.write_text(fingerprint)
    _copy_shim(_site_packages(folder / "project" / ".venv"))
    return _places(folder)


def _fingerprint(suite: Suite) -> str:
    """Tell apart what needs other environments; the arguments of a run do not."""
    content = [f"{name}={getattr(suite, name)}" for name in INSTALLED]
    content += [(INSIDE / name).read_text("utf-8") for name in ("wants_a.py", "wants_b.py", "application.py")]
    return hashlib.sha256("\n".join(content).encode()).hexdigest()


def _places(folder: Path) -> tuple[Place, Place]:
    project, plain = folder / "project", folder / "plain"
    return (
        Place(plain / ".venv/bin/python", plain / "app.py", _site_packages(plain / ".venv")),
        Place(
            project / ".venv/bin/python", project / "app.py", _site_packages(_environment(project, "wants_a"))
        ),
    )


def _write_wheels(suite: Suite, folder: Path) -> None:
    files: dict[str, str | bytes] = {"wants_a/__init__.py": (INSIDE / "wants_a.py").read_bytes()}
    files["wants_a_tests/pytest.ini"] = b"[pytest]\n"
    if suite.sdist:
        source = _sdist(suite.tested, folder)
        for path in _chosen(source, suite.sdist):
            files[f"wants_a_tests/{path.relative_to(source).as_posix()}"] = path.read_bytes()
    needs = [suite.tested, suite.pytest, "pytest-timeout", *suite.needs]
    build_wheel(folder / "wheels", "wants-a", "1", files=files, requires=needs)
    files = {"wants_b/__init__.py": (INSIDE / "wants_b.py").read_bytes()}
    build_wheel(folder / "wheels", "wants-b", "1", files=files, requires=[suite.beside])


def _chosen(source: Path, names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        found = sorted(source.glob(name))
        if not found:
            raise PreparationError(f"the sdist has no {name}")
        for path in found:
            yield from sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]


def _sdist(requirement: str, folder: Path) -> Path:
    """Return the folder of the unpacked sdist."""
    target = folder / "sdist" / requirement.replace("[", "-").replace("]", "")
    if not target.exists():
        download = folder / "download"
        _remove(download)
        name = requirement.partition("=")[0].partition("[")[0]  # not for the tools that build it
        options = ("--quiet", "--no-deps", "--no-binary", name, "--dest", str(download))
        _run([uv(), "tool", "run", "--quiet", "pip", "download", *options, requirement], folder)
        unpacked = folder / "unpacked"
        _remove(unpacked)
        for archive in download.iterdir():
            if archive.suffix == ".zip":
                with zipfile.ZipFile(archive) as file:
                    file.extractall(unpacked)
            else:
                with tarfile.open(archive) as file:
                    file.extractall(unpacked, filter="data")
        target.parent.mkdir(exist_ok=True)
        next(unpacked.iterdir()).rename(target)
        _remove(download)
    return target


def _make_project(suite: Suite, folder: Path) -> None:
    folder.mkdir()
    text = PROJECT.format(
        python=suite.python,
        constraints=json.dumps(suite.constraints),
        sibling_constraints=json.dumps(suite.sibling_constraints),
    )
    (folder / "pyproject.toml").write_text(text)
    shutil.copy(INSIDE / "application.py", folder / "app.py")
    _run([str(Path(sys.executable).with_name("mvenv")), "build"], folder)
    for wanted in ("wants_a", "wants_b"):
        _environment(folder, wanted)


def _make_plain(suite: Suite, folder: Path) -> None:
    """Install what the isolated environment sees, version by version, into an ordinary environment."""
    isolated = _environment(folder / "project", "wants_a")
    seen = _run([isolated / "bin/python", "-c", LIST], folder).split()
    pins = sorted({pin for pin in seen if not pin.startswith(("wants", "library"))})
    plain = folder / "plain"
    plain.mkdir()
    _run([uv(), "venv", "--quiet", "--python", suite.python, ".venv"], plain)
    wheel = folder / "wheels/wants_a-1-py3-none-any.whl"
    _run([uv(), "pip", "install", "--quiet", "--no-deps", "--python", ".venv", wheel, *pins], plain)
    shutil.copy(INSIDE / "application.py", plain / "app.py")


def _environment(project: Path, package: str) -> Path:
    """Return the environment under ``py_modules`` that holds *package*.

    :raises PreparationError: it is not isolated.
    """
    found = list(project.glob(f"py_modules/*/lib/python3*/site-packages/{package}/__init__.py"))
    if len(found) != 1:
        raise PreparationError(f"{package} is not isolated: nothing conflicts")
    return found[0].parents[4]


def _site_packages(environment: Path) -> Path:
    return next(environment.glob("lib/python3*/site-packages"))


def _copy_shim(site_packages: Path) -> None:
    """Put today's shim into a project that was built before."""
    from orchestrator.install import shim

    with shim.Compiled(str(site_packages.parents[2] / "bin" / "python")) as compiled:
        shim.copy(compiled.folder(), site_packages)


def uv() -> str:
    """Return uv's binary."""
    return os.fspath(find_uv_bin())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _run(command: list[str | Path], folder: Path) -> str:
    environment = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PYTHON")
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])[:2000]
        raise PreparationError(f"{' '.join(map(str, command))[:300]}\n{said}")
    return done.stdout
