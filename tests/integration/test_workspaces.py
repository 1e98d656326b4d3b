"""A workspace of uv's: its members are local projects of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import publish_conflict

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

SOURCES = "\n[tool.uv.sources]\nfeeder = { workspace = true }\nseeds = { workspace = true }\n"


def test_members_that_need_each_other(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    project.pyproject(["feeder", "dep-b"], '[tool.uv.workspace]\nmembers = ["packages/*"]\n' + SOURCES)
    packages = project.root / "packages"
    feeder = write_local_project(
        packages / "feeder", "feeder", "feeder", "import seeds", requires=["seeds", "dep-a"]
    )
    seeds = write_local_project(packages / "seeds", "seeds", "seeds", "kind = 'oak'")
    for folder in (packages / "feeder", packages / "seeds"):
        with (folder / "pyproject.toml").open("a") as file:
            file.write(SOURCES.replace("feeder = { workspace = true }\n", ""))
    program = "import feeder, dep_a, dep_b; print(feeder.seeds.kind, dep_a.low_version, dep_b.low_version)"
    assert project.mvenv("run", "python", "-c", program).out == "oak 1.0 2.0\n"
    seeds.write_text("kind = 'elm'")
    assert project.mvenv("run", "--no-build", "python", "-c", program).out == "elm 1.0 2.0\n"
    feeder.write_text("import seeds\nkind = 'jay'")
    # A member is a project of its own, with a lock and environments of its own.
    outcome = project.mvenv("--project", "packages/feeder", "build")
    assert "and `feeder` itself" in outcome.err
    assert (packages / "feeder/.venv/bin/python").exists()
    # The root's file says where the sources are, so it counts.
    assert project.mvenv("--project", "packages/feeder", "build").err.startswith("Up to date")
    with (project.root / "pyproject.toml").open("a") as file:
        file.write("plain = { path = 'packages' }\n")
    assert not freshly_built(project)


def freshly_built(project: ProjectFolder) -> bool:
    outcome = project.mvenv(
        "--project", "packages/feeder", "run", "--no-build", "python", "-c", "", check=False
    )
    return outcome.code == 0
