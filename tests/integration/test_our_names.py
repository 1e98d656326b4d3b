"""Distributions named like mvenv's own packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.workshop import CONFLICT, publish_conflict

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def publish(index: Index) -> None:
    publish_conflict(index)
    for version in ("1.0", "2.0"):
        index.add(
            "runtime-shim",
            version,
            files={
                "runtime_shim/__init__.py": f"own = {version!r}\n",
                "runtime_shim/model.py": "",
                "rest.py": "",
            },
        )
        index.add("orchestrator", version, files={"orchestrator/__init__.py": f"own = {version!r}\n"})


def test_two_versions_of_each(project: ProjectFolder, index: Index) -> None:
    publish(index)
    for number, name in enumerate(("dep-x", "dep-y"), 1):
        index.add(
            name,
            "1.0",
            requires=[f"runtime-shim=={number}.0", f"orchestrator=={number}.0"],
            files={f"{name.replace('-', '_')}.py": "import runtime_shim, orchestrator\n"},
        )
    project.pyproject(["dep-x", "dep-y"])
    project.mvenv("build")
    printed = project.python(
        "-c", "import dep_x, dep_y; print(dep_x.runtime_shim.own, dep_y.orchestrator.own)"
    )
    assert printed.out == "1.0 2.0\n"


def test_one_where_the_shim_is(project: ProjectFolder, index: Index) -> None:
    """The shim takes the module's place, says so, and writes nothing into files that are uv's cache's, too."""
    publish(index)
    project.pyproject(["runtime-shim==1.0", "orchestrator", *CONFLICT])
    built = project.mvenv("build")
    assert "warning: `runtime-shim` has a module `runtime_shim`, in whose place is mvenv's own" in built.err
    printed = project.python(
        "-c", "import dep_a, dep_b, orchestrator; print(dep_a.low_version, orchestrator.own)"
    )
    assert printed.out == "1.0 2.0\n"
    # Without a conflict it is whole, from the same cache.
    project.pyproject(["runtime-shim==1.0", "orchestrator"])
    assert "warning" not in project.mvenv("build").err
    assert project.python("-c", "import runtime_shim; print(runtime_shim.own)").out == "1.0\n"
