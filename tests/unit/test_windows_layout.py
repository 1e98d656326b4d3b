"""The steps of a build and of `mvenv run` that look into an environment, with the layout that Windows has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.cli import run_again, run_as, run_elsewhere
from orchestrator.environments import venv
from orchestrator.environments.site import Site
from orchestrator.errors import MvenvError
from orchestrator.install import scripts
from orchestrator.install.offers import Offer
from orchestrator.install.record import InstalledDistribution, installed
from orchestrator.plan.model import PlannedEnvironment
from orchestrator.system import this_system, windows

if TYPE_CHECKING:
    from pathlib import Path

LAUNCHER = b"MZ" + b"\0" * 9000 + b"PK\x03\x04" + b"__main__.py" + b"import tool"
"""What is before the archive is a program, whose size is some ten thousand bytes."""


@pytest.fixture(autouse=True)
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *("SCRIPTS", "PYTHON", "SITE_PACKAGES"),
        *("command_name", "file_names", "interpreter_behind", "is_path", "versioned_name"),
    ):
        monkeypatch.setattr(this_system, name, getattr(windows, name))
    monkeypatch.setenv("PATHEXT", ".EXE;.BAT")


def executable(path: Path, content: bytes = b"MZ") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)
    return path


def site(root: Path, name: str) -> Site:
    return Site(PlannedEnvironment(name, (), {}), root / name, root / name, "digest")


def offer(root: Path, version: str, *, seen: bool, **files: bytes) -> Offer:
    place = site(root, f"tool-{version}")
    outside = {}
    for name, content in files.items():
        path = f"Scripts/{name.replace('__', '.')}"
        executable(place.folder / path, content)
        outside[path] = ""
    return Offer(InstalledDistribution("tool", version, {}, (), outside=outside), place, seen)


def test_launchers_are_copied_and_programs_linked(tmp_path: Path) -> None:
    application = site(tmp_path, "application")
    (application.folder / "Scripts").mkdir(parents=True)
    commands = scripts.provide(
        application,
        [
            offer(tmp_path, "2.0", seen=True, tool__exe=LAUNCHER, native__exe=b"MZ and no archive"),
            offer(tmp_path, "1.0", seen=False, tool__exe=LAUNCHER + b" of 1.0"),
        ],
    )
    assert commands.environments == {
        "native.exe": "tool-2.0",
        "tool.exe": "tool-2.0",
        "tool@1.0.exe": "tool-1.0",
    }
    assert commands.others == ("tool@1.0.exe",)
    own = application.folder / "Scripts"
    assert not (own / "tool.exe").is_symlink()
    assert (own / "tool@1.0.exe").read_bytes() == LAUNCHER + b" of 1.0"
    assert (own / "native.exe").is_symlink()


def test_what_lies_outside_of_site_packages(tmp_path: Path) -> None:
    site_packages = tmp_path / "Lib" / "site-packages"
    metadata = site_packages / "tool-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Name: tool\nVersion: 1.0\n")
    record = "tool.py,,\n../../Scripts/tool.exe,sha256=x,1\n../../../elsewhere,,\n"
    (metadata / "RECORD").write_text(record)
    (found,) = installed(site_packages)
    assert dict(found.files) == {"tool.py": ""}
    assert dict(found.outside) == {"Scripts/tool.exe": "sha256=x"}


def test_where_things_are_in_an_environment(tmp_path: Path) -> None:
    assert venv.python(tmp_path) == tmp_path / "Scripts" / "python.exe"
    (tmp_path / "Lib" / "site-packages").mkdir(parents=True)
    assert venv.built_site_packages(tmp_path) == tmp_path / "Lib" / "site-packages"


def test_run_finds_commands_with_their_extensions(tmp_path: Path) -> None:
    own, elsewhere = tmp_path / "Scripts", tmp_path / "elsewhere"
    executable(own / "tool.exe")
    executable(own / "bare")
    executable(elsewhere / "tool.bat")
    executable(elsewhere / "other.bat")
    folders = [str(own), str(elsewhere)]
    assert run_again.which("tool", folders) == str(own / "tool.exe")
    assert run_again.which("tool.exe", folders) == str(own / "tool.exe")
    assert run_again.which("other", folders) == str(elsewhere / "other.bat")
    assert run_again.which("bare", folders) is None  # Windows cannot start it


def test_commands_of_an_environment(tmp_path: Path) -> None:
    executable(tmp_path / "Scripts" / "tool.exe")
    executable(tmp_path / "Scripts" / "python.exe")
    assert run_as._command(tmp_path, "tool") == str(tmp_path / "Scripts" / "tool.exe")
    assert run_as._command(tmp_path, "python") is None  # it has no shim


def test_whose_a_launcher_is(tmp_path: Path) -> None:
    """[distlib] A program, a line with the interpreter, an archive."""
    for line in (b"#!C:\\Other Python\\python.exe\r\n", b'#!"C:\\Other Python\\python.exe"\n'):
        path = executable(tmp_path / "tool.exe", b"MZ" + b"\0" * 9000 + line + b"PK\x03\x04" + b"__main__.py")
        assert run_elsewhere._python_of("tool", str(path), []) == "C:\\Other Python\\python.exe"
    program = executable(tmp_path / "git.exe", b"MZ" + b"#! is in it" + b"\0" * 100)
    assert run_elsewhere._python_of("git", str(program), []) is None


@pytest.mark.parametrize("name", ["pip", "pip.exe", "PIP.EXE"])
def test_no_other_pythons_installer_is_run(tmp_path: Path, name: str) -> None:
    path = executable(tmp_path / "pip.exe", b"MZ#!C:\\Python\\python.exe\nPK\x03\x04")
    with pytest.raises(MvenvError, match="is not this project's"):
        run_elsewhere.check(name, str(path), tmp_path, [str(tmp_path / "own")])
