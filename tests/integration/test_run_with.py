"""`mvenv run --with`: distributions for one run, before the application's and nobody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import publish_conflict, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

TELLER = """
import sys, dep_a

def main():
    print(dep_a.low_version, sys.argv[1:])
"""
VERSIONS = "import low, dep_b; print(low.__version__, dep_b.low_version)"


@pytest.fixture
def built(project: ProjectFolder, index: Index, tmp_path: Path) -> ProjectFolder:
    publish_conflict(index)
    index.add("extra", "1.0", requires=["plain"], files={"extra.py": "import plain\n"})
    index.add("teller", "1.0", files={"teller.py": TELLER}, entry_points={"tell": "teller:main"})
    project = kept_in(project, str(tmp_path / "kept"))
    project.pyproject(["dep-a", "dep-b", "plain"])
    project.mvenv("build")
    return project


def kept_in(project: ProjectFolder, place: str) -> ProjectFolder:
    return replace(project, environment={**project.environment, "MVENV_ENVIRONMENT_CACHE": place})


def without_note(root: Path) -> dict[str, object]:
    """Return all that is there but the note that nothing has changed since the last start."""
    return {name: found for name, found in tree(root).items() if not name.endswith("mvenv.fresh")}


def test_it_is_there_in_this_run_alone(built: ProjectFolder) -> None:
    before = without_note(built.root)
    code = "import extra, plain; print(extra.__file__, plain.__file__)"
    extra, plain = built.mvenv("run", "--with", "extra", "python", "-c", code).out.split()
    assert "/kept/layers-1/" in extra
    assert plain.startswith(str(built.root / ".venv"))  # the application has it in the same version
    assert built.mvenv("run", "python", "-c", "import extra", check=False).code == 1
    assert without_note(built.root) == before


def test_a_command_of_it_sees_the_project(built: ProjectFolder) -> None:
    assert built.mvenv("run", "--with", "teller", "tell", "--all").out == "1.0 ['--all']\n"
    assert built.mvenv("run", "--with=teller", "-m", "teller").code == 0


def test_another_version_is_the_application_s_alone(built: ProjectFolder, index: Index) -> None:
    index.add("plain", "2.0", files={"plain.py": "__version__ = '2.0'\n"})
    code = "import plain, importlib.metadata as m; print(plain.__version__, m.version('plain'))"
    told = built.mvenv("run", "--with", "plain==2.0", "python", "-c", code)
    assert told.out == "2.0 2.0\n"
    assert told.err == "note: in this run your code imports plain 2.0 in place of 1.0\n"
    assert built.mvenv("run", "--with", "low==2.0", "python", "-c", VERSIONS).out == "2.0 2.0\n"
    code = "import low, dep_a; print(low.__version__, dep_a.low_version)"
    assert built.mvenv("run", "--with", "low==2.0", "python", "-c", code).out == "2.0 1.0\n"


def test_what_is_there_already_needs_nothing(built: ProjectFolder, tmp_path: Path) -> None:
    assert built.mvenv("run", "--with", "plain", "python", "-c", "import plain").err == ""
    assert not (tmp_path / "kept/layers-1").exists()


def test_a_folder(built: ProjectFolder) -> None:
    module = write_local_project(built.root / "lib", "my-lib", "my_lib", "value = 1\n")
    assert (
        built.mvenv("run", "--with", "./lib", "python", "-c", "import my_lib; print(my_lib.value)").out
        == "1\n"
    )
    module.write_text("value = 2\n")
    assert (
        built.mvenv("run", "--with", "./lib", "python", "-c", "import my_lib; print(my_lib.value)").out
        == "2\n"
    )


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("ghost", "error: `--with ghost` cannot be installed\n"),
        ("a b", "error: Invalid value for '--with': `a b` is not a valid requirement\n"),
        ("", "error: Invalid value for '--with': it is empty\n"),
    ],
)
def test_what_cannot_be(wanted: str, said: str, built: ProjectFolder) -> None:
    told = built.mvenv("run", "--with", wanted, "python", check=False)
    assert told.err.startswith(said)
    assert "\nhint: " in told.err
    assert "mvenv-question" not in told.err


def test_without_a_place(built: ProjectFolder) -> None:
    told = kept_in(built, "off").mvenv("run", "--with", "extra", "python", check=False)
    assert (told.code, told.err.splitlines()[0]) == (1, "error: what `--with` installs has no place")


def test_what_shares_a_replaced_library_comes_along(built: ProjectFolder, index: Index) -> None:
    """`mid` is there in the version that is wanted, and would find the other `low` where it is."""
    index.add("mid", "1.0", requires=["low"], files={"mid.py": "import low\nversion = low.__version__\n"})
    index.add("fresh", "1.0", requires=["low>=2", "mid"], files={"fresh.py": "import low, mid\n"})
    built.pyproject(["mid", "low==1.0"])
    built.mvenv("build")
    code = "import fresh, low, mid; print(low.__version__, mid.version)"
    assert built.mvenv("run", "--with", "fresh", "python", "-c", code).out == "2.0 2.0\n"
    assert built.mvenv("run", "python", "-c", "import mid; print(mid.version)").out == "1.0\n"
