"""Spark with a pandas of its own, installed with the project; and a platform's Spark, to which the project is sent."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.engines import frames
from tests.support.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("java") is None, reason="no Java here: apt-get install openjdk-17-jre-headless"
    ),
]
RELEASES = {"3.5": "pyspark>=3.5,<3.6", "4": "pyspark>=4,<5"}
ALIAS = f'[tool.mvenv.aliases]\npandas_of_spark = "pandas=={frames.THEIRS}"\n'


@pytest.fixture(params=RELEASES)
def spark(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    needs = f'pyspark = ["+pandas=={frames.THEIRS}", "+pyarrow", "+setuptools"]'  # 3.5 imports distutils
    project = tool_project(
        f"pandas=={frames.OWN}",
        *(RELEASES[request.param], "pyarrow"),
        isolate=("pyspark",),
        extra=frames.beside_other_pandas(extra=needs) + ALIAS,
    )
    project.write("frames.py", frames.MODULE)
    project.write("program.py", PROGRAM)
    return project


PROGRAM = """
    import json
    import sys
    import dep_b
    import pandas
    import pandas_of_spark
    import pyspark.sql.functions as functions
    from pyspark.sql import SparkSession
    import frames
    import runtime_shim

    def seen(_=None):
        import pandas as again
        return " ".join([pandas.__version__, again.__version__])

    def by_series(numbers: pandas_of_spark.Series) -> pandas_of_spark.Series:
        return numbers.map(lambda number: frames.version_of(numbers) + " " + seen())

    def in_frames(parts):
        for part in parts:
            yield part.assign(v=frames.version_of(part) + " " + seen())

    def with_own_frames(parts):
        for part in parts:
            own = runtime_shim.convert(part, to=pandas)
            assert isinstance(own, pandas.DataFrame)
            yield runtime_shim.convert(own.assign(v=seen()), to=pandas_of_spark)

    def in_batches(batches):
        yield from batches

    def attempt(function):
        try:
            return function()
        except TypeError as error:
            return str(error)

    def values(table):
        return sorted({row[-1] for row in table.collect()})

    def main(spark, uploaded):
        context, numbers = spark.sparkContext, spark.range(3)
        row_wise, series_wise = functions.udf(seen, "string"), functions.pandas_udf(by_series, "string")
        own = context.broadcast(pandas.DataFrame({"a": [1, 2]}))
        shapes = context.parallelize([dep_b.Shape(1)]).map(lambda shape: [type(shape) is dep_b.Shape, shape])
        context.addPyFile(uploaded)

        def from_uploaded(_):
            import uploaded
            return uploaded.versions()

        [[ours, shape]] = shapes.collect()
        return {
            "rows": values(numbers.select(row_wise("id"))),
            "series": values(numbers.select(series_wise("id"))),
            "mapInPandas": values(numbers.mapInPandas(in_frames, "id long, v string")),
            "own frames": values(numbers.mapInPandas(with_own_frames, "id long, v string")),
            "mapInArrow": numbers.mapInArrow(in_batches, "id long").count(),
            "applyInPandas": values(numbers.groupBy("id").applyInPandas(lambda part: part.assign(v=seen()),
                                                                         "id long, v string")),
            "lambda": context.parallelize([1]).map(lambda _: seen()).collect(),
            "broadcast": context.parallelize([1]).map(lambda _: frames.look(own.value)).collect(),
            "a shape": [ours, type(shape) is dep_b.Shape],
            "toPandas": frames.version_of(numbers.toPandas()),
            "created": spark.createDataFrame(pandas_of_spark.DataFrame({"a": [1, 2]})).count(),
            "created of own": attempt(lambda: spark.createDataFrame(pandas.DataFrame({"a": [1, 2]})).count()),
            "uploaded": context.parallelize([1]).map(from_uploaded).collect(),
        }

    if __name__ == "__main__":
        master, uploaded = sys.argv[1:]
        builder = SparkSession.builder if master == "given" else SparkSession.builder.master(master)
        # As ever: executors that start elsewhere have no folder of the program's on their path.
        builder = builder.config("spark.executorEnv.PYTHONPATH", sys.path[0])
        session = builder.config("spark.ui.enabled", "false").config(
            "spark.sql.execution.arrow.pyspark.enabled", "true").getOrCreate()
        print("\\nfound " + json.dumps(main(session, uploaded)))
        session.stop()
    """

OWN, BOTH = " ".join(frames.SEES_OWN), " ".join([frames.THEIRS, *frames.SEES_OWN])
RIGHT = {
    "rows": [OWN],
    "series": [BOTH],
    "mapInPandas": [BOTH],
    "own frames": [OWN],
    "mapInArrow": 3,
    "applyInPandas": [OWN],
    "lambda": [OWN],
    "broadcast": [frames.LOOKS["own"]],
    "a shape": [True, True],
    "toPandas": frames.THEIRS,
    "created": 2,
    "created of own": "[CANNOT_INFER_SCHEMA_FOR_TYPE] Can not infer schema for type: `str`.",
    "uploaded": [frames.SEES_OWN],
}
UPLOADED = """\
import pandas

def versions():
    import pandas as again
    return [pandas.__version__, again.__version__]
"""


def found(printed: str) -> Any:
    """Return what a program has found, of all that Spark prints."""
    line = next(line for line in printed.splitlines() if line.startswith("found "))
    return json.loads(line.removeprefix("found "))


@pytest.mark.engine(
    "Spark",
    distribution="pyspark",
    travels="functions by value: Python and pandas UDFs, `mapInPandas`, `mapInArrow`, `applyInPandas`; broadcast "
    "frames and objects of each version; Arrow; `addPyFile`",
    how="`.venv/bin/python program.py` or `mvenv run program.py`, `local[2]` and `local-cluster[…]`: importing pyspark "
    "sets `PYSPARK_PYTHON` to this Python if nobody has",
    limit="`local-cluster` keeps what it is sent in Spark's own folder: `addPyFile` modules see what Spark sees there\n"
    "the frames that Spark makes and takes are of the pandas that it sees: hints of pandas UDFs and frames for "
    "`createDataFrame` come from there, by an import alias; `runtime_shim.convert` makes one the other's",
)
@pytest.mark.parametrize("master", ["local[2]", "local-cluster[2,1,1024]"])
def test_spark(spark: ProjectFolder, tmp_path: Path, master: str) -> None:
    """Without `.venv/bin` on PATH: it is the program that tells Java with which Python to work."""
    (tmp_path / "uploaded.py").write_text(UPLOADED)
    path = str(tmp_path / "uploaded.py")
    outcome = spark.python("program.py", master, path, env={"PATH": "/usr/bin:/bin"}, timeout=500)
    seen_there = [frames.THEIRS] * 2 if master.startswith("local-cluster") else frames.SEES_OWN
    assert found(outcome.out) == {**RIGHT, "uploaded": [seen_there]}


@pytest.mark.engine("Spark", distribution="pyspark", how="`mvenv run spark-submit program.py`")
def test_submit(spark: ProjectFolder, tmp_path: Path) -> None:
    (tmp_path / "uploaded.py").write_text(UPLOADED)
    words = ("--master", "local[2]", "program.py", "given", str(tmp_path / "uploaded.py"))
    outcome = spark.mvenv("run", "spark-submit", *words, timeout=500)
    assert found(outcome.out) == RIGHT


SENT = """
    import json
    import sys
    import dep_a, dep_b, lib
    from pyspark.sql import SparkSession

    def each_side(_):
        import lib as again
        return [lib.VERSION, again.VERSION, dep_a.version(), dep_b.version()]

    def where(_):
        return sys.prefix

    if __name__ == "__main__":
        session = SparkSession.builder.config("spark.ui.enabled", "false").getOrCreate()
        context = session.sparkContext
        shapes = context.parallelize([dep_b.Shape(1)], 1).map(lambda shape: [type(shape) is dep_b.Shape, shape])
        [[ours, shape]] = shapes.collect()
        told = context.parallelize([1], 1)
        print("\\nfound " + json.dumps([*told.map(each_side).collect(), *told.map(where).collect(), ours,
                                        type(shape) is dep_b.Shape]))
        session.stop()
    """


@pytest.mark.engine(
    "Spark",
    distribution=None,
    travels="the project itself, packed",
    how="a platform's Spark: `mvenv pack -o app.tar.gz`, then `PYSPARK_DRIVER_PYTHON=.venv/bin/python "
    "PYSPARK_PYTHON=./environment/.venv/bin/python spark-submit --archives app.tar.gz#environment program.py`",
)
def test_platform(spark: ProjectFolder, tool_project: ToolProject, tmp_path: Path) -> None:
    """The project has no Spark; its executors have no project but what is sent."""
    project = tool_project()
    project.write("program.py", SENT)
    archive = tmp_path / "app.tar.gz"
    project.mvenv("pack", "-o", str(archive))
    [home] = spark.root.glob("py_modules/*/lib/python*/site-packages/pyspark")
    environment = {
        **project.environment,
        "SPARK_HOME": str(home),
        "PYSPARK_DRIVER_PYTHON": str(project.root / ".venv/bin/python"),
        "PYSPARK_PYTHON": "./environment/.venv/bin/python",
    }
    options = ("--master", "local-cluster[1,1,1024]", "--archives", f"{archive}#environment")
    command = (str(home / "bin/spark-submit"), *options, str(project.root / "program.py"))
    outcome = run(command, cwd=tmp_path, env=environment, timeout=500)
    sides, prefix, *same = found(outcome.out)
    assert sides == ["1", "1", "1", "2"]
    assert same == [True, True]
    assert prefix.endswith("/environment/.venv")
    assert not prefix.startswith(str(project.root))
