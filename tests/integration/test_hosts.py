"""Kernels, debuggers, test runners: shared by all wherever that can be, and said where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

HOST = "try:\n    import low\nexcept ImportError:\n    low = None\n"
RUNS = "import runpy, sys\ndef main():\n    runpy.run_path(sys.argv[1], run_name='__main__')\n"


def conflict(index: Index) -> list[str]:
    """Add two libraries that need two versions of a third; return the requirements."""
    for version in ("1.0", "2.0"):
        index.add("low", version)
    index.add("dep-a", "1.0", requires=["low<2"], files={"dep_a.py": "import low"})
    index.add("dep-b", "1.0", requires=["low>=2"], files={"dep_b.py": "import low"})
    return ["dep-a", "dep-b", "low==2.0"]


def test_a_host_is_shared(project: ProjectFolder, index: Index) -> None:
    """A try to import makes a library versioned, and no host: one by its name, one by what it does."""
    direct = conflict(index)
    index.add("celery", "1.0", files={"celery/__init__.py": HOST, "celery/contrib.py": "import low"})
    index.add("starter", "1.0", files={"starter.py": HOST + RUNS}, entry_points={"starter": "starter:main"})
    index.add("library", "1.0", files={"library.py": HOST})
    project.pyproject([*direct, "celery", "starter", "library"])
    built = project.mvenv("build")
    assert project.read_json("versioned_packages.json") == ["dep-a", "dep-b", "library", "low"]
    assert "what they run" not in built.err
    project.write("app.py", "import low, dep_a, dep_b; print(low.__version__, dep_a.low.__version__)")
    assert project.mvenv("run", "starter", "app.py").out == "2.0 1.0\n"
    assert project.python("-c", "import celery; print(celery.low.__version__)").out == "2.0\n"


def test_a_host_that_needs_a_version_is_named(project: ProjectFolder, index: Index) -> None:
    """What it declares counts: it is isolated, the build says so, and what it runs is the application's."""
    direct = conflict(index)
    index.add(
        "pudb",
        "1.0",
        requires=["low<2"],
        files={"pudb/__init__.py": HOST, "pudb/__main__.py": f"{RUNS}main()"},
    )
    project.pyproject([*direct, "pudb"])
    built = project.mvenv("build")
    assert "pudb" in project.read_json("versioned_packages.json")
    assert "Isolated, but what they run sees what the application sees: pudb\n" in built.err
    project.write("app.py", "import low, dep_a, dep_b, pudb; print(low.__version__, pudb.low.__version__)")
    assert project.mvenv("run", "python", "-m", "pudb", "app.py").out == "2.0 1.0\n"


def test_a_kernel_of_a_project_without_one(project: ProjectFolder, index: Index) -> None:
    """`mvenv kernel install` says what is missing, and writes nothing."""
    project.pyproject(conflict(index))
    unbuilt = project.mvenv("kernel", "install", check=False)
    assert unbuilt.code == 1 and "hint: run `mvenv build` first" in unbuilt.err
    project.mvenv("build")
    outcome = project.mvenv("kernel", "install", "--prefix", str(project.root / "other"), check=False)
    assert outcome.code == 1
    assert outcome.err == (
        "error: the project has no kernel for Jupyter\n"
        "  cause: No module named 'ipykernel'\n\n"
        "hint: `mvenv add ipykernel` brings it\n"
    )
    assert not (project.root / "other").exists()
    words = project.mvenv("kernel", check=False)
    assert words.code == 2 and words.err.startswith("error: Missing command")
