"""joblib in one version for all: its worker processes, which it keeps, serve both sides and the application."""

from __future__ import annotations

import pytest

from tests.packages.sides import Sides, fixture

pytestmark = pytest.mark.index

REQUIRES = {
    side: ["joblib==1.4.2", f"click=={click}"] for side, click in (("dep_a", "8.0.4"), ("dep_b", "8.1.7"))
}

SOURCE = """
import importlib.metadata, joblib

class Box:
    def __init__(self, value):
        self.value = value
    def __eq__(self, other):
        return type(other) is type(self) and other.value == self.value

def version(_=None):
    import click, importlib.metadata
    return importlib.metadata.version("click")

def option(name):
    import click
    return click.Option([name])

def parallel(function, values):
    return joblib.Parallel(n_jobs=2)(joblib.delayed(function)(value) for value in values)

def outcome_functions():
    return parallel(version, range(3))

def outcome_lambdas():
    return parallel(lambda _: importlib.metadata.version("click"), range(3))

def outcome_objects():
    import click
    made = parallel(option, ["--x"])[0]
    return [version(), parallel(Box, [1, 2]) == [Box(1), Box(2)], isinstance(made, click.Option)]

def outcome_shared():
    return joblib.__version__
"""


sides = fixture(SOURCE, REQUIRES)


@pytest.mark.parametrize("outcome", ["functions", "lambdas", "objects"])
def test_workers(sides: Sides, outcome: str) -> None:
    """Functions run with their own side's versions, and objects come back as what they are there."""
    sides.assert_equal(outcome)


def test_shared(sides: Sides) -> None:
    """There is one joblib for all, or the tests above say nothing."""
    assert list(sides.project.root.glob(".venv/lib/python3*/site-packages/joblib"))
    assert not list(sides.project.root.glob("py_modules/*/lib/python3*/site-packages/joblib"))
    sides.assert_equal("shared", differ=False)
