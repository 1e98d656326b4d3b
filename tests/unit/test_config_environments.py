from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.config.model import ListedEnvironment
from orchestrator.config.project import load_project
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

LINUX, WINDOWS = "x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc"


def read(tmp_path: Path, value: str, requires_python: str = ">=3.11") -> tuple[ListedEnvironment, ...]:
    path = tmp_path / "pyproject.toml"
    path.write_text(
        f'[project]\nname = "app"\nrequires-python = "{requires_python}"\n[tool.mvenv]\nenvironments = {value}\n',
        encoding="utf-8",
    )
    return load_project(path).environments


def test_forms(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '["3.12", "3.12 linux", { python = "3.12", platform = "x86_64-unknown-linux-gnu" }, { python = "3.13" }]',
    )
    assert found == (
        ListedEnvironment("3.12", "3.12.0"),
        ListedEnvironment("3.12", "3.12.0", LINUX),
        ListedEnvironment("3.13", "3.13.0"),
    )
    assert read(tmp_path, "[]") == ()


def test_the_first_release_that_the_project_accepts(tmp_path: Path) -> None:
    found = read(tmp_path, '["3.12", "3.13 windows"]', ">=3.12.4, !=3.13.0")
    assert found == (ListedEnvironment("3.12", "3.12.4"), ListedEnvironment("3.13", "3.13.1", WINDOWS))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ('"3.12"', "`tool.mvenv.environments` must be a list of strings or tables, not a string"),
        (
            "[3.12]",
            '`tool.mvenv.environments[0]` must be a string or a table, not a float\n*hint: write `"3.12"`',
        ),
        ('["3.12 linux x86"]', "`3.12 linux x86` is not a Python, or a Python and a platform"),
        ('[""]', "`` is not a Python, or a Python and a platform"),
        (
            '["linux"]',
            "`linux` is not a Python that can be locked\n*hint: write a minor version such as `3.12`",
        ),
        ('["3.12.1"]', "`3.12.1` is not a Python that can be locked"),
        ('["3.13t"]', "hint: a free-threaded Python is locked where it runs: leave it out"),
        ('["3.10"]', "mvenv needs Python 3.11 or newer, not `3.10`"),
        ('["3.14"]', "the project requires Python >=3.11,<3.14, which `3.14` is not"),
        ('["3.12 macOS"]', "did you mean `macos` instead of `macOS`?"),
        ('["3.12 solaris"]', "the platforms are `linux`, `x86_64-unknown-linux-gnu`"),
        ('[{ platform = "linux" }]', "`tool.mvenv.environments[0].python` is missing"),
        ("[{ python = 3.12 }]", "hint: put the value of `tool.mvenv.environments[0].python` in quotes"),
        ('[{ python = "3.12", platfrom = "linux" }]', "did you mean `platform` instead of `platfrom`?"),
    ],
)
def test_faults(tmp_path: Path, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, value, ">=3.11,<3.14")
    text = str(caught.value)
    for part in said.split("\n*"):
        assert part in text
    assert "pyproject.toml:5: tool.mvenv.environments" in text.replace(str(tmp_path) + "/", "")
