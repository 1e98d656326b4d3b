"""demo/pandas: the conflict the project is named for, with the real packages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.demos import copy_demo
from tests.support.interpreters import find_interpreter

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index

VERSIONS = """
import json, sys
import dep_a, dep_b
from dep_a import pd as new, np as new_numpy
from dep_b import pd as old, np as old_numpy
print(json.dumps([module.__version__ for module in (new, new_numpy, old, old_numpy)]))
print(new is not old, new.DataFrame is not old.DataFrame, new.__name__, old.__name__)
"""


@pytest.fixture
def pandas_demo(real_project: ProjectFolder) -> ProjectFolder:
    """The demo on Python 3.11, the last one pandas 2.0.3 has wheels for."""
    interpreter = find_interpreter("3.11")
    if interpreter is None:
        pytest.skip("pandas 2.0.3 has no wheels for any Python newer than 3.11")
    copy_demo("pandas", real_project.root)
    return real_project.on(interpreter)


def test_both_libraries_use_their_own_pandas(pandas_demo: ProjectFolder) -> None:
    pandas_demo.mvenv("build", timeout=900)
    by_run = pandas_demo.mvenv("run", "python", "my_app.py").out
    by_python = pandas_demo.python("my_app.py").out
    assert by_run == by_python

    versions, relation = pandas_demo.write("versions.py", VERSIONS), "True True pandas pandas"
    told = pandas_demo.python(versions.name).out.splitlines()
    new, new_numpy, old, old_numpy = json.loads(told[0])
    assert new.startswith("2.2.")
    assert int(new_numpy.split(".")[0]) >= 2
    assert old == "2.0.3"
    assert old_numpy.startswith("1.")
    assert told[1] == relation

    assert by_run.splitlines() == [
        f"dep_a: pandas {new}, numpy {new_numpy}",
        "       the months felt frost, fresh, fresh, warm",
        f"dep_b: pandas 2.0.3, numpy {old_numpy}",
        "       the week sold 25 units",
        "my_app: warmest on 30 April, best sales on Saturday",
        "        one DataFrame class? False",
    ]
