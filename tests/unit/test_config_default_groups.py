from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.config.project import load_project
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

GROUPS = "[dependency-groups]\ndev = []\nDo_cs = []\nlint = []\n"


def read(tmp_path: Path, tables: str) -> tuple[str, ...]:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "app"\n{tables}', encoding="utf-8")
    return load_project(tmp_path / "pyproject.toml").default_groups


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ("", ("dev",)),
        ("[tool.mvenv]\ndefault-groups = ['do.cs', 'DEV', 'dev']\n", ("do-cs", "dev")),
        ("[tool.uv]\ndefault-groups = ['lint']\n", ("lint",)),
        ("[tool.mvenv]\ndefault-groups = []\n[tool.uv]\ndefault-groups = ['lint']\n", ()),
        ("[tool.uv]\ndefault-groups = 'all'\n", ("dev", "do-cs", "lint")),
        ("[tool.mvenv]\nprefer = 'newest'\n", ("dev",)),
    ],
)
def test_what_is_taken_in(settings: str, names: tuple[str, ...], tmp_path: Path) -> None:
    assert read(tmp_path, GROUPS + settings) == names


def test_without_any_group(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()
    assert read(tmp_path, "[tool.mvenv]\ndefault-groups = 'all'\n") == ()


@pytest.mark.parametrize("tool", ["mvenv", "uv"])
@pytest.mark.parametrize(
    ("value", "said", "key", "hint"),
    [
        (
            "['lnit']",
            "there is no dependency group `lnit`",
            "default-groups[0]",
            "\n\nhint: did you mean `lint` instead of `lnit`?",
        ),
        ("'dev'", '`{}` must be a list of strings or "all", not a string', "default-groups", ""),
        ("[1]", "`{}` must be a string, not an integer", "default-groups[0]", ""),
    ],
)
def test_what_cannot_be(
    tool: str, value: str, said: str, key: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"{GROUPS}[tool.{tool}]\ndefault-groups = {value}\n")
    place = f"tool.{tool}.{key}"
    assert str(caught.value) == f"error: {said.format(place)}\n  cause: pyproject.toml:8: {place}{hint}"
