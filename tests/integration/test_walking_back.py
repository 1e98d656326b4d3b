"""An old release that would have to be built is not gone back to where as many groups do without."""

from __future__ import annotations

import tomllib
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from tests.support.sdists import build_sdist

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

REQUIREMENTS = ("pinned==1", "tool==3", "user")


@pytest.fixture
def project(project: ProjectFolder, index: Index) -> ProjectFolder:
    """`pinned` 1 and `tool` 3 exclude each other; `user` needs any of either.

    Recent releases of `tool` want a later `pinned`. An old one does not say so, and has no wheel.
    """
    index.add("pinned", "1")
    index.add("pinned", "2")
    build_sdist(index.folder, "tool", "1", requires=["pinned"])
    index.add("tool", "2", requires=["pinned>=2"])
    index.add("tool", "3", requires=["pinned>=2"])
    index.add("user", "1", requires=["tool", "pinned"])
    return project


def locked(project: ProjectFolder) -> tuple[set[frozenset[str]], list[str]]:
    """Make the lock; return its groups, and the reasons for them."""
    project.mvenv("lock")
    lock = tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))
    assert lock["proved"]
    (project.root / "mvenv.lock").unlink()
    reasons = [conflict["reason"] for conflict in lock.get("conflict", ())]
    return {frozenset(group["requirements"]) for group in lock["group"]}, reasons


@pytest.mark.parametrize("order", [*permutations(REQUIREMENTS)][::2], ids=" ".join)
def test_whatever_the_order(order: tuple[str, ...], project: ProjectFolder) -> None:
    project.pyproject(order)
    assert locked(project)[0] == {frozenset({"tool==3", "user"}), frozenset({"pinned==1"})}


def test_it_is_said_what_else_would_do(project: ProjectFolder, index: Index) -> None:
    """Here `user` would rather be beside `pinned`: it requires that itself, and `tool` only by way of `glue`."""
    index.add("glue", "1", requires=["tool"])
    index.add("user", "2", requires=["glue", "pinned"])
    project.pyproject(["pinned==1", "user", "tool==3"])
    groups, reasons = locked(project)
    assert groups == {frozenset({"tool==3", "user"}), frozenset({"pinned==1"})}
    assert any(reason.endswith(", unless an old tool is built from its source") for reason in reasons)


def test_fewer_groups_come_first(project: ProjectFolder) -> None:
    project.pyproject(["pinned==1", "user"])
    assert locked(project) == ({frozenset({"pinned==1", "user"})}, [])


def test_what_is_only_there_as_source_is_built(project: ProjectFolder, index: Index) -> None:
    build_sdist(index.folder, "tool", "4", requires=["pinned"])
    project.pyproject(["pinned==1", "user", "tool==3"])
    assert locked(project)[0] == {frozenset({"pinned==1", "user"}), frozenset({"tool==3"})}
