"""Pools of processes, of the standard library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tools import answers

if TYPE_CHECKING:
    from tests.tools.conftest import ToolProject


@pytest.mark.slow
@pytest.mark.tool(
    "multiprocessing", distribution="python", how="`Pool` and `ProcessPoolExecutor`: fork, spawn, forkserver"
)
def test_pools(tool_project: ToolProject) -> None:
    """Functions and objects of each version arrive as what they were, called from either side."""
    project = tool_project()
    answers.write(project)
    project.write(
        "pools.py",
        """
        import json
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor
        import answers, dep_b, lib

        def look(shape):
            import lib.late

            return [lib.late.VERSION, shape.version, isinstance(shape, lib.Shape)]

        def found(method):
            context = multiprocessing.get_context(method)
            shapes = [lib.Shape(1), dep_b.Shape(1)]
            with ProcessPoolExecutor(1, mp_context=context) as executor:
                looked = list(dep_b.call(executor.map, look, shapes))
                theirs = executor.submit(dep_b.version).result()
            return [answers.pooled(method), looked, theirs]

        if __name__ == "__main__":
            print(json.dumps({method: found(method) for method in ("fork", "spawn", "forkserver")}))
        """,
    )
    right = [answers.EACH_SIDE, [["1", "1", True], ["1", "2", False]], "2"]
    told = json.loads(project.mvenv("run", "pools.py").out)
    assert told == dict.fromkeys(("fork", "spawn", "forkserver"), right)
