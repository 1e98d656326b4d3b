"""`mvenv build` warns of the known limits that concern what it installs, and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def publish(index: Index, name: str, versions: tuple[str, str]) -> None:
    """Publish a distribution in two versions, and `a` and `b`, which need one each."""
    for side, version in zip("ab", versions, strict=True):
        index.add(name, version)
        index.add(side, "1.0", requires=[f"{name}=={version}"])


def warnings(project: ProjectFolder, *arguments: str) -> list[str]:
    lines = project.mvenv("build", *arguments).err.splitlines()
    return [line for line in lines if line.startswith(("warning:", "  hint:"))]


def test_two_versions_of_what_has_a_limit(project: ProjectFolder, index: Index) -> None:
    publish(index, "greenlet", ("5.3.0", "6.0.0"))
    project.pyproject(["a", "b"])
    warning, hint = warnings(project)
    assert warning.startswith("warning: greenlet 5.3.0 and 6.0.0 will meet in one process: ")
    assert hint.startswith("  hint: let one version do for all")
    assert warnings(project) == [], "with nothing to do there is nothing to say"


def test_quiet_keeps_the_warning(project: ProjectFolder, index: Index) -> None:
    publish(index, "greenlet", ("5.3.0", "6.0.0"))
    project.pyproject(["a", "b"])
    assert [line.partition(":")[0] for line in warnings(project, "--quiet")] == ["warning"]


def test_one_version_of_it(project: ProjectFolder, index: Index) -> None:
    publish(index, "low", ("1", "2"))
    index.add("greenlet", "5.3.0")
    project.pyproject(["a", "b", "greenlet"])
    assert warnings(project) == []
