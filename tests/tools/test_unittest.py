"""`python -m unittest`, of the standard library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tools.conftest import ToolProject


@pytest.mark.tool("unittest", distribution="python", how="`mvenv run python -m unittest`")
def test_discovery(tool_project: ToolProject) -> None:
    """Found tests import the application's version, and what they test its own."""
    project = tool_project()
    project.write(
        "tests/test_versions.py",
        """
        import unittest
        from unittest import mock

        import dep_a, dep_b, lib

        class Versions(unittest.TestCase):
            def test_each_side(self):
                self.assertEqual([lib.VERSION, dep_a.version(), dep_b.version()], ["1", "1", "2"])

            def test_patched(self):
                with mock.patch("lib.VERSION", "patched"):
                    self.assertEqual([lib.VERSION, dep_a.version(), dep_b.version()], ["patched", "patched", "2"])
        """,
    )
    project.write("tests/__init__.py", "")
    outcome = project.mvenv("run", "python", "-m", "unittest", "-v")
    assert "Ran 2 tests" in outcome.err and outcome.err.endswith("OK\n"), outcome
