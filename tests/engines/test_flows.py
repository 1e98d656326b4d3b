"""Prefect and Beam with a pandas of their own: tasks and transforms in threads, and in processes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.engines import frames

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow


@pytest.fixture
def flows(tool_project: ToolProject) -> ProjectFolder:
    return frames.project(tool_project, "prefect", "apache-beam", engines=("prefect", "apache-beam"))


PREFECT = """
    import json
    import dep_b
    import pandas
    from prefect import flow, task
    from prefect.task_runners import ProcessPoolTaskRunner, ThreadPoolTaskRunner
    import frames

    @task
    def seen():
        import pandas as again
        return [pandas.__version__, again.__version__]

    @task
    def kind(shape):
        return [type(shape) is dep_b.Shape, shape.version, type(shape)(2)]

    look, made = task(frames.look), task(frames.made)

    def everything():
        ours, version, other = kind.submit(dep_b.Shape(1)).result()
        shapes = [ours, version, type(other) is dep_b.Shape]
        return [seen.submit().result(), look.submit(made.submit(3)).result(), shapes]

    @flow(task_runner=ThreadPoolTaskRunner())
    def in_threads():
        return everything()

    @flow(task_runner=ProcessPoolTaskRunner(max_workers=2))
    def in_processes():
        return everything()

    if __name__ == "__main__":
        print(json.dumps([in_threads(), in_processes()]))
    """


@pytest.mark.engine(
    "Prefect",
    travels="arguments and results of tasks: frames and objects of each version",
    how="flows under `mvenv run program.py`, with `ThreadPoolTaskRunner` and `ProcessPoolTaskRunner`",
)
def test_prefect(flows: ProjectFolder, tmp_path: Path) -> None:
    flows.write("program.py", PREFECT)
    # A server of its own is started for the run; the machine may have other work.
    patience = {
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "200",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    outcome = flows.mvenv("run", "program.py", env={"PREFECT_HOME": str(tmp_path), **patience}, timeout=500)
    found = json.loads(outcome.out.splitlines()[-1])
    assert found == [[frames.SEES_OWN, frames.LOOKS["own"], [True, "2", True]]] * 2


BEAM = """
    import json
    import sys
    import apache_beam
    from apache_beam.options.pipeline_options import PipelineOptions
    import dep_b
    import pandas
    import frames

    def seen(_):
        import pandas as again
        return [pandas.__version__, again.__version__]

    def kind(shape):
        return [type(shape) is dep_b.Shape, shape.version, type(type(shape)(2)) is dep_b.Shape]

    class Look(apache_beam.DoFn):
        def process(self, frame):
            yield frames.look(frame)

    def main(folder, *options):
        own = pandas.DataFrame({"a": [1, 2]})
        transforms = {
            "functions": ([1], [apache_beam.Map(seen)]),
            "lambdas": ([1], [apache_beam.Map(lambda _: seen(_))]),
            "frames": ([own], [apache_beam.ParDo(Look())]),
            "shapes": ([dep_b.Shape(1)], [apache_beam.Map(kind)]),
            "grouped": ([1, 2], [apache_beam.Map(lambda number: ("key", frames.made(number))), apache_beam.GroupByKey(),
                                 apache_beam.Map(lambda pair: frames.look(pandas.concat(list(pair[1]))))]),
        }
        with apache_beam.Pipeline(options=PipelineOptions(options)) as pipeline:
            for name, (given, steps) in transforms.items():
                values = pipeline | f"{name} given" >> apache_beam.Create(given)
                for number, step in enumerate([*steps, apache_beam.Map(json.dumps)]):
                    values = values | f"{name} {number}" >> step
                path = folder + "/" + name
                values | f"{name} written" >> apache_beam.io.WriteToText(path, shard_name_template="")

    if __name__ == "__main__":
        main(*sys.argv[1:])
    """


@pytest.mark.engine(
    "Beam",
    distribution="apache-beam",
    travels="functions of modules and of `__main__`, lambdas, `DoFn`s; elements: frames and objects of each version, "
    "also through `GroupByKey`",
    how="`mvenv run program.py`: `DirectRunner`, `--direct_running_mode` in_memory, multi_threading, multi_processing",
)
@pytest.mark.parametrize("mode", ["in_memory", "multi_threading", "multi_processing"])
def test_beam(flows: ProjectFolder, tmp_path: Path, mode: str) -> None:
    flows.write("program.py", BEAM)
    options = ("--runner=DirectRunner", f"--direct_running_mode={mode}", "--direct_num_workers=2")
    flows.mvenv("run", "program.py", str(tmp_path), *options, timeout=500)
    found = {path.name: json.loads(path.read_text()) for path in tmp_path.iterdir() if path.is_file()}
    assert found == {
        "functions": frames.SEES_OWN,
        "lambdas": frames.SEES_OWN,
        "frames": frames.LOOKS["own"],
        "shapes": [True, "2", True],
        "grouped": frames.LOOKS["own"],
    }
