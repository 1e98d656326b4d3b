from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, leftovers, publish_conflict, wait_for

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# A build that has the lock, says so, and goes on when it is told.
_SLOW_BUILD = """
import sys
from pathlib import Path
from orchestrator.pipeline import inputs

def slow_build(*arguments, load=inputs.load_project):
    Path("started").touch()
    sys.stdin.readline()
    return load(*arguments)

inputs.load_project = slow_build
sys.argv = ["mvenv", "build"]
from orchestrator.__main__ import main
main()
"""


def start(project: ProjectFolder, *command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-P", *command],
        cwd=project.root,
        env=dict(project.environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said_so_far(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.readline()


def test_the_second_waits_and_finds_everything_fresh(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    others = [
        start(project, "-m", "orchestrator", "build"),
        start(project, "-m", "orchestrator", "run", "python", "app.py"),
    ]
    for other in others:
        assert said_so_far(other) == f"Waiting for process {first.pid}, which is building this project\n"
    out, err = first.communicate("go on\n")
    assert (first.returncode, out) == (0, "")
    assert err.startswith("Built ")
    up_to_date = r"Up to date: \d+ distributions for 2 groups \(the fewest possible\)\n"
    for other, printed in zip(others, ("", APP_PRINTS), strict=True):
        out, err = other.communicate()
        assert (other.returncode, out) == (0, printed), err
        assert re.fullmatch(up_to_date, err)
    assert leftovers(project.root) == []


def test_builds_that_start_together(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    builds = [start(project, "-m", "orchestrator", "build") for _ in range(3)]
    said = [build.communicate()[1] for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], said
    assert sum("Built " in text for text in said) == 1
    assert sum("Up to date: " in text for text in said) == 2
    assert project.python("app.py").out == APP_PRINTS
    assert leftovers(project.root) == []


def test_builds_of_two_projects_do_not_wait(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    publish_conflict(index)
    project.pyproject(["plain"])
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    other = project.root / "other"
    other.mkdir()
    (other / "pyproject.toml").write_text((project.root / "pyproject.toml").read_text())
    command = [sys.executable, "-P", "-m", "orchestrator", "build"]
    environment = dict(project.environment)
    done = subprocess.run(command, cwd=other, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert "Waiting" not in done.stderr
    first.communicate("go on\n")
    assert first.returncode == 0


def test_the_build_waited_for_fails(project: ProjectFolder, index: Index) -> None:
    """What is waiting then builds by itself."""
    publish_conflict(index)
    project.pyproject(["ghost"])
    first = start(project, "-c", _SLOW_BUILD)
    wait_for((project.root / "started").exists, "the first build to start")
    second = start(project, "-m", "orchestrator", "build")
    assert said_so_far(second).startswith(f"Waiting for process {first.pid}")
    project.pyproject(CONFLICT)
    first.kill()
    first.communicate()
    _, err = second.communicate()
    assert second.returncode == 0, err
    assert err.startswith("Built ")


_USERS = (0, 65534)
# Root's folders are closed to others, and an interpreter may lie in one: this makes it reachable, in this namespace.
_REACHABLE = """
closed=$1; shift
if [ -n "$closed" ]; then
    mkdir -p "$TMPDIR/open"
    mount --bind "$closed" "$TMPDIR/open"
    mount -t tmpfs -o mode=755 tmpfs "$(dirname "$closed")"
    mkdir "$closed"
    mount --bind "$TMPDIR/open" "$closed"
fi
exec "$@"
"""


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
def test_ten_builds_of_different_users_in_different_namespaces(project: ProjectFolder, index: Index) -> None:
    """As in ten containers that share the project: one builds, and the others wait for it."""
    tried = subprocess.run(["unshare", "-mpu", "--fork", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no namespaces here: {tried.stderr.strip()}")
    publish_conflict(index)
    with tempfile.TemporaryDirectory() as name:  # pytest's folders are one user's alone
        shared = Path(name)
        shared.chmod(0o755)
        shutil.copytree(index.folder, shared / "index")
        root = shared / "project"
        root.mkdir()
        root.chmod(0o777)
        mine = dataclasses.replace(project, root=root)
        mine.pyproject(CONFLICT)
        mine.write("app.py", APP)
        builds = [_in_a_container(mine, shared, number) for number in range(10)]
        said = [build.communicate(timeout=300)[1] for build in builds]
        assert [build.returncode for build in builds] == [0] * 10, said
        assert sum("Built " in text for text in said) == 1, said
        assert sum("Up to date: " in text for text in said) == 9
        assert mine.python("app.py").out == APP_PRINTS
        assert leftovers(root) == []
        assert not list(root.glob(".mvenv*"))


def _in_a_container(project: ProjectFolder, shared: Path, number: int) -> subprocess.Popen[str]:
    own = shared / str(number)
    own.mkdir()
    user = _USERS[number % 2]
    os.chown(own, user, user)
    links = {"UV_FIND_LINKS": str(shared / "index"), "UV_CACHE_DIR": str(own / "cache"), "HOME": str(own)}
    variables = {**project.environment, **links, "TMPDIR": str(own), "XDG_RUNTIME_DIR": str(own)}
    # The topmost folder on the way to the interpreter that others may not enter: what is opened lies in it.
    way = [*reversed(Path(sys.base_prefix).parents), Path(sys.base_prefix)]
    inside = [way[at + 1] for at, folder in enumerate(way[:-1]) if not folder.stat().st_mode & 0o001]
    command = ["unshare", "-mpu", "--fork", "sh", "-euc", _REACHABLE, "sh", str(inside[0]) if inside else ""]
    command += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return subprocess.Popen(
        [*command, sys.executable, "-P", "-m", "orchestrator", "build"],
        cwd=project.root,
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_programs_that_start_during_builds(project: ProjectFolder, index: Index) -> None:
    """Each sees one build or another, whole."""
    publish_conflict(index)
    index.add("low", "1.5")
    project.pyproject(CONFLICT)
    project.write("app.py", "import dep_a, dep_b, plain, top; print(dep_a.low_version, top.low_version)")
    project.mvenv("build")
    printed: list[str] = []
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            printed.append(str(project.python("app.py", check=False)))

    runner = threading.Thread(target=run)
    runner.start()
    try:
        for bound in ("low<1.5", "low", "low<1.5", "low"):
            project.pyproject((*CONFLICT, *["low<1.5"] * ("1.5" in bound)))
            assert "Built " in project.mvenv("build", "--upgrade").err
    finally:
        done.set()
        runner.join()
    assert {text.splitlines()[-1] for text in printed} == {"1.0 1.0", "1.5 1.5"}
