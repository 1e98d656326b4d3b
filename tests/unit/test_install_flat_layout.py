from __future__ import annotations

import configparser
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.flat_layout import after_refusal, after_success

if TYPE_CHECKING:
    from pathlib import Path

SAID = "error: Multiple top-level packages discovered in a flat-layout: {}."


def options(text: str | None) -> dict[str, dict[str, str]]:
    assert text is not None
    parser = configparser.ConfigParser()
    parser.read_string(text)
    return {section: dict(parser[section]) for section in parser.sections()}


def test_a_package() -> None:
    found = options(after_refusal(["Failed to build", SAID.format(["py_modules", "shop"])]))
    assert found["options"] == {"packages": "find_namespace:"}
    assert found["options.packages.find"]["include"].split() == ["shop", "shop.*"]


@pytest.mark.parametrize(
    "cause",
    [SAID.format(["a", "py_modules", "b"]), SAID.format(["py_modules"]), SAID.format("[x]"), "py_modules"],
)
def test_another_refusal(cause: str) -> None:
    assert after_refusal([cause]) is None


@pytest.mark.parametrize(
    ("files", "top_level", "told"),
    [
        (["shop.py", "setup.py", "_x.py", "a-b.py"], "py_modules\n", "shop"),
        (["shop.py", "other.py"], "py_modules\n", None),
        (["setup.py"], "py_modules\n", None),
        (["shop.py"], "shop\n", None),
    ],
)
def test_a_module(files: list[str], top_level: str, told: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "site-packages/shop-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "top_level.txt").write_text(top_level)
    for file in files:
        (tmp_path / file).write_text("")
    found = after_success(folder.parent, tmp_path)
    assert (found and options(found)["options"]) == (told and {"py_modules": told})
