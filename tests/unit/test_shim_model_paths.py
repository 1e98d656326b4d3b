"""Whether a path is inside a folder, as the systems see it: on Windows without regard to case and kind of slash."""

from __future__ import annotations

import ntpath
import os
import posixpath
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from runtime_shim.caller import files, folders
from runtime_shim.caller.files import CodeFiles
from runtime_shim.model import hosts, paths
from runtime_shim.model.environment import Environment


def system(name: str, path: Any, sep: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, path=path, sep=sep, stat=os.stat, environ={}, __file__=os.__file__)


@pytest.fixture
def on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, folders, hosts, paths):
        monkeypatch.setattr(module, "os", system("nt", ntpath, "\\"))


@pytest.fixture
def on_posix(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, folders, hosts, paths):
        monkeypatch.setattr(module, "os", system("posix", posixpath, "/"))


@pytest.mark.usefixtures("on_windows")
@pytest.mark.parametrize(
    ("path", "is_below"),
    [
        (r"C:\Project\lib\a.py", True),
        (r"c:\PROJECT\lib", True),
        ("C:/Project/lib/a.py", True),
        (r"C:\Projects\lib", False),
        (r"D:\Project\lib", False),
        (r"\\server\C\Project\lib", False),
    ],
)
def test_below_on_windows(path: str, is_below: bool) -> None:
    for folder in ("C:\\Project", "C:\\Project\\", "c:/project"):
        assert paths.is_below(path, folder) is is_below


@pytest.mark.usefixtures("on_posix")
@pytest.mark.parametrize(
    ("path", "is_below"),
    [("/project/a.py", True), ("/Project/a.py", False), ("/projects/a.py", False), ("\\project\\a", False)],
)
def test_below_elsewhere(path: str, is_below: bool) -> None:
    assert paths.is_below(path, "/project") is is_below


class Project:
    def __init__(self) -> None:
        self.application = Environment("application", None, [r"C:\Project\.venv\Lib\site-packages"])
        self.isolated = Environment("dep-a", self.application, [r"C:\Project\py_modules\A\Lib\site-packages"])
        self.files = CodeFiles()
        known = {
            "C:\\Python312\\Lib\\": None,
            "C:\\Project\\.venv\\": None,
            "C:\\Project\\py_modules\\A\\": self.isolated,
        }
        commands = {r"C:\Project\.venv\Scripts\tool.exe\__main__.py": self.isolated}
        self.files.configure(self.application, known, ["C:\\Project", "\\\\server\\share"], commands)


@pytest.fixture
def project(on_windows: None) -> Project:
    return Project()


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("slash", ["\\", "/"])
def test_whose_a_file_is_on_windows(project: Project, slash: str, lower: bool) -> None:
    def spelt(path: str) -> str:
        path = path.replace("\\", slash)
        return path.lower() if lower else path

    known, isolated, application = project.files, project.isolated, project.application
    inside = spelt(r"C:\Project\py_modules\A\Lib\site-packages\lib\a.py")
    assert known.owners_of(inside) is isolated.owners
    assert known.environment_of(inside) is isolated
    assert known.is_installed(inside)
    assert not known.is_of_project(inside)
    own = spelt(r"C:\Project\app.py")
    assert known.owners_of(own) is application.owners
    assert known.is_of_project(own)
    assert known.owners_of(spelt(r"\\server\share\plugin.py")) is application.owners
    shared = spelt(r"C:\Python312\Lib\json\__init__.py")
    assert known.owners_of(shared) is None
    assert shared in known.neutral
    assert known.owners_of(spelt(r"D:\Project\app.py")) is None


def test_what_another_process_says_is_the_applications(project: Project) -> None:
    project.files.claim(["E:\\Other\\"], [r"E:\main.py"])
    assert project.files.is_of_project(r"e:\other\lib.py")
    assert project.files.owners_of(r"E:\Other\lib.py") is project.application.owners
    assert project.files.owners_of(r"E:\main.py") is project.application.owners


def test_a_launchers_code_is_its_environments(project: Project) -> None:
    project.files.give_main_script(r"c:\project\.venv\scripts\TOOL.exe\__main__.py", project.application)
    found = project.files.owners_of(r"c:\project\.venv\scripts\TOOL.exe\__main__.py")
    assert found is project.isolated.owners


@pytest.mark.usefixtures("on_windows")
def test_commands_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", "C:\\Project\\.venv")
    application = Environment("application", None, ["site"])
    home = Environment("dep-a", application, ["site-a"])
    document: Any = {"application": {"scripts": {"tool.exe": "dep-a", "old.py": "dep-a"}}}
    found = folders.commands(document, {"dep-a": home})
    assert found == dict.fromkeys(
        (
            r"C:\Project\.venv\Scripts\tool.exe",
            r"C:\Project\.venv\Scripts\tool.exe\__main__.py",
            r"C:\Project\.venv\Scripts\old.py",
        ),
        home,
    )


@pytest.mark.usefixtures("on_windows")
def test_hosts_on_windows() -> None:
    site = ["C:\\Project\\.venv\\Lib\\site-packages\\"]
    assert hosts.host_of("", r"C:\Project\.venv\Scripts\pytest.exe", site) == "pytest"
    assert hosts.host_of("", r"C:\Project\.venv\Scripts\black.exe", site) is None
    assert hosts.is_of_host(r"c:\project\.venv\lib\SITE-PACKAGES\pytest\__main__.py", site)
    assert not hosts.is_of_host(r"c:\project\.venv\lib\site-packages\black\__main__.py", site)
