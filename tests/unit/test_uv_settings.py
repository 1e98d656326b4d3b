from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.uv import settings
from orchestrator.uv.core_metadata import Metadata

if TYPE_CHECKING:
    from pathlib import Path

TOLD = Metadata("a", "1", ("c==2",))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("UV_CONFIG_FILE", "UV_NO_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "project/inner").mkdir(parents=True)
    (tmp_path / "question").mkdir()
    return tmp_path / "project"


def written(root: Path, *metadata: Metadata) -> tuple[str, dict[str, Any]]:
    folder = root.parent / "question"
    option, path = settings.write(folder, root, metadata or (TOLD,), {})
    assert path in (str(folder), str(folder / "uv.toml"))
    return option, tomllib.loads((folder / "uv.toml").read_text("utf-8"))


def test_the_users_settings_stay(root: Path) -> None:
    (root / "pyproject.toml").write_text(
        '[tool.uv]\nprerelease = "allow"\nfind-links = ["wheels", "https://example.org/x"]\n'
        'sources = {b = {path = "b"}}\nindex = [{name = "own", url = "index"}]\n'
    )
    option, found = written(root)
    assert option == "--project"
    assert found == {
        "prerelease": "allow",
        "find-links": [str(root / "wheels"), "https://example.org/x"],
        "index": [{"name": "own", "url": str(root / "index")}],
        "dependency-metadata": [{"name": "a", "version": "1", "requires-dist": ["c==2"]}],
    }


def test_uv_toml_goes_before_pyproject_and_the_nearest_before_others(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.uv]\nprerelease = "allow"\n')
    (root / "uv.toml").write_text('resolution = "lowest"\nfind-links = ["wheels"]\n')
    _, found = written(root)
    assert found["resolution"] == "lowest"
    assert "prerelease" not in found
    folder = root.parent / "question"
    settings.write(folder, root / "inner", (TOLD,), {})
    below = tomllib.loads((folder / "uv.toml").read_text("utf-8"))
    assert below["find-links"] == [str(root / "wheels")]


def test_what_the_user_says_of_other_releases_stays(root: Path) -> None:
    other = '{name = "A", version = "2", requires-dist = []}'
    same = '{name = "A", version = "1", requires-dist = ["x"]}'
    (root / "uv.toml").write_text(f"dependency-metadata = [{other}, {same}]\n")
    _, found = written(root)
    assert [(entry["name"], entry["version"]) for entry in found["dependency-metadata"]] == [
        ("A", "2"),
        ("a", "1"),
    ]


def test_variables_of_builds_are_added_to_the_users(root: Path) -> None:
    (root / "uv.toml").write_text('extra-build-variables = { A_b = { ONE = "1" }, c = { TWO = "2" } }\n')
    folder = root.parent / "question"
    settings.write(folder, root, (), {"a-b": {"MORE": "3"}})
    found = tomllib.loads((folder / "uv.toml").read_text("utf-8"))
    assert found["extra-build-variables"] == {"a-b": {"ONE": "1", "MORE": "3"}, "c": {"TWO": "2"}}


def test_nothing_to_say(root: Path) -> None:
    assert settings.write(root.parent / "question", root, (), {}) == []


def test_no_settings_at_all(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "uv.toml").write_text('prerelease = "allow"\n')
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    option, found = written(root)
    assert option == "--config-file"
    assert list(found) == ["dependency-metadata"]


def test_a_file_that_the_environment_names(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "uv.toml").write_text('prerelease = "allow"\n')
    (root / "other.toml").write_text('cache-dir = "cache"\n')
    monkeypatch.setenv("UV_CONFIG_FILE", "other.toml")
    option, found = written(root)
    assert option == "--config-file"
    assert found["cache-dir"] == str(root / "cache")
    assert "prerelease" not in found


def test_a_file_that_cannot_be_read_is_uvs_to_complain_of(root: Path) -> None:
    (root / "uv.toml").write_text("= nothing")
    assert list(written(root)[1]) == ["dependency-metadata"]


def test_what_is_found_above(root: Path) -> None:
    inner = root / "inner"
    assert settings.from_above(inner) == {}
    (root / "pyproject.toml").write_text(
        '[tool.uv]\nfind-links = ["wheels"]\nworkspace = { members = ["inner"] }\n'
    )
    assert settings.from_above(inner) == {"find-links": ["wheels"]}
    (inner / "pyproject.toml").write_text("[project]\n")
    assert settings.from_above(inner) == {"find-links": ["wheels"]}
    (inner / "uv.toml").write_text("")
    assert settings.from_above(inner) == {}
