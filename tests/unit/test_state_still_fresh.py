"""A kept answer stands as long as nothing has changed that the answer was made of."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.state import freshness, still_fresh
from orchestrator.system.names import APPLICATION_FOLDER, FRESH
from orchestrator.system.source_state import source_state
from tests.unit.test_state_record import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.state.documents import Record

LIBRARY = f".venv/lib/python{sys.version_info[0]}.{sys.version_info[1]}"
FILES = (
    "pyproject.toml",
    "mvenv.lock",
    ".venv/mvenv.json",
    ".venv/pyvenv.cfg",
    f"{LIBRARY}/custom_dependencies_versions.json",
    f"{LIBRARY}/site-packages/_mvenv.pth",
    f"{LIBRARY}/site-packages/runtime_shim/import_map.json",
    "py_modules/far-11111111/mvenv.json",
    "lib/pyproject.toml",
    "lib/src/lib.py",
    "editable/pyproject.toml",
)
HOURS_AGO = 1_700_000_000


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose files are at rest."""
    monkeypatch.delenv("UV_PYTHON", raising=False)
    for name in FILES:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / f"{LIBRARY}/custom_dependencies_versions.json").write_text("{}\n")
    (tmp_path / ".venv/bin").mkdir()
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    monkeypatch.setattr(still_fresh, "_AT_REST", -(10**12))  # the change time of a file cannot be set
    return tmp_path


@pytest.fixture
def record(root: Path) -> Record:
    sources = {"lib": False, "editable": True}
    return {
        **RECORD,
        "overrides": {"library": LIBRARY, "text": "{}\n"},
        "inputs": freshness.inputs_now(root, sources),
    }


@pytest.fixture
def kept(root: Path, record: Record) -> Path:
    assert freshness.is_fresh(root, record)
    still_fresh.keep(root, record)
    assert still_fresh.is_unchanged(str(root))
    return root


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_same_size_and_time(name: str, kept: Path) -> None:
    path = kept / name
    status = path.stat()
    path.write_text("x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert not still_fresh.is_unchanged(str(kept))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone(name: str, kept: Path) -> None:
    (kept / name).unlink()
    assert not still_fresh.is_unchanged(str(kept))


@pytest.mark.parametrize(
    "name", ["uv.toml", ".python-version", "lib/src/new.py", "lib/new/new.py", "editable/setup.py"]
)
def test_a_file_that_is_new(name: str, kept: Path) -> None:
    (kept / name).parent.mkdir(exist_ok=True)
    (kept / name).write_text("")
    assert not still_fresh.is_unchanged(str(kept))


@pytest.mark.parametrize("name", ["uv.toml", ".python-version", "pyproject.toml"])
def test_a_file_above_that_is_new(name: str, root: Path, record: Record) -> None:
    project = root / "above/project"
    project.parent.mkdir()
    shutil.copytree(root, project, symlinks=True, ignore=lambda _, names: {"above"}.intersection(names))
    still_fresh.keep(project, record)
    assert still_fresh.is_unchanged(str(project))
    (project.parent / name).write_text("x")
    assert not still_fresh.is_unchanged(str(project))


@pytest.mark.parametrize("name", ["app.py", "editable/new.py", "lib/__pycache__/lib.pyc", ".venv/bin/tool"])
def test_a_file_that_nothing_depends_on(name: str, kept: Path, record: Record) -> None:
    (kept / "lib/__pycache__").mkdir(exist_ok=True)
    still_fresh.keep(kept, record)
    (kept / name).write_text("")
    assert still_fresh.is_unchanged(str(kept))


def test_another_python(kept: Path) -> None:
    python = kept / ".venv/bin/python"
    python.unlink()
    other = kept / "python"
    other.write_text("")
    python.symlink_to(other)
    assert not still_fresh.is_unchanged(str(kept))


def test_another_python_is_asked_for(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_PYTHON", "3.99")
    assert not still_fresh.is_unchanged(str(kept))


def test_another_mvenv(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_fresh, "__version__", "99")
    assert not still_fresh.is_unchanged(str(kept))


def test_a_project_that_was_copied(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = tmp_path_factory.mktemp("elsewhere") / "copy"
    os.rename(kept, copy)
    assert not still_fresh.is_unchanged(str(copy))


def test_any_damage(kept: Path) -> None:
    path = kept / APPLICATION_FOLDER / FRESH
    text = path.read_bytes()
    for end in range(len(text)):
        path.write_bytes(text[:end])
        assert not still_fresh.is_unchanged(str(kept)), end
    path.write_bytes(text + b"\0more")
    assert not still_fresh.is_unchanged(str(kept))
    path.unlink()
    assert not still_fresh.is_unchanged(str(kept))
    path.mkdir()
    assert not still_fresh.is_unchanged(str(kept))


def test_files_that_have_just_changed(root: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may change once more without their time changing."""
    monkeypatch.undo()
    still_fresh.keep(root, record)
    assert not (root / APPLICATION_FOLDER / FRESH).exists()


def test_where_nothing_can_be_written(root: Path, record: Record) -> None:
    (root / APPLICATION_FOLDER / FRESH).mkdir()
    before = sorted(os.listdir(root / APPLICATION_FOLDER))
    still_fresh.keep(root, record)
    assert sorted(os.listdir(root / APPLICATION_FOLDER)) == before


def test_too_many_files(root: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(still_fresh, "_MOST", 12)
    still_fresh.keep(root, record)
    assert not (root / APPLICATION_FOLDER / FRESH).exists()


@pytest.fixture
def looked_at(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """All paths that are opened, or whose state is asked for."""
    paths: set[str] = set()
    is_on = True
    real = os.stat

    def watching(path: object, *arguments: object, **keywords: object) -> object:
        if isinstance(path, str | Path):
            paths.add(str(path))
        return real(path, *arguments, **keywords)  # type: ignore[arg-type]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if is_on and event in ("open", "os.listdir", "os.scandir"):
            paths.add(str(arguments[0]))

    sys.addaudithook(hook)
    monkeypatch.setattr(os, "stat", watching)
    yield paths
    is_on = False


def test_it_is_about_all_that_freshness_looks_at(root: Path, record: Record, looked_at: set[str]) -> None:
    assert freshness.is_fresh(root, record)
    seen = {path for path in looked_at if path.startswith(str(root))}
    assert len(seen) > len(FILES)
    looked_at.clear()
    still_fresh.keep(root, record)
    kept = (root / APPLICATION_FOLDER / FRESH).read_text().split("\0")
    unseen = seen - set(kept)
    # Each of these is a folder above a file that the answer is about.
    assert all(any(path.startswith(f"{folder}/") for path in kept) for folder in unseen), unseen
    assert source_state(root / "lib", editable=False)
