"""Fixtures of the engines' tests, which are those of the tools' tests."""

from tests.tools.conftest import tool_project, tool_projects

__all__ = ["tool_project", "tool_projects"]
