"""What a lock knows of the files of a release: those of every Python, and that they are what is installed."""

from __future__ import annotations

import hashlib
import re
import shutil
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.test_cache_misses import asking
from tests.support.http_index import served
from tests.support.interpreters import found_interpreters
from tests.support.sdists import build_sdist
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder

_NOT_TO_BE_BUILT = """
def at(hook):
    if hook == "wheel":
        raise SystemExit("there is a wheel")
"""


def publish_for(index: Index, *versions: str, release: str = "1.0") -> None:
    """Publish a release as an sdist that cannot be built, and a wheel for each version of Python."""
    build_sdist(index.folder, "lib", release, at=_NOT_TO_BE_BUILT)
    for version in versions:
        number = version.replace(".", "")
        index.add("lib", release, files={"lib.py": f"python = {version!r}"}, tag=f"cp{number}-none-any")


def digests(index: Index, *endings: str) -> list[str]:
    """Return the hashes of the files whose names end so."""
    return [
        f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
        for file in sorted(index.folder.iterdir())
        if file.name.endswith(endings)
    ]


def edit(project: ProjectFolder, pattern: str, replacement: str) -> None:
    path = project.root / "mvenv.lock"
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), flags=re.DOTALL)
    assert count, pattern
    path.write_text(text, "utf-8")


def hashes(project: ProjectFolder) -> list[str]:
    (package,) = tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))["package"]
    return list(package.get("hashes", ()))


@pytest.mark.parametrize("forgets", [False, True], ids=["now", "a lock of before"])
def test_another_python_takes_its_wheel(project: ProjectFolder, tmp_path: Path, *, forgets: bool) -> None:
    """A lock used to hold the hashes of one Python's wheels, and of the sdist, which was then built."""
    one, other, *_ = found_interpreters()
    index = Index(tmp_path / "files")
    index.folder.mkdir()
    publish_for(index, one.version, other.version, "3.99")
    with served(tmp_path, index, with_hashes=True) as url:
        env = asking(url, tmp_path / "cache")
        project.pyproject(["lib"])
        project.on(one).mvenv("build", env=env)
        assert len(hashes(project)) == 4
        if forgets:
            of_one = digests(index, f"cp{one.version.replace('.', '')}-none-any.whl", ".tar.gz")
            edit(project, r"hashes = \[.*?\]", f"hashes = {of_one}")
        project.on(other).mvenv("build", env=env)
    assert len(hashes(project)) == 4
    assert project.python("-c", "import lib; print(lib.python)").out == f"{other.version}\n"


def test_nobody_is_asked_for_what_is_settled_and_there(project: ProjectFolder, tmp_path: Path) -> None:
    """A build from the lock does not wait for an index, which may be slow, or away."""
    index = Index(tmp_path / "files")
    index.folder.mkdir()
    index.add("lib", "1.0")
    index.add("dep-a", "1.0", requires=["lib"])
    project.pyproject(["dep-a"])
    with served(tmp_path, index, with_hashes=True) as url:
        env = asking(url, tmp_path / "cache")
        project.mvenv("build", env=env)
        shutil.rmtree(project.root / ".venv")
    project.mvenv("build", env=env)
    assert project.python("-c", "import dep_a, lib").code == 0


def test_another_python_takes_its_wheel_from_a_folder(project: ProjectFolder, index: Index) -> None:
    one, other, *_ = found_interpreters()
    publish_for(index, one.version, other.version)
    project.pyproject(["lib"])
    project.on(one).mvenv("build")
    project.on(other).mvenv("build")
    assert len(hashes(project)) == 3
    assert project.python("-c", "import lib; print(lib.python)").out == f"{other.version}\n"


def test_what_has_no_wheel_for_another_python_is_chosen_anew(project: ProjectFolder, index: Index) -> None:
    """A preference is no reason to compile for minutes; what has never had a wheel is kept."""
    one, other, *_ = found_interpreters()
    publish_for(index, one.version)
    build_sdist(index.folder, "source", "1.0")
    index.add("pure", "1.0")
    project.pyproject(["lib", "source", "pure"])
    project.on(one).mvenv("build")
    publish_for(index, other.version, release="1.1")
    build_sdist(index.folder, "source", "1.1")
    index.add("pure", "1.1")
    project.on(other).mvenv("build")
    versions = {
        package["name"]: package["version"]
        for package in tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))["package"]
    }
    assert versions == {"lib": "1.1", "source": "1.0", "pure": "1.0"}


def test_another_hash_is_another_environment(project: ProjectFolder, index: Index) -> None:
    """Nothing that is built is what the lock says then, whatever it holds besides."""
    index.add("lib", "1.0")
    project.pyproject(["lib"])
    project.mvenv("build")
    edit(project, r"sha256:\w+", f"sha256:{'0' * 64}")
    for options in (("--locked",), ()):
        outcome = project.mvenv("build", *options, check=False)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err.startswith("error: `lib==1.0` is not the file that `mvenv.lock` knows\n")
    assert project.python("-c", "import lib").code == 0


def test_an_entry_without_hashes(project: ProjectFolder, index: Index) -> None:
    """It is refused where the lock is to be taken as it is; everybody else asks the index."""
    index.add("lib", "1.0")
    project.pyproject(["lib"])
    project.mvenv("build")
    known = hashes(project)
    edit(project, r"hashes = \[.*?\]\n", "")
    for option in ("--locked", "--frozen"):
        refused = project.mvenv("build", option, check=False)
        assert (refused.code, refused.out) == (1, "")
        assert refused.err == (
            "error: `mvenv.lock` does not say what files to install\n"
            "  cause: `lib 1.0` has no hashes\n\n"
            "hint: run `mvenv lock`, which asks the index for them, look at what changes, and commit `mvenv.lock`\n"
        )
    checked = project.mvenv("lock", "--check", check=False)
    assert (checked.code, hashes(project)) == (1, [])
    assert "`lib 1.0` had no hashes" in checked.err
    assert project.mvenv("build", "--dry-run").err.startswith("Would update mvenv.lock\n")
    without = (project.root / "mvenv.lock").read_text("utf-8")
    project.mvenv("lock")
    assert hashes(project) == known
    assert project.mvenv("build", "--locked").err.startswith("Up to date")
    project.write("mvenv.lock", without)
    project.mvenv("build")
    assert hashes(project) == known


def test_own_files_are_said_not_to_be_verified(project: ProjectFolder, index: Index) -> None:
    index.add("lib", "1.0")
    write_local_project(project.root / "own", "own", "own", "")
    project.pyproject(["lib", "own"], '[tool.uv.sources]\nown = { path = "own" }\n')
    said = "Not verified by hashes, being your own: own\n"
    assert said not in project.mvenv("build").err
    shutil.rmtree(project.root / ".venv")
    assert said in project.mvenv("build", "--locked").err
