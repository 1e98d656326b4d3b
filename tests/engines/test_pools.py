"""Pools of processes and threads: the standard library's, joblib's, and MPI's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.engines import frames
from tests.support.process import run

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow


@pytest.fixture
def pools(tool_project: ToolProject) -> ProjectFolder:
    project = frames.project(tool_project, "joblib", "mpi4py", engines=("joblib", "mpi4py"))
    project.write("work.py", WORK)
    return project


WORK = """
    import pickle
    import re
    import dep_b
    import joblib
    import pandas
    import frames



    def kind(shape):
        return [type(shape) is dep_b.Shape, shape.version, type(shape)(2)]


    def own_frame():
        return pandas.DataFrame({"a": [1, 2]})


    def told(shape):
        ours, version, other = shape
        return [ours, version, type(other) is dep_b.Shape]
    """

JOBLIB = """
    import json
    import sys
    import dep_b
    import joblib
    import pandas
    import frames
    import work

    def seen():
        import pandas as again
        return [pandas.__version__, again.__version__]

    def main(backend):
        def each(function, *given):
            jobs = [joblib.delayed(function)(*given) for _ in range(2)]
            first, second = joblib.Parallel(n_jobs=2, backend=backend)(jobs)
            assert str(first) == str(second) or function is work.kind
            return first

        found = {"by name": each(frames.versions), "a frame": each(frames.look, work.own_frame()),
                 "made": frames.look(each(frames.made, 3)), "a shape": work.told(each(work.kind, dep_b.Shape(1)))}
        if backend != "multiprocessing":  # whose pickles are plain: neither lambdas nor local functions
            found["a lambda"] = each(lambda: seen())
        found["of __main__"] = each(seen)
        return found

    if __name__ == "__main__":
        print(json.dumps(main(sys.argv[1])))
    """

RIGHT = {
    "by name": frames.SEES_OWN,
    "a frame": frames.LOOKS["own"],
    "made": frames.LOOKS["own"],
    "a shape": [True, "2", True],
    "of __main__": frames.SEES_OWN,
}


@pytest.mark.engine(
    "joblib",
    travels="functions of modules and of `__main__`, with loky lambdas too; frames and objects of each version",
    how="`Parallel(backend=…)` under `mvenv run`: loky, multiprocessing, threading, sequential",
)
@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading", "sequential"])
def test_joblib(pools: ProjectFolder, backend: str) -> None:
    pools.write("program.py", JOBLIB)
    found = json.loads(pools.mvenv("run", "program.py", backend).out)
    assert found.pop("a lambda", frames.SEES_OWN) == frames.SEES_OWN
    assert found == RIGHT


FUTURES = """
    import json
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
    import dep_b
    import pandas
    import frames
    import work

    def seen():
        import pandas as again
        return [pandas.__version__, again.__version__]

    def found(executor):
        with executor:
            return {
                "by name": executor.submit(frames.versions).result(),
                "a frame": list(executor.map(frames.look, [work.own_frame()]))[0],
                "made": frames.look(executor.submit(frames.made, 3).result()),
                "a shape": work.told(executor.submit(work.kind, dep_b.Shape(1)).result()),
                "of __main__": executor.submit(seen).result(),
            }

    if __name__ == "__main__":
        methods = ("fork", "spawn", "forkserver")
        pools = [ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) for method in methods]
        print(json.dumps([found(pool) for pool in [*pools, ThreadPoolExecutor(1)]]))
    """


@pytest.mark.engine(
    "concurrent.futures",
    distribution="python",
    travels="functions of modules and of `__main__`, frames and objects of each version",
    how="`ProcessPoolExecutor` (fork, spawn, forkserver) and `ThreadPoolExecutor` under `mvenv run`",
)
def test_futures(pools: ProjectFolder) -> None:
    pools.write("program.py", FUTURES)
    assert json.loads(pools.mvenv("run", "program.py").out) == [RIGHT] * 4


MPI = """
    import json
    import dep_b
    from mpi4py import MPI
    import frames
    import work

    everybody = MPI.COMM_WORLD
    rank = everybody.Get_rank()
    shape = everybody.bcast(dep_b.Shape(1) if rank == 0 else None)
    frame = everybody.scatter([work.own_frame()] * everybody.Get_size() if rank == 0 else None)
    told = everybody.gather({
        "by name": frames.versions(),
        "a frame": frames.look(frame),
        "made": frames.look(frames.made(3)),
        "a shape": work.told(work.kind(shape)),
        "of __main__": everybody.sendrecv(frames.versions, rank, source=rank)(),
    })
    if rank == 0:
        print(json.dumps(told))
    """
MPI_POOL = (
    """
    import json
    from mpi4py.futures import MPIPoolExecutor

    """
    + FUTURES.split("import json\n", 1)[1].split("if __name__")[0].lstrip()
    + """
    if __name__ == "__main__":
        print(json.dumps([found(MPIPoolExecutor(1))]))
    """
)


# Debian's two. One wants to be told to run as root and with few processors; the other's library has a name of Debian's.
MPIS = {
    "mpich": {"LD_LIBRARY_PATH": "."},
    "openmpi": {
        "OMPI_ALLOW_RUN_AS_ROOT": "1",
        "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
    },
}


@pytest.mark.engine(
    "mpi4py",
    travels="objects: `bcast`, `scatter`, `gather`, `sendrecv`; functions and frames through `MPIPoolExecutor`",
    how="`mpiexec -n 3 .venv/bin/python program.py`, `mpiexec -n 3 .venv/bin/python -m mpi4py.futures program.py`; "
    "MPICH 4 (Debian's needs a link `libmpi.so.12` to its `libmpich.so.12`) and Open MPI 4",
)
@pytest.mark.parametrize("way", ["ranks", "pool"])
@pytest.mark.parametrize("implementation", MPIS)
def test_mpi(pools: ProjectFolder, implementation: str, way: str) -> None:
    mpiexec = shutil.which(f"mpiexec.{implementation}")
    if mpiexec is None:
        pytest.skip(f"no {implementation} of Debian's here: apt-get install mpich openmpi-bin")
    pools.write("program.py", MPI if way == "ranks" else MPI_POOL)
    module = () if way == "ranks" else ("-m", "mpi4py.futures")
    command = (mpiexec, "-n", "3", str(pools.root / ".venv/bin/python"), *module, "program.py")
    environment = {**pools.environment, **MPIS[implementation]}
    if implementation == "mpich":
        [library] = Path("/usr/lib").glob("*/libmpich.so.12")
        (pools.root / "libmpi.so.12").symlink_to(library)
    outcome = run(command, cwd=pools.root, env=environment, timeout=120)
    assert json.loads(outcome.out) == [RIGHT] * (3 if way == "ranks" else 1)
