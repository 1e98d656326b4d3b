"""Ray with a pandas of its own, started by the program, or beforehand at another path."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engines import frames
from tests.tools.serving import free_port, started

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

QUIET = {"RAY_AUTH_MODE": "disabled", "RAY_USAGE_STATS_ENABLED": "0", "RAY_DEDUP_LOGS": "0"}


@pytest.fixture
def ray(tool_project: ToolProject) -> ProjectFolder:
    project = frames.project(tool_project, "ray", engines=("ray",))
    project.write("program.py", PROGRAM)
    return project


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder whose name is short: Ray has its sockets in it."""
    folder = Path(tempfile.mkdtemp(prefix="ray"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


PROGRAM = """
    import json
    import sys
    import dep_b
    import pandas
    import ray
    import frames
"""
PROGRAM += frames.OF_A_PROGRAM
PROGRAM += """
    def where():
        import frames as again
        return [sys.prefix, again.__file__]

    def call(function, *given):
        return ray.get(ray.remote(function).remote(*given))

    def found():
        own = pandas.DataFrame({"a": [1, 2]})
        actor = ray.remote(Counter).remote()
        ours, version, other = call(kind, dep_b.Shape(1))
        return {
            "functions": [call(function) for function in (seen, frames.versions, lambda: seen())],
            "own": call(frames.look, own),
            "put": call(frames.look, ray.put(own)),
            "made": frames.look(call(frames.made, 3)),
            "actor": ray.get([actor.add.remote(own), actor.versions.remote()]),
            "shape": [ours, version, type(other) is dep_b.Shape],
        }

    def main(where_it_is, *environments):
        if where_it_is == "here":
            ray.init(num_cpus=2, include_dashboard=False, _temp_dir=environments[0])
            return found()
        each = []
        for environment in map(json.loads, environments):
            ray.init(where_it_is, runtime_env=environment)
            each.append([found(), *call(where)])
            ray.shutdown()
        return each

    if __name__ == "__main__":
        print(json.dumps(main(*sys.argv[1:])))
    """

RIGHT = {
    "functions": [frames.SEES_OWN] * 3,
    "own": frames.LOOKS["own"],
    "put": frames.LOOKS["own"],
    "made": frames.LOOKS["own"],
    "actor": [frames.LOOKS["own"], frames.SEES_OWN],
    "shape": [True, "2", True],
}


@pytest.mark.engine(
    "Ray",
    travels="tasks: functions of modules, of `__main__`, lambdas; actors; the object store: frames and objects of each "
    "version",
    how="`ray.init()` under `mvenv run program.py`",
)
def test_ray(ray: ProjectFolder, short: Path) -> None:
    outcome = ray.mvenv("run", "program.py", "here", str(short), env=QUIET, timeout=300)
    assert json.loads(outcome.out.splitlines()[-1]) == RIGHT


@pytest.mark.engine(
    "Ray",
    travels='the program\'s folder, with `runtime_env={"working_dir": "."}`; environments stay where they are',
    how='`.venv/bin/ray start --head` in a copy of the project at another path; `runtime_env={"py_executable": …}` has '
    "the workers run with another build, on the same machine",
)
def test_ray_at_another_path(ray: ProjectFolder, short: Path) -> None:
    elsewhere = replace(ray, root=short / "copy")
    shutil.copytree(ray.root, elsewhere.root, symlinks=True)
    (elsewhere.root / "frames.py").unlink()  # or the workers would find it where they are started
    here, there = (str(project.root / ".venv") for project in (ray, elsewhere))
    environments = [{"working_dir": str(ray.root)}, {"py_executable": f"{here}/bin/python"}]
    address = f"127.0.0.1:{(port := free_port())}"
    head = (
        "ray",
        "start",
        "--head",
        "--block",
        "--port",
        str(port),
        "--num-cpus",
        "2",
        "--include-dashboard=false",
    )
    with started(elsewhere, *head, "--temp-dir", str(short / "ray"), env=QUIET) as running:
        running.wait_for(lambda: "Ray runtime started" in running.log())
        words = ("program.py", address, *map(json.dumps, environments))
        outcome = ray.mvenv("run", *words, env=QUIET, check=False, timeout=300)
        assert outcome.code == 0, f"{outcome}\n{running.log()}"
    by_folder, by_python = json.loads(outcome.out.splitlines()[-1])
    assert [by_folder[0], by_python[0]] == [RIGHT, RIGHT]
    assert [by_folder[1], by_python[1]] == [there, here]
    assert by_folder[2].startswith(str(short / "ray"))  # where Ray has unpacked what was sent
