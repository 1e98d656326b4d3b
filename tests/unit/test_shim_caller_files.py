"""Whose code lies in which file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime_shim.caller import files
from runtime_shim.caller.files import CodeFiles
from runtime_shim.model.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path


class Project:
    """An application with a shared `site-packages` and an isolated environment."""

    def __init__(self) -> None:
        self.application = Environment("application", None, ["/project/.venv/site"])
        self.isolated = Environment("dep-a", self.application, ["/project/py_modules/a/site"])
        self.files = CodeFiles()

    def configure(self, commands: dict[str, Environment] | None = None) -> CodeFiles:
        folders = {
            "/usr/lib/python3/": None,
            "/project/.venv/": None,
            "/project/.venv/site/": None,
            "/project/py_modules/a/": self.isolated,
        }
        self.files.configure(self.application, folders, ["/project", "/scripts"], commands)
        return self.files


@pytest.fixture
def project() -> Project:
    return Project()


def test_the_longest_folder_decides(project: Project) -> None:
    known = project.configure()
    assert known.owners_of("/project/py_modules/a/site/lib.py") is project.isolated.owners
    assert known.owners_of("/project/app.py") is project.application.owners
    assert known.owners_of("/scripts/tool.py") is project.application.owners
    assert known.owners_of("/project/.venv/site/shared.py") is None
    assert known.neutral == {"/project/.venv/site/shared.py"}
    assert known.project == "/project/"


def test_whose_folder(project: Project) -> None:
    known = project.configure()
    assert known.environment_of("/project/py_modules/a/bin/tool") is project.isolated
    assert known.environment_of("/project/app.py") is None
    assert known.environment_of("/usr/lib/python3/json.py") is None
    assert known.is_installed("/project/.venv/site")
    assert not known.is_installed("/project/src")
    assert not known.is_installed("/project/.venvs/site")


def test_names_that_are_no_paths_are_not_remembered(project: Project) -> None:
    known = project.configure()
    before = dict(known.owners)
    for made_up in ("<string>", "page.html", "<frozen json>"):
        assert known.owners_of(made_up) is None
    assert known.owners == before
    assert known.neutral == set()


def test_a_file_of_nobodys_folder_is_given_once(project: Project) -> None:
    known = project.configure()
    assert known.owners_of("/tmp/plugin.py") is None
    known.give(["/tmp/plugin.py"], project.isolated)
    assert known.owners_of("/tmp/plugin.py") is project.isolated.owners


def test_few_files_are_remembered(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_MOST_FILES", 10)
    known = project.configure()
    known.give_main_script("/elsewhere/main.py", project.application)
    for number in range(100):
        known.owners_of(f"/project/templates/{number}.py")
    assert len(known.owners) <= 12
    assert known.owners["/elsewhere/main.py"] is project.application.owners


def test_a_claim_before_the_start_holds_after_it(project: Project) -> None:
    project.files.claim(["/workers/"], ["/elsewhere/main.py"])
    known = project.configure()
    assert known.owners_of("/elsewhere/main.py") is project.application.owners
    known.give_main_script(
        None, project.isolated
    )  # a worker of the environment: what is claimed stays the application's
    assert known.owners_of("/workers/task.py") is project.application.owners
    assert known.owners_of("/scripts/tool.py") is None


def test_a_claim_after_the_start_holds_at_once(project: Project) -> None:
    known = project.configure()
    known.claim(["/workers/"], ["/elsewhere/main.py"])
    assert known.owners_of("/elsewhere/main.py") is project.application.owners
    assert known.owners_of("/workers/task.py") is project.application.owners
    folders, claimed = known.claims()
    assert folders == ["/project/", "/scripts/", "/workers/"]
    assert claimed == ["/elsewhere/main.py"]


def test_the_main_script_is_its_starters(project: Project) -> None:
    known = project.configure()
    known.give_main_script("/scripts/worker.py", project.isolated)
    assert known.owners_of("/scripts/worker.py") is project.isolated.owners
    assert known.owners_of("/scripts/beside.py") is None
    assert known.owners_of("/project/app.py") is project.application.owners


def test_another_map_forgets_what_was_neutral(project: Project) -> None:
    known = project.configure()
    assert known.owners_of("/project/.venv/site/shared.py") is None
    known.configure(project.application, {"/project/.venv/site/shared": project.isolated}, ["/project"])
    assert known.owners_of("/project/.venv/site/shared.py") is project.isolated.owners


def test_a_command_is_its_environments_by_whatever_path(project: Project, tmp_path: Path) -> None:
    """A script in the application's `bin`, however it was started: by a link, or as a worker's main program."""
    command, link = tmp_path / "bin/tool", tmp_path / "link"
    link.symlink_to(command)
    known = project.configure({str(command): project.isolated})
    for main in (str(command), str(link), str(tmp_path / "bin/./tool")):
        known.give_main_script(main, project.application)
        assert known.owners_of(main) is project.isolated.owners
    assert known.owners_of("/scripts/beside.py") is project.application.owners
    known.claim([], [str(link), "/tmp/mine.py"])
    assert known.owners_of(str(link)) is project.isolated.owners
    assert known.owners_of("/tmp/mine.py") is project.application.owners
