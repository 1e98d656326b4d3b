"""Archives and frozen programs: two versions of a library do not fit into one archive, so `py_modules` comes along."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

TOOLS = ("pyinstaller", "pex", "shiv")
PROGRAM = """
    def main():
        import sys
        import dep_a, dep_b, lib

        print("each side:", lib.VERSION, dep_a.version(), dep_b.version(), *sys.argv[1:])

    if __name__ == "__main__":
        main()
"""
RIGHT = "each side: 1 1 2 x\n"
THE_PROJECTS_PYTHON = "the archive holds the project's own code, and is run by the project's Python"


PAGE = Path(__file__).parents[2] / "docs/configuration.md"


@pytest.fixture
def project(tool_project: ToolProject) -> ProjectFolder:
    project = tool_project(*TOOLS)
    project.write("source/program.py", PROGRAM)
    return project


@pytest.mark.tool("zipapp", distribution="python", how=f"`python -m zipapp`; {THE_PROJECTS_PYTHON}")
def test_zipapp(project: ProjectFolder) -> None:
    project.mvenv("run", "python", "-m", "zipapp", "source", "-m", "program:main", "-o", "app.pyz")
    shutil.rmtree(project.root / "source")
    assert project.python("app.pyz", "x").out == RIGHT


@pytest.mark.tool(
    "shiv", how=f"`mvenv run shiv --site-packages SOURCE -e program:main -o app.pyz`; {THE_PROJECTS_PYTHON}"
)
def test_shiv(project: ProjectFolder) -> None:
    command = ("shiv", "--site-packages", "source", "-e", "program:main", "-o", "app.pyz")
    project.mvenv("run", *command)
    shutil.rmtree(project.root / "source")
    variables = {"SHIV_ROOT": str(project.root / "unpacked")}
    assert project.python("app.pyz", "x", env=variables).out == RIGHT


@pytest.mark.tool(
    "pex",
    how=f"`mvenv run pex -D SOURCE -m program:main --inherit-path=prefer -o app.pex`; {THE_PROJECTS_PYTHON}",
)
def test_pex(project: ProjectFolder) -> None:
    variables = {"PEX_ROOT": str(project.root / "unpacked")}
    command = ("pex", "-D", "source", "-m", "program:main", "--inherit-path=prefer", "-o", "app.pex")
    project.mvenv("run", *command, env=variables)
    shutil.rmtree(project.root / "source")
    assert project.python("app.pex", "x", env=variables).out == RIGHT


@pytest.mark.tool(
    "PyInstaller",
    how="[a spec file that takes `py_modules` along](configuration.md#archives-and-frozen-programs)",
)
def test_pyinstaller(project: ProjectFolder, tmp_path: Path) -> None:
    """The program runs where the project is not. The two files are those of the documentation."""
    section = PAGE.read_text("utf-8").partition("## Archives and frozen programs\n")[2].partition("\n## ")[0]
    spec, hook = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    project.write("app.py", PROGRAM)
    project.write("app.spec", spec)
    project.write("start_mvenv.py", hook)
    project.mvenv("run", "pyinstaller", "--noconfirm", "--log-level", "ERROR", "app.spec", timeout=580)
    shutil.move(project.root / "dist/app", tmp_path / "frozen")
    elsewhere = project.root.with_name("elsewhere")
    project.root.rename(elsewhere)
    try:
        command = [str(tmp_path / "frozen/app"), "x"]
        done = subprocess.run(
            command, cwd=tmp_path, env={}, capture_output=True, text=True, timeout=60, check=False
        )
    finally:
        elsewhere.rename(project.root)
    assert done.stdout == RIGHT, done.stderr
