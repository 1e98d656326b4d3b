"""What engines for several processes are told of this interpreter.

[spark] Java starts the workers: with this Python, unless somebody has said with which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

WORKERS = """
import os, sys
before = os.environ.get("PYSPARK_PYTHON")
import pyspark
print(before, os.environ["PYSPARK_PYTHON"] == sys.executable, os.environ["PYSPARK_PYTHON"])
"""


@pytest.fixture
def spark(tmp_path: Path, interpreter: Interpreter) -> World:
    """Two packages that need two versions of pyspark."""
    index = Index(tmp_path / "wheels")
    for version in ("1", "2"):
        index.add("pyspark", version, files={"pyspark/__init__.py": f"VERSION = {version!r}\n"})
        index.add(
            f"needs-{version}", "1", requires=[f"pyspark=={version}"], files={f"needs_{version}.py": ""}
        )
    direct = ["needs-1", "needs-2", "pyspark==1"]
    return build_world(tmp_path, index, interpreter, PlainVenvs(tmp_path), direct, {})


def test_workers_of_a_versioned_spark(spark: World) -> None:
    """[spark] Told when it is imported, not before."""
    before, is_this, _ = spark.program(WORKERS).out.split()
    assert (before, is_this) == ("None", "True")


def test_workers_of_a_spark_from_elsewhere(world: World, tmp_path: Path) -> None:
    """[spark] Of a platform's, which nobody has installed here."""
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").touch()
    before, is_this, _ = world.program(
        f"import sys\nsys.path.append({str(tmp_path)!r})\n{WORKERS}"
    ).out.split()
    assert (before, is_this) == ("None", "True")


def test_somebody_has_said(world: World, tmp_path: Path) -> None:
    """[spark] What was there stays."""
    (tmp_path / "pyspark.py").touch()
    program = world.program_file(f"import sys\nsys.path.append({str(tmp_path)!r})\n{WORKERS}")
    told = world.project.python(program, env={"PYSPARK_PYTHON": "./environment/bin/python"}).out.split()
    assert told == ["./environment/bin/python", "False", "./environment/bin/python"]
