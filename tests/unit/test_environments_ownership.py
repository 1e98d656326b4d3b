from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.environments import making, ownership
from orchestrator.environments.marking import Marking, mark
from orchestrator.environments.sweeping import sweep
from orchestrator.errors import InstallError
from orchestrator.state.freshness import is_tidy

if TYPE_CHECKING:
    from pathlib import Path


def environment(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text("home = x\n")
    return folder


def test_nothing_is_there(tmp_path: Path) -> None:
    ownership.check(tmp_path)


def test_its_own_are_accepted(tmp_path: Path) -> None:
    mark(environment(tmp_path / ".venv"), Marking(content=""))
    ownership.claim_modules(tmp_path)
    environment(tmp_path / "py_modules" / "a")
    ownership.check(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "3"])
def test_its_own_are_accepted_whatever_became_of_the_mark(text: str, tmp_path: Path) -> None:
    (environment(tmp_path / ".venv") / "mvenv.json").write_text(text)
    ownership.check(tmp_path)


@pytest.mark.parametrize("name", [".gitignore", ".ignore", "CACHEDIR.TAG"])
def test_a_claim_that_was_killed_halfway(name: str, tmp_path: Path) -> None:
    (tmp_path / "py_modules").mkdir()
    (tmp_path / "py_modules" / name).write_text("")
    ownership.check(tmp_path)
    modules = ownership.claim_modules(tmp_path)
    environment(modules / "a")
    ownership.check(tmp_path)


def test_a_foreign_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "py_modules").mkdir()
    (tmp_path / "py_modules" / "mine.py").write_text("")
    with pytest.raises(InstallError, match="mvenv does not touch it"):
        ownership.check(tmp_path)


def test_the_tag_of_another_tool(tmp_path: Path) -> None:
    modules = environment(tmp_path / "py_modules")
    (modules / "CACHEDIR.TAG").write_text(
        "Signature: 8a477f597d28d172789f06886806bc55\n# Made by another tool\n"
    )
    with pytest.raises(InstallError):
        ownership.check(tmp_path)


def test_claiming_again_writes_nothing(tmp_path: Path) -> None:
    modules = ownership.claim_modules(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in modules.iterdir()}
    assert ownership.claim_modules(tmp_path) == modules
    assert {path: path.stat().st_mtime_ns for path in modules.iterdir()} == before
    assert (modules / ".gitignore").read_text() == (modules / ".ignore").read_text() == "*\n"


def test_sweeping(tmp_path: Path) -> None:
    modules = ownership.claim_modules(tmp_path)
    kept, old = environment(modules / "a-11111111"), environment(modules / "a-22222222")
    application = environment(tmp_path / ".venv")
    killed = environment(tmp_path / ".venv-0a1b2c3d-4711")
    half_gone = tmp_path / ".venv-0a1b2c3d-4712" / "lib"
    half_gone.mkdir(parents=True)
    replaced = environment(tmp_path / ".venv-old-4711")
    mine = [
        environment(tmp_path / name) for name in (".venv-3.12", ".venv-test", ".venv-0a1b2c3d", ".venv-old")
    ]
    sweep(tmp_path, [kept])
    assert all(path.is_dir() for path in (kept, application, *mine))
    assert not any(path.exists() for path in (old, killed, half_gone.parent, replaced))


def test_sweeping_removes_the_folder_with_its_last_environment(tmp_path: Path) -> None:
    environment(ownership.claim_modules(tmp_path) / "a-11111111")
    sweep(tmp_path, [])
    assert not (tmp_path / "py_modules").exists()


def test_sweeping_leaves_a_foreign_folder(tmp_path: Path) -> None:
    mine = environment(tmp_path / "py_modules" / "mine")
    sweep(tmp_path, [])
    assert mine.is_dir()


def test_half_written_files_are_swept(tmp_path: Path) -> None:
    """Of processes that are not this one: what it is writing is needed."""
    mark(environment(tmp_path / ".venv"), Marking(content=""))
    half = [
        tmp_path / ".pyproject.toml.4711",
        tmp_path / ".mvenv.lock.4711",
        tmp_path / ".custom_dependencies_versions.json.4711",
        tmp_path / ".pylock.dep-a.toml.4711",
        tmp_path / ".venv" / ".mvenv.json.4711",
    ]
    mine = [tmp_path / name for name in (".mine.4711", ".pyproject.toml", ".pyproject.toml.bak", ".app.py.1")]
    ours = tmp_path / f".mvenv.lock.{os.getpid()}"
    for path in (*half, *mine, ours):
        path.write_text("")
    assert not is_tidy(tmp_path, [])
    assert sweep(tmp_path, []) == ()
    assert not any(path.exists() for path in half)
    assert all(path.exists() for path in (*mine, ours))


def test_an_environment_that_was_brought_into_a_mount_point_is_swept(tmp_path: Path) -> None:
    mark(environment(tmp_path / ".venv"), Marking(content=""))
    left = environment(tmp_path / ".venv" / ".venv-0a1b2c3d-4711")
    assert not is_tidy(tmp_path, [])
    sweep(tmp_path, [])
    assert not left.exists()
    assert is_tidy(tmp_path, [])


def test_a_volume_in_which_the_first_build_was_killed_is_nobodys(tmp_path: Path) -> None:
    environment(tmp_path / ".venv" / ".venv-0a1b2c3d-4711")
    ownership.check(tmp_path)


def test_a_build_that_fails_removes_what_it_made_and_nothing_else(tmp_path: Path) -> None:
    other, left = tmp_path / "others", environment(tmp_path / "made")
    with pytest.raises(KeyError), making.removed_if_it_fails():
        making.begin(left)
        assert not left.exists()
        environment(left)
        environment(other)  # somebody else's, meanwhile
        raise KeyError
    assert other.is_dir()
    assert not left.exists()


def test_a_build_that_fails_after_its_commit_removes_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made"
    with pytest.raises(KeyError), making.removed_if_it_fails():
        making.begin(made)
        environment(made)
        making.keep()
        raise KeyError
    assert made.is_dir()


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("py_modules", "folder", "`py_modules` is a folder that mvenv did not make"),
        ("py_modules", "file", "`py_modules` is a file that mvenv did not make"),
        ("py_modules", "link", "`py_modules` is a link to nowhere that mvenv did not make"),
        (".venv", "folder", "`.venv` is an environment that mvenv did not make"),
        (".venv", "file", "`.venv` is a file that mvenv did not make"),
    ],
)
def test_what_is_in_the_way_is_called_what_it_is(name: str, kind: str, message: str, tmp_path: Path) -> None:
    place = tmp_path / name
    if kind == "folder":
        (place / "mine").mkdir(parents=True)
    elif kind == "file":
        place.touch()
    else:
        place.symlink_to("nowhere")
    with pytest.raises(InstallError) as raised:
        ownership.check(tmp_path)
    assert raised.value.message == f"{message}; mvenv does not touch it"
    assert ("no folder" in raised.value.causes[0]) is (kind != "folder")
