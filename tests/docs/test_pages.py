"""Each page is followed from its first command to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.docs.console import agrees
from tests.docs.reader import DOCS, Reader, can_be_followed

if TYPE_CHECKING:
    from pathlib import Path

EXPLAINING = ("configuration.md", "when-versions-meet.md")
HOW_TO = sorted(page.relative_to(DOCS).as_posix() for page in (DOCS / "how-to").glob("[a-z]*.md"))

pytestmark = [
    pytest.mark.index,
    pytest.mark.skipif(not can_be_followed(), reason="the pages are written for bash, on POSIX"),
]


@pytest.mark.parametrize(
    "name", ["tutorial.md", *(pytest.param(each, marks=pytest.mark.slow) for each in (*EXPLAINING, *HOW_TO))]
)
def test_what_a_page_shows_is_what_happens(name: str, tmp_path: Path) -> None:
    page = (DOCS / name).read_text("utf-8")
    followed = 0
    for command, code, printed in Reader(tmp_path).follow(page):
        followed += 1
        seen = f"docs/{name}:{command.line}: $ {command.text}\n{printed}exit code {code}"
        assert code == command.code, seen
        assert agrees(command.shown, printed), f"{seen}\n--- the page shows\n{command.shown}"
    assert followed
