"""Dask with a pandas of its own: what the application sends is worked on with the application's."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.engines import frames
from tests.tools.serving import free_port, started

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow


@pytest.fixture
def dask(tool_project: ToolProject) -> ProjectFolder:
    project = frames.project(tool_project, "dask[dataframe]", "distributed", engines=("dask", "distributed"))
    project.write("program.py", PROGRAM)
    return project


PROGRAM = """
    import json
    import sys
    import dask
    import dask.dataframe as dd
    import dep_b
    import pandas
    from distributed import Client, LocalCluster, WorkerPlugin
    import frames
    import runtime_shim
"""
PROGRAM += frames.OF_A_PROGRAM
PROGRAM += """
    # As in a notebook: the name of a file that is nobody's.
    exec(compile("def cell():\\n import pandas\\n return [pandas.__version__] * 2", "/nowhere/1.py", "exec"), globals())

    class Plugin(WorkerPlugin):
        name = "own"

        def setup(self, worker):
            import pandas
            worker.own = [pandas.__version__, *frames.versions()]

    def functions(client):
        each = [seen, cell, frames.versions, lambda: seen(), lambda: [pandas.__version__] * 2]
        return [future.result() for future in [client.submit(function, pure=False) for function in each]]

    def both(client):
        own = pandas.DataFrame({"a": [1, 2]})
        theirs = dd.from_dict({"a": [1, 2]}, npartitions=2)
        computed = theirs.compute()
        actor = client.submit(Counter, actor=True).result()
        ours, version, other = client.submit(kind, dep_b.Shape(1)).result()
        return {
            "own": client.submit(frames.look, own).result(),
            "theirs": client.submit(frames.look, computed).result(),
            "scattered": client.submit(frames.look, client.scatter(own)).result(),
            "made": frames.look(client.submit(frames.made, 3).result()),
            "partitions": theirs.map_partitions(lambda part: part.assign(b=frames.version_of(part)),
                                                meta={"a": int, "b": str}).compute().b.tolist(),
            "delayed": dask.delayed(frames.look)(dask.delayed(frames.made)(3)).compute(),
            "converted": int(dd.from_pandas(runtime_shim.convert(own, to=dd), npartitions=2).a.sum().compute()),
            "actor": [actor.add(own).result(), actor.add(computed).result(), actor.versions().result()],
            "shape": [ours, version, type(other) is dep_b.Shape],
        }

    def elsewhere(client, uploaded):
        def from_uploaded():
            import uploaded
            return uploaded.versions()

        client.register_plugin(Plugin())
        client.upload_file(uploaded)
        return {
            "plugin": list(client.run(lambda dask_worker: dask_worker.own).values()),
            "uploaded": list(client.run(from_uploaded).values()),
            "scheduler": client.run_on_scheduler(seen),
        }

    def main(address, uploaded):
        if address == "local":
            with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
                with Client(cluster) as client:
                    return {"functions": functions(client), "both": both(client)}
        with Client(address) as client:
            client.wait_for_workers(2, timeout=60)
            return {"functions": functions(client), "both": both(client), "elsewhere": elsewhere(client, uploaded)}

    if __name__ == "__main__":
        print(json.dumps(main(*sys.argv[1:])))
    """

BOTH = {
    **frames.LOOKS,
    "scattered": frames.LOOKS["own"],
    "made": frames.LOOKS["own"],
    "partitions": [frames.THEIRS] * 2,
    "delayed": frames.LOOKS["own"],
    "converted": 3,
    "actor": [frames.LOOKS["own"], frames.LOOKS["theirs"], frames.SEES_OWN],
    "shape": [True, "2", True],
}
FUNCTIONS = [frames.SEES_OWN] * 5


@pytest.mark.engine(
    "Dask",
    travels="functions of modules, of `__main__` and of notebooks, lambdas; frames of both pandas, actors",
    how="`LocalCluster()` under `mvenv run program.py`",
)
def test_local_cluster(dask: ProjectFolder) -> None:
    outcome = dask.mvenv("run", "program.py", "local", "", timeout=300)
    assert json.loads(outcome.out.splitlines()[-1]) == {"functions": FUNCTIONS, "both": BOTH}
    assert "never awaited" not in outcome.err  # what a proxy of an actor is asked goes over the network


@pytest.mark.engine(
    "Dask",
    travels="`client.upload_file`, `client.register_plugin`",
    how="`PYTHONPATH=. mvenv run dask scheduler`, `PYTHONPATH=. .venv/bin/dask worker tcp://…`, also `--no-nanny`",
    limit="`dd.from_pandas` refuses a frame of another pandas than Dask's: `runtime_shim.convert(frame, to=dd)`",
)
def test_scheduler_and_workers(dask: ProjectFolder, tmp_path: Path) -> None:
    """Three processes that nothing but their addresses connects; a file from outside the project."""
    uploaded = tmp_path / "uploaded.py"
    uploaded.write_text(
        "import pandas\ndef versions():\n    import pandas as again\n"
        "    return [pandas.__version__, again.__version__]\n"
    )
    address = f"tcp://127.0.0.1:{(port := free_port())}"
    env = {
        "PYTHONPATH": str(dask.root)
    }  # as of any `dask`, which is a command: the project's modules are not on its path
    scheduler = ("dask", "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
    worker = (
        "dask",
        "worker",
        address,
        "--nthreads",
        "1",
        "--no-dashboard",
        "--local-directory",
        str(tmp_path),
    )
    with ExitStack() as running:
        logs = [
            running.enter_context(started(dask, *command, env=env, log=f"{number}.log"))
            for number, command in enumerate((scheduler, worker, (*worker, "--no-nanny")))
        ]
        outcome = dask.mvenv("run", "program.py", address, str(uploaded), check=False, timeout=300)
        assert outcome.code == 0, "\n".join([str(outcome), *(log.log() for log in logs)])
    assert json.loads(outcome.out.splitlines()[-1]) == {
        "functions": FUNCTIONS,
        "both": BOTH,
        "elsewhere": {
            "plugin": [[frames.OWN] * 3] * 2,
            "uploaded": [frames.SEES_OWN] * 2,
            "scheduler": frames.SEES_OWN,
        },
    }


@pytest.mark.engine("Dask")
def test_a_frame_that_it_does_not_take(dask: ProjectFolder) -> None:
    program = (
        "import pandas, dask.dataframe as dd\ndd.from_pandas(pandas.DataFrame({'a': [1]}), npartitions=1)"
    )
    outcome = dask.python("-c", program, check=False)
    assert outcome.code == 1
    assert "TypeError: Input must be a pandas DataFrame or Series." in outcome.err
    assert "mvenv: pandas.core.frame.DataFrame of two environments met here" in outcome.err
    assert "runtime_shim.convert(" in outcome.err
