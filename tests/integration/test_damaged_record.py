"""Whatever stands in the record of the last build: it is built anew, and what shows a build says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import APP_PRINTS, leftovers

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

# A record without its parts, other JSON, what is no JSON, and one that has lost a part of its depth.
TEXTS = ["{}", "[]", "null", '{"graph": {"schema": 3}}', "{", "homes"]
READERS = [
    ("graph",),
    ("graph", "--format", "json"),
    ("why", "low"),
    ("tree",),
    ("list",),
    ("doctor",),
]


def damage(project: ProjectFolder, text: str) -> None:
    record = project.root / ".venv/mvenv.json"
    if text == "homes":
        document = json.loads(record.read_text("utf-8"))
        document["graph"]["homes"] = [{"low": "nowhere"}]
        text = json.dumps(document, indent=2, sort_keys=True) + "\n"
    record.write_text(text)


@pytest.mark.parametrize("text", TEXTS)
def test_build(text: str, built: ProjectFolder) -> None:
    damage(built, text)
    assert built.mvenv("build").err.startswith("Built ")
    assert built.mvenv("build").err.startswith("Up to date: ")
    assert built.python("app.py").out == APP_PRINTS
    assert leftovers(built.root) == []


@pytest.mark.parametrize("text", TEXTS)
def test_what_shows_a_build(text: str, built: ProjectFolder) -> None:
    damage(built, text)
    for command in READERS:
        outcome = built.mvenv(*command, check=False)
        assert (outcome.code, outcome.out) == (1, ""), command
        assert outcome.err == (
            "error: the record of the last build cannot be read\n"
            f"  cause: {built.root / '.venv/mvenv.json'}: it is damaged, or another version of mvenv has written it\n\n"
            "hint: run `mvenv build`, which makes a new one\n"
        )


@pytest.mark.parametrize("text", TEXTS)
def test_run_and_what_resolves(text: str, built: ProjectFolder) -> None:
    damage(built, text)
    assert "Would replace" not in built.mvenv("build", "--dry-run").err
    built.mvenv("lock", "--check")
    built.mvenv("export", "-o", str(built.root / "exported"))
    outcome = built.mvenv("run", "app.py")
    assert (outcome.out, outcome.err.partition(" ")[0]) == (APP_PRINTS, "Built")


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"content": 3, "native": {"symbols": "x"}}'])
def test_the_mark_of_an_isolated_environment(text: str, built: ProjectFolder) -> None:
    """One whose mark says nothing is not complete, and made anew."""
    for marker in built.root.glob("py_modules/*/mvenv.json"):
        marker.write_text(text)
    told = built.mvenv("doctor", check=False)
    assert (told.code, "it does not say what the environment holds" in told.out) == (1, True), told
    (built.root / ".venv/mvenv.json").write_text("{}")
    said = built.mvenv("build").err
    assert said.count("is unfinished; making it again") == 2 and "\nBuilt " in said
    assert built.python("app.py").out == APP_PRINTS
    for marker in built.root.glob("py_modules/*/mvenv.json"):
        assert json.loads(marker.read_text())["content"]
