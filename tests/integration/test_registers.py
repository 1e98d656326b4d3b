"""A register that two versions share and cannot: a build finds it by trying, and doubles it if that helps."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

REGISTER = """
KNOWN = {}
def register(name, thing):
    if name in KNOWN:
        raise ValueError(f"there is a {name}")
    KNOWN[name] = thing
"""
PROGRAM = "import dep_a, dep_b; print(dep_a.kit.found(), dep_b.kit.found())\n"


def publish(index: Index, kit: str, register: str = REGISTER) -> None:
    """Publish `dep-a` and `dep-b`, which need `kit` 1 and 2; both register in the one `register`."""
    index.add("register", "1.0", files={"register.py": register})
    for version, package in (("1", "dep-a"), ("2", "dep-b")):
        index.add("kit", version, requires=["register"], files={"kit.py": kit.replace("@@", version)})
        source = f"{package.replace('-', '_')}.py"
        index.add(package, "1.0", requires=[f"kit=={version}"], files={source: "import kit\n"})


KIT = """
import register
register.register("kit", "@@")
def found():
    return register.KNOWN["kit"]
"""


def test_it_is_doubled_and_remembered(project: ProjectFolder, index: Index) -> None:
    """The next builds know: from the record, from the lock, and on another machine from the lock alone."""
    publish(index, KIT)
    project.pyproject(["dep-a", "dep-b"])
    told = project.mvenv("build").err
    assert "More than once in one version: register 1.0 (kit 1 and 2 register in it)" in told
    assert "warning" not in told
    project.write("program.py", PROGRAM)
    assert project.python("program.py").out.split() == ["1", "2"]
    assert "isolated because kit 1 and 2 register in it" in project.mvenv("why", "register").out
    folders = sorted(each.name for each in (project.root / "py_modules").iterdir())
    lock = (project.root / "mvenv.lock").read_text()
    shutil.rmtree(project.root / ".venv")
    assert "register 1.0 (kit 1 and 2" in project.mvenv("build", "--locked").err
    assert folders == sorted(each.name for each in (project.root / "py_modules").iterdir())
    assert (project.root / "mvenv.lock").read_text() == lock


def test_what_that_does_not_cure_stays_shared(project: ProjectFolder, index: Index) -> None:
    """The second import of `kit` fails in the register's code, for what a process has once."""
    publish(index, KIT, REGISTER.replace("KNOWN = {}", "import os\nKNOWN = os.environ"))
    project.pyproject(["dep-a", "dep-b"])
    assert "More than once" not in project.mvenv("build").err
    assert (project.root / ".venv" / "lib").is_dir()
    assert next((project.root / ".venv").glob("lib/*/site-packages/register.py")).exists()
    project.write("program.py", PROGRAM)
    assert "there is a kit" in project.python("program.py", check=False).err
