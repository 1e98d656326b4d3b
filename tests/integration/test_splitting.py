"""Requirements that contradict themselves: split, at any depth, and the importer still finds everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def publish(index: Index) -> None:
    """`torn` needs `mid` (low<2) and `far` (low>=2); `outer` needs `torn`."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("free", "1.0")
    for name, bound in (("mid", "low<2"), ("far", "low>=2")):
        source = "import low\nlow_version = low.__version__\n"
        index.add(name, "1.0", requires=[bound, "free"], files={f"{name}.py": source})
    index.add(
        "torn",
        "1.0",
        requires=["mid", "far", "free"],
        files={"torn/__init__.py": "import mid, far, free\nseen = (mid.low_version, far.low_version)\n"},
        extras={"all": ["gate"]},
    )
    index.add(
        "outer", "1.0", requires=["torn", "free"], files={"outer.py": "import torn\nseen = torn.seen\n"}
    )


@pytest.fixture(scope="module")
def torn(workshop: Workshop) -> ProjectFolder:
    index, project = workshop.new("torn")
    publish(index)
    project.pyproject(["torn"])
    project.mvenv("build")
    return project


def test_the_importer_finds_both(torn: ProjectFolder) -> None:
    assert torn.python("-c", "import torn; print(*torn.seen)").out == "1.0 2.0\n"


def test_the_fewest_environments(torn: ProjectFolder) -> None:
    names = sorted(path.name.rpartition("-")[0] for path in torn.root.glob("py_modules/*-*"))
    assert names == ["far", "torn"]
    assert (torn.library / "site-packages/free").is_dir()


def test_the_environments_work_by_themselves(torn: ProjectFolder) -> None:
    (folder,) = torn.root.glob("py_modules/far-*")
    from tests.support.process import run

    said = run(
        (str(folder / "bin/python"), "-c", "import far; print(far.low_version)"),
        cwd=torn.root,
        env=dict(torn.environment),
    )
    assert said.out == "2.0\n"


def test_it_is_written_down(torn: ProjectFolder) -> None:
    table = torn.read_json("default_dependencies_versions.json")
    assert table["torn"] == {"1.0": {"far": "1.0", "mid": "1.0"}}
    assert table["far"] == {"1.0": {"low": "2.0"}}


def test_at_any_depth_and_beside_others(project: ProjectFolder, index: Index) -> None:
    """`outer` → `torn` → …; `late` agrees with `far`, so that both share a group."""
    publish(index)
    index.add("late", "1.0", requires=["low>=2"], files={"late.py": "import low\n"})
    project.pyproject(["outer", "late", "mid"])
    project.mvenv("build")
    said = project.python(
        "-c", "import outer, late, mid; print(*outer.seen, late.low.__version__, mid.low_version)"
    ).out
    assert said == "1.0 2.0 2.0 1.0\n"
    assert len(list(project.root.glob("py_modules/*-*"))) == 2


def test_another_version_of_the_very_dependency_is_needed_beside_it(
    project: ProjectFolder, index: Index
) -> None:
    """`odd` wants `low` 2 for itself, and `mid`, which wants 1: what is its own must not be `mid`'s."""
    publish(index)
    index.add(
        "odd",
        "1.0",
        requires=["low>=2", "mid"],
        files={"odd.py": "import low, mid\nseen = (low.__version__, mid.low_version)\n"},
    )
    index.add("user", "1.0", requires=["odd"], files={"user.py": "import odd\nseen = odd.seen\n"})
    project.pyproject(["user"])
    project.mvenv("build")
    assert project.python("-c", "import user; print(*user.seen)").out == "2.0 1.0\n"


def test_a_name_clash_in_one_tree(project: ProjectFolder, index: Index) -> None:
    """`both` needs two distributions that install the same module; a sibling uses either."""
    index.add("rpc-one", "1.0", files={"rpc.py": "maker = 'one'\n"})
    index.add("rpc-two", "1.0", files={"rpc.py": "maker = 'two'\n"})
    for name in ("one", "two"):
        source = "import rpc\nmaker = rpc.maker\n"
        index.add(f"uses-{name}", "1.0", requires=[f"rpc-{name}"], files={f"uses_{name}.py": source})
    source = "import uses_one, uses_two\nseen = (uses_one.maker, uses_two.maker)\n"
    index.add("both", "1.0", requires=["uses-one", "uses-two"], files={"both.py": source})
    project.pyproject(["both"])
    project.mvenv("build")
    assert project.python("-c", "import both; print(*both.seen)").out == "one two\n"


def test_what_cannot_be_split_is_explained(project: ProjectFolder, index: Index) -> None:
    publish(index)
    index.add("hopeless", "1.0", requires=["gone>=3"])
    index.add("above", "1.0", requires=["hopeless", "mid"])
    project.pyproject(["above"])
    said = project.mvenv("build", check=False)
    assert said.code == 1
    assert "Traceback" not in said.err
    assert "above 1.0 → hopeless 1.0 → gone>=3" in said.err
    assert "pyproject.toml:6: project.dependencies[0]" in said.err
    assert not (project.root / ".venv").exists()
