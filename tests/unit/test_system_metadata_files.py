from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.system.metadata_files import BUILD_FILES, metadata_files

if TYPE_CHECKING:
    from pathlib import Path

DYNAMIC = '[project]\ndynamic = ["dependencies"]\n'
SETUPTOOLS = "[tool.setuptools.dynamic]\ndependencies = { file = ['a.txt', 'b.txt'] }\n"
HATCH = "[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ['a.txt']\n"
KEYS = "[tool.uv]\ncache-keys = [{ file = '*.txt' }, { file = '/a.txt' }, { git = true }]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("a.txt", "b.txt", "requirements-dev.txt", "requirements/base.txt", "README.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("pyproject.toml", DYNAMIC + SETUPTOOLS, ["a.txt", "b.txt"]),
        ("pyproject.toml", DYNAMIC + HATCH, ["a.txt"]),
        ("pyproject.toml", SETUPTOOLS, []),
        ("pyproject.toml", KEYS, ["a.txt", "b.txt", "requirements-dev.txt"]),
        ("pyproject.toml", DYNAMIC + "[tool.x]\na = 1\nb = 'a.txt\\u0000'\nc = 'pyproject.toml'\n", []),
        ("pyproject.toml", "dynamic = [", []),
        ("pyproject.toml", "dynamic = 1\ntool = 1\nproject = 1", []),
        ("setup.cfg", "[options]\ninstall_requires = file: a.txt, b.txt\n", ["a.txt", "b.txt"]),
        ("setup.cfg", "[options]\ninstall_requires =\n  x\n", []),
        ("setup.cfg", "[options.extras_require]\ndev = file:\n  a.txt\n  b.txt\nb = c\n", ["a.txt", "b.txt"]),
        ("setup.cfg", "[metadata]\nlong_description = file: README.md\n", []),
        ("setup.py", "", ["requirements-dev.txt", "requirements/base.txt"]),
    ],
)
def test_what_they_name(file: str, text: str, named: list[str], folder: Path) -> None:
    (folder / file).write_text(text)
    assert metadata_files(folder) == [*BUILD_FILES, *named]
