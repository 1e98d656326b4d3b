from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.scripts import console_scripts, write

if TYPE_CHECKING:
    from pathlib import Path


def installed(site_packages: Path) -> Path:
    """Return the `.dist-info` of a distribution whose folder spells its name in its own way."""
    folder = site_packages / "Some.Tool-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: Some.Tool\nVersion: 1.0\n")
    return folder


def test_console_scripts(tmp_path: Path) -> None:
    (installed(tmp_path) / "entry_points.txt").write_text(
        "[console_scripts]\nTool = pkg.cli:main\nother=pkg:Class.method [extra]\nper%cent = a:b\n\n"
        "[gui_scripts]\nx = y:z\n"
    )
    assert console_scripts(tmp_path, "some-tool") == {
        "Tool": "pkg.cli:main",
        "other": "pkg:Class.method [extra]",
        "per%cent": "a:b",
    }


@pytest.mark.parametrize("text", [None, "", "[other]\na = b:c\n", "not an ini file"])
def test_none(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        (installed(tmp_path) / "entry_points.txt").write_text(text)
    assert console_scripts(tmp_path, "some-tool") == {}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A `bin` folder, as in an environment, whose name has a blank."""
    folder = tmp_path / "an environment" / "bin"
    folder.mkdir(parents=True)
    (folder / "python").symlink_to(sys.executable)
    (folder / "tools_of_mine.py").write_text(
        "import sys\nclass Tool:\n    @staticmethod\n    def run():\n        print(*sys.argv[1:])\n        return 3\n"
    )
    return folder


@pytest.mark.parametrize("target", ["tools_of_mine:Tool.run", " tools_of_mine : Tool.run [extra]"])
def test_a_script_finds_the_interpreter_beside_it(target: str, scripts: Path, tmp_path: Path) -> None:
    write(scripts, "tool", target)
    for path in (scripts / "tool", _link(tmp_path / "link", scripts / "tool")):
        done = subprocess.run([path, "a b", "-x"], capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (3, "a b -x\n"), done.stderr


def _link(path: Path, target: Path) -> Path:
    path.symlink_to(target)
    return path


def test_what_is_there_stays(scripts: Path) -> None:
    (scripts / "tool").write_text("mine")
    write(scripts, "tool", "tools_of_mine:Tool.run")
    assert (scripts / "tool").read_text() == "mine"


def test_a_target_without_a_function_is_no_script(scripts: Path) -> None:
    write(scripts, "tool", "tools_of_mine")
    assert not (scripts / "tool").exists()
