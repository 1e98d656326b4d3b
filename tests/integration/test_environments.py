"""Several Pythons and platforms in one lock: made on one of them, built from on any."""

from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.workshop import copy, tree
from tests.support.interpreters import found_interpreters
from tests.support.sdists import build_sdist

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

pytestmark = pytest.mark.skipif(len(found_interpreters()) < 2, reason="one Python alone")

ONE, OTHER = (*found_interpreters(), *found_interpreters())[:2]
LISTED = f'[tool.mvenv]\nenvironments = ["{ONE.version}", "{OTHER.version}", "{OTHER.version} windows"]\n'


def lock_text(project: ProjectFolder) -> str:
    return (project.root / "mvenv.lock").read_text("utf-8")


def answers(project: ProjectFolder) -> list[dict[str, Any]]:
    """What is written for the environments but the first."""
    found: list[dict[str, Any]] = tomllib.loads(lock_text(project)).get("answer", [])
    return found


def cloned(project: ProjectFolder, to: Path, interpreter: Interpreter) -> ProjectFolder:
    """What somebody else gets, on another Python and where there is no index at all."""
    copied = copy(project, to).on(interpreter)
    for name in (".venv", "py_modules"):
        shutil.rmtree(copied.root / name, ignore_errors=True)
    return copied


def publish_conflict_on(index: Index, python: str) -> None:
    """`dep-a` and `dep-b` exclude each other on one Python alone."""
    for version in ("1.0", "2.0"):
        index.add("low", version)
    index.add("dep-a", "1.0", requires=[f"low<2 ; python_version == '{python}'", "low"])
    index.add("dep-b", "1.0", requires=["low>=2"])


def test_a_lock_for_others(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    """A conflict that there is on one Python only; and what is for one platform only."""
    publish_conflict_on(index, OTHER.version)
    index.add("for-windows", "1.0", tag="py3-none-win_amd64")
    project.pyproject(["dep-a", "dep-b", "for-windows ; sys_platform == 'win32'"], LISTED)
    said = project.on(ONE).mvenv("lock").err
    assert said.splitlines()[1:] == [
        f"  {OTHER.version} linux: 2 groups, the fewest possible",
        f"  {OTHER.version} windows: 2 groups, the fewest possible",
    ]
    document = tomllib.loads(lock_text(project))
    assert (document["version"], document["inputs"]["python"], len(document["group"])) == (3, ONE.version, 1)
    here, windows = answers(project)
    assert here["inputs"] == {"python": OTHER.version, "platform": document["inputs"]["platform"]}
    assert windows["inputs"]["platform"] == "cpython-win32-AMD64"
    assert len(here["group"]) == len(windows["group"]) == 2
    names = {pin["name"] for group in windows["group"] for pin in group["packages"]}
    assert names == {"dep-a", "dep-b", "low", "for-windows"}
    assert {package["name"] for package in document["package"]} == names
    before = lock_text(project)
    assert (
        project.on(ONE)
        .mvenv("lock", "--upgrade-package", "for-windows")
        .err.startswith("mvenv.lock is up to date")
    )
    for python, isolated in ((ONE, 0), (OTHER, 2)):
        drawn = json.loads(project.on(python).mvenv("graph", "--format", "json").out)
        assert len(drawn["environments"]) == isolated
    exported = project.on(OTHER).mvenv("export", "--output", "exported").out.splitlines()
    assert len(exported) == 2
    other = cloned(project, tmp_path / "other", OTHER)
    built = other.mvenv("build", "--locked", "--offline", env={"UV_FIND_LINKS": str(index.folder)})
    assert "for 2 groups (the fewest possible)" in built.err
    assert other.python("-c", "import dep_a, dep_b").code == 0
    assert lock_text(other) == before
    assert project.on(OTHER).mvenv("lock", "--check").code == 0


def test_what_a_build_learns_goes_to_its_own_answer(project: ProjectFolder, index: Index) -> None:
    index.add("lib", "1.0")
    project.pyproject(["lib"], LISTED)
    project.on(ONE).mvenv("lock")
    assert "imports" not in lock_text(project)
    project.on(OTHER).mvenv("build")
    assert 'imports = [\n    "lib",\n]' in lock_text(project)
    learned = lock_text(project)
    project.on(ONE).mvenv("build")
    assert [list(each) for each in answers(project)] == [["inputs"]] * 2  # all else is as it is here
    assert project.on(OTHER).mvenv("build").code == 0
    assert lock_text(project).count("sha256:") == learned.count("sha256:") == 1


def test_whoever_locks_brings_all_up_to_date(project: ProjectFolder, index: Index) -> None:
    """The file is the same, whoever has made it."""
    for name in ("lib", "more"):
        index.add(name, "1.0")
    project.pyproject(["lib"], LISTED)
    project.on(ONE).mvenv("lock")
    project.pyproject(["lib", "more"], LISTED)
    outdated = project.on(OTHER).mvenv("lock", "--check", check=False)
    assert (outdated.code, outdated.err.count("`more` is new")) == (1, 3)
    project.on(OTHER).mvenv("lock")
    on_other = lock_text(project)
    assert project.on(ONE).mvenv("lock", "--check").code == 0
    (project.root / "mvenv.lock").unlink()
    project.on(ONE).mvenv("lock")
    assert lock_text(project) == on_other


def test_a_build_asks_for_what_is_listed_since(project: ProjectFolder, index: Index) -> None:
    index.add("lib", "1.0")
    project.pyproject(["lib"])
    project.on(ONE).mvenv("build")
    of_one = lock_text(project)
    environment = tree(project.root / ".venv" / "lib")
    project.pyproject(["lib"], LISTED)
    said = project.on(ONE).mvenv("build", "--dry-run").err
    assert f"because {OTHER.version} windows: it is not in `mvenv.lock`\n" in said
    assert "Wrote mvenv.lock\n" in project.on(ONE).mvenv("build").err
    assert len(answers(project)) == 2
    assert tree(project.root / ".venv" / "lib") == environment
    assert project.on(ONE).mvenv("build", "--locked").err.startswith("Up to date")
    project.pyproject(["lib"])
    assert project.on(ONE).mvenv("lock", "--check", check=False).code == 1
    project.on(ONE).mvenv("build")
    assert lock_text(project) == of_one


def test_an_environment_that_is_not_locked(project: ProjectFolder, index: Index) -> None:
    index.add("lib", "1.0")
    project.pyproject(["lib"], f'[tool.mvenv]\nenvironments = ["{ONE.version}", "{ONE.version} macos"]\n')
    project.on(ONE).mvenv("lock")
    for option in ("--locked", "--frozen"):
        refused = project.on(OTHER).mvenv("build", option, check=False)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err == (
            f"error: `mvenv.lock` has no answer for `{OTHER.version} linux`, which is the Python and the platform "
            f"here\n"
            f"  cause: it has those for `{ONE.version} macos`, `{ONE.version} linux`\n\n"
            "hint: choose one of these Pythons in `[tool.mvenv] python` or the environment variable `UV_PYTHON`\n"
            f'hint: or add "{OTHER.version} linux" to `[tool.mvenv] environments`, run `mvenv lock`, and commit '
            "`mvenv.lock`\n"
        )
    project.on(OTHER).mvenv("build")
    assert len(answers(project)) == 2


def test_no_answer_elsewhere(project: ProjectFolder, index: Index) -> None:
    """The error says for which environment, and what was there stays."""
    index.add("lib", "1.0", tag=f"cp{ONE.version.replace('.', '')}-none-any")
    at = "def at(hook):\n    if hook == 'wheel':\n        raise SystemExit('it is installed before that is known')\n"
    build_sdist(index.folder, "source", "1.0", at=at)
    project.pyproject(["lib", "source"], LISTED)
    refused = project.on(ONE).mvenv("lock", check=False)
    assert (refused.code, refused.out) == (1, "")
    assert f"  cause: for `{OTHER.version} linux` of `[tool.mvenv] environments`\n" in refused.err
    assert not (project.root / "mvenv.lock").exists()
    again = project.on(ONE).mvenv("build", check=False)
    assert (again.code, again.err) == (1, refused.err.removeprefix("Building source 1.0 (sdist)\n"))
    assert not (project.root / ".venv").exists()


def test_each_takes_its_wheel(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    """Of a release that has a wheel for the other Python only, the source is for this one, and not for the other."""
    at = f"""
import sys
def at(hook):
    if sys.version_info[:2] == {OTHER.release}:
        raise SystemExit("there is a wheel")
"""
    build_sdist(index.folder, "lib", "1.0", at=at)
    index.add(
        "lib",
        "1.0",
        files={"lib.py": "built = False"},
        tag=f"cp{OTHER.version.replace('.', '')}-none-any",
    )
    project.pyproject(["lib"], LISTED)
    project.on(ONE).mvenv("lock")
    other = cloned(project, tmp_path / "other", OTHER)
    other.mvenv("build", "--locked", "--offline")
    assert other.python("-c", "import lib; print(lib.built)").out == "False\n"


def test_what_has_only_a_source_is_built_by_whoever_locks(project: ProjectFolder, index: Index) -> None:
    index.add("low", "1.0")
    build_sdist(index.folder, "lib", "1.0", requires=["low ; sys_platform == 'win32'"])
    project.pyproject(["lib"], f'[tool.mvenv]\nenvironments = ["{OTHER.version} windows"]\n')
    said = project.on(ONE).mvenv("lock").err
    (windows,) = answers(project)
    assert {pin["name"] for pin in windows["group"][0]["packages"]} == {"lib", "low"}
    assert (
        f"warning: `lib 1.0` has no wheel for `{OTHER.version} windows`; what it requires there is what its source "
        "says here\n"
    ) in said


def test_clashes_part_what_they_concern_everywhere(project: ProjectFolder, index: Index) -> None:
    for name in ("one", "other"):
        index.add(name, "1.0", files={"same.py": f"name = {name!r}"})
    project.pyproject(["one", "other"], LISTED)
    project.on(ONE).mvenv("lock")
    assert len(tomllib.loads(lock_text(project))["group"]) == 1
    project.on(ONE).mvenv("build")
    assert len(tomllib.loads(lock_text(project))["group"]) == 2
    assert all("group" not in each and "clashes" not in each for each in answers(project))
    assert project.on(OTHER).mvenv("build", "--locked").code == 0


def test_answers_of_others(project: ProjectFolder, index: Index) -> None:
    """Who has another platform keeps its answer where the Python alone is listed; who is not listed, while it holds."""
    for name in ("lib", "more"):
        index.add(name, "1.0")

    def locked(listed: list[str], requirements: list[str], python: Interpreter) -> list[tuple[str, str]]:
        project.pyproject(requirements, f"[tool.mvenv]\nenvironments = {listed}\n")
        project.on(python).mvenv("lock")
        first = tomllib.loads(lock_text(project))["inputs"]
        inputs = [first, *({**first, **each["inputs"]} for each in answers(project))]
        return [(each["python"], each["platform"].split("-")[1]) for each in inputs]

    one, other = ONE.version, OTHER.version
    assert locked([f"{other} macos"], ["lib"], ONE) == [(one, "linux"), (other, "darwin")]
    assert locked([other], ["lib"], ONE) == [(one, "linux"), (other, "darwin"), (other, "linux")]
    assert locked([other], ["more"], OTHER) == [(other, "darwin"), (other, "linux")]
    assert locked([one, f"{other} macos"], ["more"], ONE) == [
        (one, "linux"),
        (other, "darwin"),
        (other, "linux"),
    ]
    assert locked([one], ["lib"], ONE) == [(one, "linux")]
