"""Projects whose requirements exclude each other on the real index: built, and both sides used in one process.

Imported in both orders, because whoever comes first must not decide for the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two requirements that no single environment holds, and what proves that each works."""

    requirements: tuple[str, str]
    over: str
    """The distribution they want in different versions."""
    uses: tuple[str, str]
    constraints: str = ""


CONFLICTS = {
    "click 7 and 8": Conflict(
        ("celery==5.1.2", "black==24.10.0"),
        "click",
        (
            "from celery import Celery\nimport celery.bin.celery\nassert Celery('x').main == 'x'",
            "import black\nassert black.format_str('a=1', mode=black.Mode()) == 'a = 1\\n'",
        ),
        '"celery" = ["+setuptools<81"]',
    ),
    "pydantic 1 and 2": Conflict(
        ("fastapi==0.99.1", "pydantic-settings==2.6.1"),
        "pydantic",
        (
            """
from fastapi import Body, FastAPI
app = FastAPI()
@app.post('/')
def double(number: int = Body()): return 2 * number
assert '/' in app.openapi()['paths']
""",
            """
import os
from pydantic_settings import BaseSettings
os.environ['MV_A'] = '5'
class Settings(BaseSettings):
    mv_a: int
assert Settings().mv_a == 5
""",
        ),
    ),
    "httpx, anyio below": Conflict(
        ("mistralai==0.1.8", "python-telegram-bot==21.9"),
        "httpx",
        (
            "from mistralai.client import MistralClient\nMistralClient(api_key='x')",
            "from telegram.ext import ApplicationBuilder\nassert ApplicationBuilder().token('1:a').build()",
        ),
    ),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_both_sides_work(real_project: ProjectFolder, name: str) -> None:
    """Each side finds its own version; the graph says what the conflict is about."""
    conflict = CONFLICTS[name]
    extra = f"[tool.mvenv.constraints]\n{conflict.constraints}\n" if conflict.constraints else ""
    real_project.pyproject(conflict.requirements, extra)
    real_project.mvenv("build", timeout=900)
    graph = real_project.mvenv("graph", "--format", "json").out
    assert len(json.loads(graph)["versioned"][conflict.over]) == 2
    for order in (conflict.uses, conflict.uses[::-1]):
        real_project.write("app.py", "\n".join([*order, "print('both')"]))
        assert real_project.mvenv("run", "app.py").out == "both\n"
