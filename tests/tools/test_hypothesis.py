"""hypothesis: what it calls is the person's code, and its database is the project's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import measured

if TYPE_CHECKING:
    from tests.tools.conftest import ToolProject


@pytest.mark.slow
@pytest.mark.tool("hypothesis", how="`@given` under pytest and unittest, shrinking, its database")
@pytest.mark.parametrize("isolate", [(), measured.NAMES])
def test_properties(tool_project: ToolProject, isolate: tuple[str, ...]) -> None:
    project = tool_project(*measured.TOOLS, isolate=isolate)
    project.write(
        "test_properties.py",
        """
        import unittest

        import dep_a, dep_b, lib
        from hypothesis import given, strategies as st

        @given(st.integers(), st.builds(lib.Shape, st.integers()))
        def test_right(number, shape):
            assert dep_b.call(lib.double, number) == 2 * number
            assert [shape.version, dep_a.version(), dep_b.version()] == ["1", "1", "2"]

        @given(st.builds(dep_b.call, st.just(lib.Shape), st.integers()))
        def test_wrong(shape):
            assert isinstance(shape, lib.Shape)
            assert shape.side < 1000

        class Case(unittest.TestCase):
            @given(st.sampled_from(["1"]))
            def test_own(self, version):
                import lib.late
                self.assertEqual([lib.late.VERSION, dep_b.imported()], [version, "2"])
        """,
    )
    for _ in range(2):  # the second time from the database
        outcome = project.mvenv("run", "pytest", "-q", check=False)
        assert "1 failed, 2 passed" in outcome.out and "assert 1000 < 1000" in outcome.out, outcome
    assert (project.root / ".hypothesis").is_dir()
    outcome = project.mvenv("run", "python", "-m", "unittest", "test_properties")
    assert outcome.err.endswith("OK\n"), outcome
