"""What containers do to a project: layers, volumes, read-only mounts, users with other rights. For real, in namespaces.

Needs to be root, or to be let make user namespaces; skipped where neither is so.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, built_conflict, copy, leftovers
from tests.support.process import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

MVENV = f'"{sys.executable}" -P -m orchestrator'
_UNSHARE = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
# Root's right to read and write what others own is what a user does not have.
_WITHOUT_RIGHTS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []


@cache
def cannot_mount() -> str:
    if shutil.which("unshare") is None:
        return "there is no `unshare`"
    tried = subprocess.run(
        [*_UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False
    )
    return tried.stderr.strip()


@pytest.fixture(scope="module")
def project(workshop: Workshop) -> ProjectFolder:
    """A project that was built."""
    return built_conflict(workshop, "containers")[1]


def in_namespace(project: ProjectFolder, script: str, *arguments: Path) -> Outcome:
    """Run a shell script in mount namespace of its own; `$mvenv` is the command, `$1` … the arguments."""
    if reason := cannot_mount():
        pytest.skip(f"cannot mount here: {reason}")
    command = [
        *_UNSHARE,
        "bash",
        "-euc",
        f'mvenv() {{ {MVENV} "$@"; }}\n{script}',
        "bash",
        *map(str, arguments),
    ]
    done = subprocess.run(
        command, cwd=project.root, env=dict(project.environment), capture_output=True, text=True, check=False
    )
    outcome = Outcome(tuple(command), done.returncode, done.stdout, done.stderr)
    assert done.returncode == 0, outcome
    assert "Traceback" not in done.stderr
    return outcome


# What `dep-a` alone needs is another `.venv`, and other environments.
_CHANGE = "sed -i 's/\"top\",//' pyproject.toml\n"
_WORKS = """
mvenv build 2>&1 | grep -q '^Built '
mvenv build 2>&1 | grep -q '^Up to date'
mvenv run --no-build python -c 'import dep_a, dep_b, plain; print(dep_a.low_version, dep_b.low_version)'
mvenv doctor | tail -n 1
"""
_PRINTS = "1.0 2.0\nnothing is wrong\n"


def test_a_rebuild_in_a_later_layer(project: ProjectFolder, tmp_path: Path) -> None:
    """overlayfs does not rename a folder of a lower layer (EXDEV), as in a second `RUN mvenv build`."""
    lower = copy(project, tmp_path / "lower")
    for name in ("upper", "merged"):
        (tmp_path / name).mkdir()
    script = f"""
        mount -t tmpfs tmpfs "$2"; mkdir "$2/files" "$2/work"
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/files,workdir=$2/work" "$3"
        cd "$3"
        {_CHANGE}{_WORKS}
        ls -d .venv* py_modules/*/ | wc -l
    """
    outcome = in_namespace(project, script, lower.root, tmp_path / "upper", tmp_path / "merged")
    assert outcome.out == _PRINTS + "3\n"
    assert lower.python("app.py").out == APP_PRINTS


@pytest.mark.parametrize(
    "how",
    [pytest.param("-t tmpfs tmpfs", marks=pytest.mark.slow), "--bind VOLUME"],
    ids=["another", "the same"],
)
def test_a_volume_for_venv(how: str, project: ProjectFolder, tmp_path: Path) -> None:
    """A mount point cannot be renamed (EBUSY); on another file system, or on the project's own."""
    mine = copy(project, tmp_path / "mine")
    shutil.rmtree(mine.root / ".venv")
    (mine.root / ".venv").mkdir()
    (tmp_path / "volume").mkdir()
    script = f"""
        mount {how.replace("VOLUME", '"$1"')} .venv
        mvenv build
        {_CHANGE}{_WORKS}
        ls -d .venv* .venv/.venv* 2>/dev/null || true
        ls -A .venv | grep -c tmp || true
    """
    assert in_namespace(mine, script, tmp_path / "volume").out == _PRINTS + ".venv\n0\n"


@pytest.mark.slow
def test_a_volume_for_py_modules(project: ProjectFolder, tmp_path: Path) -> None:
    mine = copy(project, tmp_path / "mine")
    shutil.rmtree(mine.root / "py_modules")
    (mine.root / "py_modules").mkdir()
    script = f"""
        mount -t tmpfs tmpfs py_modules
        mvenv build
        {_CHANGE}{_WORKS}
        sed -i 's/"dep-b",//' pyproject.toml
        mvenv build 2>&1 | grep -q '^Built '
        ls -A py_modules
    """
    assert in_namespace(mine, script).out == _PRINTS


def test_a_project_that_is_mounted_read_only(project: ProjectFolder, tmp_path: Path) -> None:
    """What is up to date runs, and says so; what would write says why it cannot, in a line."""
    mine = copy(project, tmp_path / "mine")
    script = """
        mount --bind . .; mount -o remount,ro,bind .; cd ..; cd mine
        mvenv build; mvenv build --frozen; mvenv lock --check; mvenv build --dry-run
        mvenv run python app.py
        for words in lock 'add plain' 'remove top' 'build --upgrade'; do
            mvenv $words && exit 1
        done
        true
    """
    outcome = in_namespace(mine, script)
    assert outcome.out == APP_PRINTS
    said = outcome.err.splitlines()
    assert [line for line in said if line.startswith("error: ")] == [
        *[f"error: cannot lock {mine.root} against other builds"] * 3,
        "error: the folder `mine` cannot be written to",
    ]
    assert sum("Read-only file system" in line for line in said) == 3


UNREADABLE = {
    ".": ("run python app.py", "build", "graph", "add plain"),
    ".venv": ("run python app.py", "build", "graph", "doctor", "add plain"),
    "py_modules": ("run python app.py", "build", "add plain"),
    "pyproject.toml": ("run python app.py", "build", "add plain"),
    "mvenv.lock": ("run python app.py", "build", "lock"),
    ".venv/bin": ("run --no-build python app.py",),
}


@pytest.mark.parametrize(
    "name",
    [name if name in (".", ".venv") else pytest.param(name, marks=pytest.mark.slow) for name in UNREADABLE],
)
def test_what_this_user_may_not_read(name: str, project: ProjectFolder, tmp_path: Path) -> None:
    if _WITHOUT_RIGHTS and shutil.which("setpriv") is None:
        pytest.skip("root without `setpriv` may read everything")
    mine = copy(project, tmp_path / "mine")
    path = mine.root / name
    mode = path.stat().st_mode
    commands = "\n".join(f'{MVENV} {words} && echo "{words} worked"' for words in UNREADABLE[name])
    script = f'chmod 000 "$1"; {{\n{commands}\n}}; chmod {mode & 0o777:o} "$1"'
    done = subprocess.run(
        [*_WITHOUT_RIGHTS, "bash", "-c", script, "bash", str(path)],
        cwd=mine.root,
        env=dict(mine.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("error: ") == len(UNREADABLE[name]), done.stderr
    assert "ermission denied" in done.stderr
    assert mine.python("app.py").out == APP_PRINTS
    assert mine.mvenv("build").err.startswith("Up to date")
    assert leftovers(mine.root) == []


@pytest.mark.parametrize("left", [20, *(pytest.param(left, marks=pytest.mark.slow) for left in (200, 600))])
def test_a_full_disk(left: int, project: ProjectFolder, tmp_path: Path) -> None:
    """The old build runs, a line says why there is no new one, and nothing is in the way of the next.

    :param left: kibibytes.
    """
    mine = copy(project, tmp_path / "mine")
    (tmp_path / "disk").mkdir()
    script = f"""
        mount -t tmpfs tmpfs "$1"; cp -a . "$1"; cd "$1"
        used=$(df --output=used -k . | tail -n 1)
        mount -o remount,size=$((used + {left}))k "$1"
        mvenv alias low_old low==1.0 && exit 1
        cmp pyproject.toml "$2"
        .venv/bin/python app.py
        mount -o remount,size=100m "$1"
        ls -A | grep -v -e '^pyproject.toml$' -e '^app.py$' -e '^mvenv.lock$' -e '^.venv$' -e '^py_modules$' || true
        mvenv alias low_old low==1.0
        mvenv run --no-build python -c 'import low_old, dep_a; print(low_old.__version__)'
        ls -A | wc -l
    """
    outcome = in_namespace(mine, script, tmp_path / "disk", project.root / "pyproject.toml")
    assert outcome.out == APP_PRINTS + "1.0\n5\n", outcome
    assert outcome.err.startswith("error: "), outcome
    assert "No space left on device" in outcome.err
