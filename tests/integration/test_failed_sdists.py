"""A source distribution that cannot be built: the build backend's reason reaches the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.sdists import build_sdist

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

FAILS = """
def at(hook):
    if hook == {hook!r}:
        print("running build_ext")
        raise RuntimeError("libfoo is missing, see https://foo.example")
"""
REASON = "RuntimeError: libfoo is missing, see https://foo.example"
OF_UV = "hint: Build failures usually indicate a problem with the package or the build environment\n"
OURS = "hint: try a version of `{}` that has a wheel for this Python, which needs no build\n"


@pytest.mark.parametrize(
    ("requirement", "way"), [("unmade-1", ""), ("wants-unmade", "wants-unmade 1.0 → unmade-2: ")]
)
def test_while_it_is_resolved(requirement: str, way: str, project: ProjectFolder, index: Index) -> None:
    name = "unmade-1" if not way else "unmade-2"
    build_sdist(index.folder, name, "1.2", at=FAILS.format(hook="metadata"))
    index.add("wants-unmade", "1.0", requires=[name])
    project.pyproject([requirement])
    assert project.mvenv("build", check=False).err == (
        f"Building {name} 1.2 (sdist)\n"
        f"error: `{requirement}` cannot be installed, even alone\n"
        f"  cause: pyproject.toml:6: project.dependencies[0] = '{requirement}'\n"
        f"  cause: {way}Failed to build `{name}==1.2`\n"
        "  cause: Call to `backend.prepare_metadata_for_build_wheel` failed (exit status: 1)\n"
        f"  cause: {REASON}\n\n{OF_UV}{OURS.format(name)}"
    )


def test_while_it_is_installed(project: ProjectFolder, index: Index) -> None:
    build_sdist(index.folder, "unmade-3", "1.2", at=FAILS.format(hook="wheel"))
    project.pyproject(["unmade-3"])
    outcome = project.mvenv("build", check=False)
    assert outcome.code == 1
    assert outcome.err.endswith(
        "  cause: Failed to build `unmade-3==1.2`\n"
        "  cause: Call to `backend.build_wheel` failed (exit status: 1)\n"
        f"  cause: {REASON}\n\n{OF_UV}{OURS.format('unmade-3')}"
    )
    assert not (project.root / ".venv").exists()
