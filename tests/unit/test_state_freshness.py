from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.state.freshness import inputs_now, is_tidy
from orchestrator.system.source_state import source_paths, source_state

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The folder of a local project."""
    for name in ("pyproject.toml", "src/lib/__init__.py"):
        path = tmp_path / "lib" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "lib"


def changed(source: Path, name: str, *, editable: bool) -> bool:
    before = source_state(source, editable=editable)
    assert source_state(source, editable=editable) == before
    path = source / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("something else")
    return source_state(source, editable=editable) != before


@pytest.mark.parametrize(
    ("name", "copied", "editable"),
    [
        ("pyproject.toml", True, True),
        ("setup.py", True, True),
        ("setup.cfg", True, True),
        ("src/lib/__init__.py", True, False),
        ("src/lib/new.py", True, False),
        ("src/lib/__pycache__/x.pyc", False, False),
        ("build/lib/x.py", False, False),
        ("dist/x.whl", False, False),
        ("lib.egg-info/PKG-INFO", False, False),
        (".git/index", False, False),
        (".venv/bin/python", False, False),
        (".mypy_cache/x", False, False),
        ("src/lib/build/x.py", True, False),
        ("src/lib/build/__init__.py", True, False),
        ("build/__init__.py", True, False),
        ("src/lib/disk_cache/x.py", True, False),
        ("src/lib/dist/page.js", True, False),
        ("env/pyvenv.cfg", False, False),
    ],
)
def test_what_counts_as_a_change(name: str, copied: bool, editable: bool, source: Path) -> None:
    assert changed(source, name, editable=False) is copied
    (source / name).unlink()
    (source / "pyproject.toml").write_text("pyproject.toml")
    assert changed(source, name, editable=True) is editable


def test_an_environment_in_the_source(source: Path) -> None:
    (source / "env/lib").mkdir(parents=True)
    (source / "env/pyvenv.cfg").write_text("")
    assert not changed(source, "env/lib/x.py", editable=False)


def test_a_link_to_a_folder_elsewhere(source: Path) -> None:
    shared = source.parent / "shared"
    shared.mkdir()
    (source / "src/lib/shared").symlink_to(shared)
    assert changed(source, "src/lib/shared/x.py", editable=False)
    paths = source_paths(source, editable=False, most=100)
    assert str(source / "src/lib/shared/x.py") in paths


@pytest.mark.parametrize("target", [".", "..", "../..", "../../..", "/"])
def test_a_link_to_a_folder_around(target: str, source: Path) -> None:
    before = source_paths(source, editable=False, most=100)
    (source / "src/lib/around").symlink_to(target)
    (source / "src/lib/again").symlink_to("around")
    assert set(source_paths(source, editable=False, most=100)) == set(before)


def test_a_removed_file_is_a_change(source: Path) -> None:
    before = source_state(source, editable=False)
    (source / "src/lib/__init__.py").unlink()
    assert source_state(source, editable=False) != before


def test_a_source_that_is_a_file(source: Path) -> None:
    wheel = source / "x.whl"
    wheel.write_bytes(b"1")
    before = source_state(wheel, editable=False)
    wheel.write_bytes(b"2")
    assert source_state(wheel, editable=False) != before


def test_a_source_that_is_gone(source: Path) -> None:
    before = source_state(source, editable=False)
    os.rename(source, source.with_name("elsewhere"))
    assert source_state(source, editable=False) != before


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("uv.toml", "no-cache = true\n", True),
        (".python-version", "3.12\n", True),
        ("pyproject.toml", "[tool.uv]\nno-cache = true\n", True),
        ("pyproject.toml", "[tool.ruff]\nline-length = 99\n", False),
    ],
)
def test_files_above_the_project(name: str, text: str, counts: bool, tmp_path: Path) -> None:
    project = tmp_path / "above/project"
    project.mkdir(parents=True)
    before = inputs_now(project, {})
    (tmp_path / name).write_text(text)
    assert (inputs_now(project, {}) != before) is counts


def test_tidy(tmp_path: Path) -> None:
    one = ["py_modules/a-11111111"]
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv-3.12").mkdir()
    assert is_tidy(tmp_path, [])
    (tmp_path / "py_modules" / "a-11111111").mkdir(parents=True)
    (tmp_path / "py_modules" / "CACHEDIR.TAG").write_text("")
    assert is_tidy(tmp_path, one)
    assert not is_tidy(tmp_path, [])
    (tmp_path / "py_modules" / "a-22222222").mkdir()
    assert not is_tidy(tmp_path, one)
    (tmp_path / "py_modules" / "a-22222222").rmdir()
    (tmp_path / ".venv-0a1b2c3d-4711").mkdir()
    assert not is_tidy(tmp_path, one)
