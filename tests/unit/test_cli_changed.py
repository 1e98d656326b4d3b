"""What the commands that change pyproject.toml share, with builds that end in every way."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

import orchestrator.pipeline.build
from orchestrator.cli import changed
from orchestrator.config.document import read_text
from orchestrator.editing.model import Edited
from orchestrator.errors import ConfigError, MvenvError, ResolutionError
from orchestrator.system import pending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEFORE = '[project]\nname = "app"\n'
AFTER = BEFORE + 'dependencies = ["a"]\n'


def edit(text: str) -> Edited:
    return Edited(text + 'dependencies = ["a"]\n', ("Added `a`",))


@pytest.fixture
def pyproject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "pyproject.toml"
    file.write_text(BEFORE)
    return file


@pytest.fixture
def built_with(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Path], None]], None]:
    """Let builds do something else."""

    def built_with(does: Callable[[Path], None]) -> None:
        monkeypatch.setattr(orchestrator.pipeline.build, "build", lambda pyproject, *_, **__: does(pyproject))

    return built_with


def test_without_a_build(pyproject: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed.change(edit, build=False)
    assert pyproject.read_text() == AFTER
    assert capsys.readouterr() == ("", "Added `a`\n")


@pytest.mark.parametrize("error", [ResolutionError("no", hints=("one",)), KeyboardInterrupt(), SystemExit(1)])
def test_a_build_that_fails_never_writes_it(
    pyproject: Path, built_with: Callable[[Callable[[Path], None]], None], error: BaseException
) -> None:
    """Whoever is killed has nothing to take back; whoever reads the file in this process reads the new text."""
    seen = []

    def fail(file: Path) -> None:
        seen.append((file.read_text(), read_text(file)))
        raise error

    built_with(fail)
    with pytest.raises(type(error)) as caught:
        changed.change(edit, build=True)
    assert seen == [(BEFORE, AFTER)]
    assert pyproject.read_text() == read_text(pyproject) == BEFORE
    assert [path.name for path in pyproject.parent.iterdir()] == ["pyproject.toml"]
    if isinstance(caught.value, MvenvError):
        assert caught.value.hints == ("one", "pyproject.toml is as it was")


def test_a_build_writes_it(pyproject: Path, built_with: Callable[[Callable[[Path], None]], None]) -> None:
    class Written(Exception):
        pass

    def commit(_: Path) -> None:
        with pending.written():
            assert pyproject.read_text() == AFTER
        raise Written

    built_with(commit)
    with pytest.raises(Written):
        changed.change(edit, build=True)
    assert pyproject.read_text() == AFTER


def test_a_commit_that_fails_takes_it_back(
    pyproject: Path, built_with: Callable[[Callable[[Path], None]], None]
) -> None:
    def commit(_: Path) -> None:
        with pending.written():
            raise OSError(28, "No space left on device")

    built_with(commit)
    with pytest.raises(OSError, match="No space left"):
        changed.change(edit, build=True)
    assert pyproject.read_text() == BEFORE


def test_what_somebody_else_wrote_meanwhile_is_kept(
    pyproject: Path, built_with: Callable[[Callable[[Path], None]], None]
) -> None:
    def commit(file: Path) -> None:
        file.write_text("# theirs")
        with pending.written():
            pytest.fail("nothing may be put in place")

    built_with(commit)
    with pytest.raises(MvenvError, match=r"`pyproject\.toml` has been changed meanwhile"):
        changed.change(edit, build=True)
    assert pyproject.read_text() == "# theirs"


def test_an_edit_that_changes_nothing_does_not_touch_the_file(
    pyproject: Path, built_with: Callable[[Callable[[Path], None]], None]
) -> None:
    def fail(file: Path) -> None:
        raise ResolutionError("no", hints=("one",))

    built_with(fail)
    before = pyproject.stat()
    with pytest.raises(ResolutionError) as caught:
        changed.change(lambda text: Edited(text, ("`a` is there already",)), build=True)
    assert caught.value.hints == ("one",)
    after = pyproject.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_what_it_would_refuse_is_never_written(pyproject: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        changed.change(lambda text: Edited(text + "dependencies = ['a >> 1']\n", ()), build=False)
    assert caught.value.message == "`a >> 1` is not a valid requirement"
    # Without a line: it would be one of a text that was never there.
    assert caught.value.causes[0].startswith("project.dependencies[0]: ")
    assert caught.value.hints == ("pyproject.toml is as it was",)
    assert pyproject.read_text() == BEFORE


def test_what_was_wrong_before_is_said_of_the_file_as_it_is(pyproject: Path) -> None:
    pyproject.write_text("[project]\nname = 1\n")
    with pytest.raises(ConfigError) as caught:
        changed.change(lambda text: Edited("\n\n" + text, ()), build=False)
    assert caught.value.causes == ("pyproject.toml:2: project.name",)
    assert caught.value.hints == ()


def test_a_fault_can_be_mended(pyproject: Path) -> None:
    pyproject.write_text(f'{BEFORE}[tool.mvenv.constraints]\na = ["b<1"]\n')
    with_a = f'{BEFORE}dependencies = ["a"]\n[tool.mvenv.constraints]\na = ["b<1"]\n'
    changed.change(lambda _: Edited(with_a, ()), build=False)
    assert pyproject.read_text() == with_a


def test_what_is_not_toml(pyproject: Path) -> None:
    pyproject.write_text("[project")
    with pytest.raises(ConfigError, match=r"`pyproject\.toml` is not valid TOML"):
        changed.change(edit, build=False)


def test_a_link_stays_a_link_and_permissions_stay(pyproject: Path) -> None:
    target = pyproject.parent / "elsewhere.toml"
    pyproject.rename(target)
    target.chmod(0o600)
    pyproject.symlink_to(target)
    changed.change(edit, build=False)
    assert os.readlink(pyproject) == str(target)
    assert target.read_text() == AFTER
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_line_ends_are_kept(pyproject: Path) -> None:
    pyproject.write_bytes(BEFORE.replace("\n", "\r\n").encode())
    changed.change(edit, build=False)
    assert pyproject.read_bytes() == AFTER.replace("\n", "\r\n").encode()
