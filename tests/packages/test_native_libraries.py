"""Released packages whose libraries have the same names or process-wide symbols: all versions in one process."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index

PARQUET = """
import os, sys, tempfile
import pyarrow, pyarrow.compute, pyarrow.dataset, pyarrow.parquet

def found():
    table = pyarrow.table({"number": [3, 1, 2], "text": ["c", "a", None]})
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "table.parquet")
        pyarrow.parquet.write_table(table, path)
        read = pyarrow.parquet.read_table(path)
        scanned = pyarrow.dataset.dataset(path).to_table(filter=pyarrow.compute.field("number") > 1)
        by = pyarrow.parquet.ParquetFile(path).metadata.created_by
    same = read.sort_by("number").to_pylist() == table.sort_by("number").to_pylist()
    try:
        pyarrow.compute.add(pyarrow.array([1]), pyarrow.array(["x"]))
    except pyarrow.ArrowNotImplementedError:  # a C++ error becomes this version's exception
        same = same and True
    return [pyarrow.__version__, pyarrow.cpp_version, by.split()[-1], same, scanned.num_rows]
"""

COMPILER = """
import importlib.metadata, os, tempfile
from grpc_tools import protoc
import google.protobuf

SOURCE = 'syntax = "proto3"; message Point { int32 x = 1; map<string, int32> named = 2; }'

def found():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "point.proto"), "w") as file:
            file.write(SOURCE)
        code = protoc.main(["protoc", f"-I{folder}", f"--python_out={folder}", os.path.join(folder, "point.proto")])
        with open(os.path.join(folder, "point_pb2.py")) as file:
            namespace = {"__name__": "point_pb2"}
            exec(file.read(), namespace)
    point = namespace["Point"](x=3, named={"a": 1})
    again = namespace["Point"].FromString(point.SerializeToString())
    return [importlib.metadata.version("grpcio-tools"), google.protobuf.__version__.split(".")[0], code, again == point]
"""

APP = """
import importlib, json, sys
modules = [importlib.import_module(name) for name in sys.argv[1:]]
answers = [module.found() for module in modules]
assert [module.found() for module in modules] == answers
print(json.dumps(answers))
"""


def build(project: ProjectFolder, source: str, requires: dict[str, list[str]]) -> str:
    """Build a project with one dependant for each set of requirements; return what the build said."""
    for name, needed in requires.items():
        write_local_project(project.root.parent / name, name.replace("_", "-"), name, source, requires=needed)
    names = [name.replace("_", "-") for name in requires]
    sources = "\n".join(
        f'{dashed} = {{ path = "../{name}" }}' for dashed, name in zip(names, requires, strict=True)
    )
    project.pyproject(names, f"[tool.uv.sources]\n{sources}\n")
    project.write("app.py", APP)
    return project.mvenv("build", timeout=900).err


def answers(project: ProjectFolder, order: Iterable[str]) -> dict[str, object]:
    names = list(order)
    return dict(zip(names, json.loads(project.python("app.py", *names).out), strict=True))


def test_three_versions_of_pyarrow(real_project: ProjectFolder) -> None:
    """Each reads and writes Parquet with its own Arrow."""
    versions = {"dep_a": "14.0.1", "dep_b": "14.0.2", "dep_c": "17.0.0"}
    requires = {name: [f"pyarrow=={version}", "numpy<2"] for name, version in versions.items()}
    told = build(real_project, PARQUET, requires)
    assert "names of their own: libarrow" in told
    expected: dict[str, object] = {
        name: [version, version, version, True, 2] for name, version in versions.items()
    }
    for order in itertools.permutations(versions):
        assert answers(real_project, order) == expected, order
    assert real_project.mvenv("doctor").out.endswith("nothing is wrong\n")


def test_protobuf_4_5_and_6_in_grpcio_tools(real_project: ProjectFolder) -> None:
    """Each compiles with its own protoc; before, the second one to be loaded crashed."""
    versions = {"dep_a": ("1.62.3", "4"), "dep_b": ("1.66.2", "5"), "dep_c": ("1.73.1", "6")}
    requires = {
        name: [f"grpcio-tools=={version}", "setuptools<81"] for name, (version, _) in versions.items()
    }
    told = build(real_project, COMPILER, requires)
    assert "C++ symbols its own" in told
    expected: dict[str, object] = {name: [*version, 0, True] for name, version in versions.items()}
    for order in itertools.permutations(versions):
        assert answers(real_project, order) == expected, order
