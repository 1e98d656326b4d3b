"""demo/pydantic: FastAPI on pydantic 2 beside pydantic 1, answering a real HTTP request."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.support.demos import copy_demo

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index


def test_the_service_answers_with_both_generations(real_project: ProjectFolder) -> None:
    copy_demo("pydantic", real_project.root)
    real_project.mvenv("build", timeout=900)
    outcomes = [
        real_project.mvenv("run", "python", "app.py"),
        real_project.python("app.py"),
    ]
    for outcome in outcomes:
        new, old, response = outcome.out.splitlines()
        assert re.fullmatch(r"app: +pydantic 2\.\S+, sqlalchemy 2\.\S+", new), outcome
        assert re.fullmatch(r"legacy_store: +pydantic 1\.\S+, sqlalchemy 1\.4\.\S+", old), outcome
        label, _, body = response.partition(":")
        assert label == "response"
        assert json.loads(body) == {"item": "Tea Pot", "pieces": 2, "cents": 2500, "price": "25.00"}
        assert outcome.err == ""
