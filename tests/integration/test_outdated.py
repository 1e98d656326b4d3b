"""`mvenv outdated` asks the indexes, and tells who holds back what."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def test_outdated(project: ProjectFolder, index: Index) -> None:
    for version in ("1.0", "2.0"):
        index.add("low", version)
        index.add("free", version)
    index.add("dep-a", "1.0", requires=["low<2", "free"])
    index.add("dep-b", "1.0", requires=["low>=2"])
    project.pyproject(["dep-a", "dep-b", "free"])
    project.mvenv("build")
    assert project.mvenv("outdated").out == "low  1.0  2.0  dep-a  dep-a 1.0: low<2\n"
    index.add("free", "2.1")
    found: Any = json.loads(project.mvenv("outdated", "--json").out)
    assert [(each["name"], each["latest"], each["held_by"]) for each in found["distributions"]] == [
        ("free", "2.1", []),
        ("low", "2.0", [{"who": "dep-a 1.0", "requirement": "low<2"}]),
    ]
    assert project.mvenv("build", "--upgrade-package", "free").code == 0
    assert "free" not in project.mvenv("outdated").out
