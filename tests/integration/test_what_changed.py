"""What a build says of what it has added, removed, moved and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

MARKS = ("+ ", "- ", "~ ", "→ ")


def changed(project: ProjectFolder, *arguments: str) -> list[str]:
    lines = (line.strip() for line in project.mvenv(*arguments).err.splitlines())
    return [line for line in lines if line.startswith(MARKS)]


def test_after_every_build_but_the_first(project: ProjectFolder, index: Index) -> None:
    for version in ("1.0", "2.0", "2.1"):
        index.add("low", version, files={"low.py": ""})
    index.add("top", "1.0", requires=["low"], files={"top.py": ""})
    index.add("bound", "1.0", requires=["low<2.1"], files={"bound.py": ""})
    index.add("old", "1.0", requires=["low==1.0"], files={"old.py": ""})
    index.add("new", "1.0", requires=["low>=2.1"], files={"new.py": ""})
    project.pyproject(["top"])
    assert changed(project, "build") == []
    assert changed(project, "build") == []
    assert changed(project, "add", "bound") == ["+ bound 1.0 (.venv)", "~ low 2.1 → 2.0 (.venv)"]
    assert changed(project, "add", "old") == ["~ low 2.0 → 1.0 (.venv)", "+ old 1.0 (.venv)"]
    assert changed(project, "add", "new") == [
        "→ bound 1.0 (.venv → old)",
        "→ low 1.0 (.venv → old)",
        "+ low 2.1 (new)",
        "+ new 1.0 (new)",
        "→ old 1.0 (.venv → old)",
        "→ top 1.0 (.venv → old)",
    ]
    assert changed(project, "remove", "old", "new", "bound")
    assert project.mvenv("list").out.split() == ["low", "1.0", ".venv", "top", "1.0", ".venv"]


def test_time_goes_on(project: ProjectFolder, index: Index) -> None:
    """What the lock has is not too old for what is added, however much newer it could be by now."""
    index.add("low", "1.0", files={"low.py": ""})
    index.add("top", "1.0", requires=["low"], files={"top.py": ""})
    for name in ("plain", "other", "another"):
        index.add(name, "1.0", files={f"{name}.py": ""})
    project.pyproject(["top", "low", "plain"])
    project.mvenv("build")
    index.add("low", "3.0", files={"low.py": ""})
    added = project.mvenv("add", "other").err
    assert "+ other 1.0 (.venv)" in added
    assert "low" not in added
    assert changed(project, "build", "--upgrade-package", "low") == ["~ low 1.0 → 3.0 (.venv)"]
