"""`mvenv graph`: the picture, the document, and what goes to which stream."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from tests.integration.workshop import CONFLICT, copy, tree
from tests.support.terminal import on_a_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def document(project: ProjectFolder) -> Any:
    outcome = project.mvenv("graph", "--format", "json")
    assert outcome.err == ""
    return json.loads(outcome.out)


def without_digests(text: str) -> str:
    return re.sub(r"(py_modules/[\w-]+)-[0-9a-f]{8}\b", r"\1-XXXXXXXX", text)


def test_the_picture(conflict: ProjectFolder) -> None:
    outcome = conflict.mvenv("graph")
    assert outcome.err == ""
    assert (
        without_digests(outcome.out)
        == """\
my-app 1.0: 2 groups, and fewer are impossible

Apart because:
  dep-a | dep-b
      dep-a needs low<2, dep-b needs low>=2

In several versions:
  low  1.0 [dep-a], 2.0 [dep-b]

Environments:
├── [dep-a]  py_modules/dep-a-XXXXXXXX
│   ├── dep-a  → dep-a 1.0
│   ├── top  → top 1.0
│   └── low 1.0 !
├── [dep-b]  py_modules/dep-b-XXXXXXXX
│   ├── dep-b  → dep-b 1.0
│   └── low 2.0 !
└── .venv  shared by all
    └── plain  → plain 1.0

!  in several versions: `mvenv why NAME` tells of each
"""
    )


def test_the_document(conflict: ProjectFolder) -> None:
    found = document(conflict)
    assert sorted(found) == [
        *("aliases", "application", "conflicts", "dependencies", "direct", "environments", "groups", "homes"),
        *("isolated", "lower_bound", "overrides", "parts", "project", "proved", "redirects", "schema"),
        "versioned",
    ]
    assert found["schema"] == 3
    assert found["project"] == {"name": "my-app", "version": "1.0"}
    assert found["groups"] == [["dep-a", "top", "plain"], ["dep-b"]]
    assert found["application"] == {
        "name": "application",
        "path": ".venv",
        "distributions": [{"name": "plain", "version": "1.0"}],
        "sees": {"dep-a": "dep-a", "dep-b": "dep-b", "top": "dep-a"},
    }
    assert found["dependencies"] == [
        {"dep-a": ["low", "plain"], "low": [], "plain": [], "top": ["dep-a"]},
        {"dep-b": ["low", "plain"], "low": [], "plain": []},
    ]
    one, other = found["environments"]
    assert (one["name"], one["requirements"], one["borrowed"]) == ("dep-a", ["dep-a", "top", "plain"], {})
    assert one["distributions"] == [
        {"name": "dep-a", "version": "1.0"},
        {"name": "low", "version": "1.0"},
        {"name": "top", "version": "1.0"},
    ]
    assert (other["name"], other["requirements"], other["borrowed"]) == ("dep-b", ["dep-b"], {})
    assert other["distributions"] == [{"name": "dep-b", "version": "1.0"}, {"name": "low", "version": "2.0"}]
    for environment in (one, other):
        assert (conflict.root / environment["path"] / "bin" / "python").exists()
    assert found["conflicts"] == [
        {
            "requirements": ["dep-a", "dep-b"],
            "members": [[{"requirement": name, "importer": None}] for name in ("dep-a", "dep-b")],
            "reason": "dep-a needs low<2, dep-b needs low>=2",
            "about": ["dep-a", "dep-b", "low"],
        }
    ]
    assert (found["lower_bound"], found["proved"]) == (2, True)
    assert found["versioned"] == {"dep-a": ["1.0"], "dep-b": ["1.0"], "low": ["1.0", "2.0"], "top": ["1.0"]}
    assert [
        (each["requirement"], each["version"], each["group"], each["environment"], each["entry"])
        for each in found["direct"]
    ] == [
        ("dep-a", "1.0", 0, "dep-a", "project.dependencies[0]"),
        ("top", "1.0", 0, "dep-a", "project.dependencies[2]"),
        ("plain", "1.0", 0, "application", "project.dependencies[3]"),
        ("dep-b", "1.0", 1, "dep-b", "project.dependencies[1]"),
    ]
    assert found["homes"] == [
        {"dep-a": "dep-a", "low": "dep-a", "plain": "application", "top": "dep-a"},
        {"dep-b": "dep-b", "low": "dep-b", "plain": "application"},
    ]
    assert (found["parts"], found["aliases"], found["isolated"], found["overrides"]) == ([], [], [], {})
    assert found["redirects"] == [{}, {}]


def test_reasons_name_the_pinned_versions(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["dep-a==1.0", "dep-b==1.0"])
    project.mvenv("build")
    assert [each["reason"] for each in document(project)["conflicts"]] == [
        "dep-a 1.0 needs low<2, dep-b 1.0 needs low>=2"
    ]


def test_a_reason_with_the_project_on_one_side(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["low>=2", "top"])
    project.mvenv("build")
    (found,) = document(project)["conflicts"]
    assert (found["requirements"], found["about"]) == (["low>=2", "top"], ["dep-a", "low"])
    assert found["reason"] == "dep-a needs low<2, the project requires low>=2"


def test_without_a_conflict(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(["top"])
    project.mvenv("build")
    assert (
        project.mvenv("graph").out
        == """\
my-app 1.0: one environment, there is no conflict

Environments:
└── .venv
    ├── top  → top 1.0
    ├── dep-a 1.0
    ├── low 1.0
    └── plain 1.0
"""
    )
    found = document(project)
    assert (found["environments"], found["conflicts"], found["versioned"]) == ([], [], {})
    assert (found["lower_bound"], found["proved"]) == (1, True)
    assert found["groups"] == [["top"]]


def test_before_any_build(project: ProjectFolder) -> None:
    project.pyproject(["dep-a"])
    for form in ("text", "json"):
        outcome = project.mvenv("graph", "--format", form, check=False)
        assert (outcome.code, outcome.out) == (1, "")
        assert outcome.err == (
            "error: the project has not been built yet\n"
            f"  cause: {project.root / '.venv'} holds no record of a build\n\n"
            "hint: run `mvenv build` first\n"
        )


def test_a_record_of_another_form(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    record = project.root / ".venv/mvenv.json"
    record.write_text(record.read_text().replace('"schema": 3', '"schema": 9'))
    outcome = project.mvenv("graph", check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error: the record of the last build cannot be read\n")


def test_no_project(project: ProjectFolder) -> None:
    outcome = project.mvenv("graph", check=False)
    assert outcome.code == 1
    assert outcome.err.startswith("error: there is no `pyproject.toml` in ")


def test_a_stale_graph_says_so_beside_the_data(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a",))
    outcome = project.mvenv("graph", "--format", "json")
    assert json.loads(outcome.out) == document(conflict)
    assert outcome.err == "note: the project has changed since this was built; `mvenv build` updates it\n"


def test_it_only_reads(conflict: ProjectFolder) -> None:
    before = tree(conflict.root)
    conflict.mvenv("graph")
    document(conflict)
    assert tree(conflict.root) == before


def test_from_a_folder_below(conflict: ProjectFolder) -> None:
    below = conflict.root / "below"
    below.mkdir(exist_ok=True)
    command = [sys.executable, "-P", "-m", "orchestrator", "graph"]
    done = subprocess.run(command, cwd=below, env=dict(conflict.environment), capture_output=True, text=True)
    assert done.stdout == conflict.mvenv("graph").out


COLOURS = re.compile(r"\x1b\[[0-9;]*m")
COLOURED = {"NO_COLOR": "(unset)"}


def test_progress_goes_to_the_terminal_and_never_to_the_data(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a", "dep-b"))
    code, out, shown = on_a_terminal(project, "build", env=COLOURED)
    assert (code, out) == (0, "")
    assert "\x1b" in shown, "a terminal gets a progress line"
    assert re.search(r"Resolving \d+ requirements", shown)
    assert re.search(r"Installing \d+ environments", shown)
    assert "Built 5 distributions for 2 groups" in COLOURS.sub("", shown)


def test_no_color_on_a_terminal(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a", "ghost"))
    code, out, shown = on_a_terminal(project, "build", env={"NO_COLOR": "1"})
    assert (code, out) == (1, "")
    assert not [found for found in COLOURS.findall(shown) if re.search(r"\b(3|4|9|10)[0-7]\b|38|48", found)]
    assert "error: `ghost` cannot be installed" in shown


def test_the_error_is_coloured_on_a_terminal_only(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("ghost",))
    _, _, shown = on_a_terminal(project, "build", env=COLOURED)
    assert re.search(r"\x1b\[[0-9;]*31m?[^m]*error", shown), shown
    plain = project.mvenv("build", check=False, env={"NO_COLOR": ""}).err
    assert "\x1b" not in plain
    assert plain.strip() in COLOURS.sub("", shown).replace("\x1b[?25l", "")


def test_no_progress_on_a_dumb_terminal(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a", "dep-b"))
    _, _, shown = on_a_terminal(project, "build", env={"TERM": "dumb"})
    assert "\x1b" not in shown
    assert shown.startswith("Built ")


def test_quiet_on_a_terminal(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("dep-a", "dep-b"))
    assert on_a_terminal(project, "build", "-q", env=COLOURED) == (0, "", "")


def test_the_graph_is_the_same_on_a_terminal(conflict: ProjectFolder) -> None:
    """Colours apart."""
    _, _, shown = on_a_terminal(conflict, "graph", env=COLOURED, data_too=True)
    assert "\x1b[36m[dep-a]\x1b[0m" in shown
    assert re.sub(r"\x1b\[\d+m", "", shown) == conflict.mvenv("graph").out
    _, _, plain = on_a_terminal(conflict, "graph", env={"NO_COLOR": "1"}, data_too=True)
    assert plain == conflict.mvenv("graph").out


def test_what_others_need_is_shown_on_demand(project: ProjectFolder, index: Index) -> None:
    names = [f"part-{number}" for number in range(6)]
    for name in names:
        index.add(name, "1.0")
    index.add("whole", "1.0", requires=names)
    project.pyproject(["whole"])
    project.mvenv("build")
    assert "    └── 6 more, needed by others (`--all` shows them)\n" in project.mvenv("graph").out
    assert "    └── part-5 1.0\n" in project.mvenv("graph", "--all").out


def test_long_names_are_not_wrapped(conflict: ProjectFolder, tmp_path: Path) -> None:
    """A path or a URL that is cut in two can be neither copied nor clicked."""
    project = copy(conflict, tmp_path / "project")
    name = "ghost-" + "very-" * 30 + "long"
    project.pyproject((name, *CONFLICT))
    _, _, shown = on_a_terminal(project, "build", env={"COLUMNS": "40"})
    assert f"error: `{name}` cannot be installed" in shown


def test_names_are_not_taken_for_markup(conflict: ProjectFolder, tmp_path: Path) -> None:
    project = copy(conflict, tmp_path / "project")
    project.pyproject(("ghost[bold]", "dep-a"))
    _, _, shown = on_a_terminal(project, "build", env=COLOURED)
    assert "error: `ghost[bold]` cannot be installed" in COLOURS.sub("", shown)


def test_the_page(conflict: ProjectFolder, tmp_path: Path) -> None:
    """One file with what is there; -o replaces what is at its place, and the link that leads there stays."""
    printed = conflict.mvenv("graph", "--html")
    assert printed.out.startswith("<!doctype html>\n") and printed.err == ""
    assert "dep-a needs low&lt;2, dep-b needs low&gt;=2" in printed.out
    assert conflict.mvenv("graph", "--format", "html").out == printed.out
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.write_text("of yesterday")
    link.symlink_to(page)
    for name in (page, link):
        outcome = conflict.mvenv("graph", "--html", "-o", str(name))
        assert (outcome.out, outcome.err) == ("", f"Wrote {page}\n")
        assert page.read_text("utf-8") == printed.out
    assert link.is_symlink() and sorted(each.name for each in tmp_path.iterdir()) == [
        "link.html",
        "page.html",
    ]
    assert conflict.mvenv("graph", "--html", "-o", str(page), "-q").err == ""
    assert conflict.mvenv("graph", "--html", "-o", "-").out == printed.out


def test_other_forms_go_to_a_file_as_well(conflict: ProjectFolder, tmp_path: Path) -> None:
    for form in ("text", "json", "dot", "mermaid"):
        file = tmp_path / form
        conflict.mvenv("graph", "--format", form, "-o", str(file))
        assert file.read_text("utf-8") == conflict.mvenv("graph", "--format", form).out


def test_the_page_goes_into_a_device(conflict: ProjectFolder) -> None:
    assert conflict.mvenv("graph", "--html", "-o", os.devnull).out == ""
    assert not os.path.isfile(os.devnull)


def test_a_page_that_cannot_be_written(conflict: ProjectFolder, tmp_path: Path) -> None:
    outcome = conflict.mvenv("graph", "--html", "-o", str(tmp_path / "no/page.html"), check=False)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"error: `page.html` cannot be written\n  cause: there is no folder {tmp_path}/no\n\n"
        f"hint: make it with `mkdir -p {tmp_path}/no`, or name another with `-o`\n"
    )


def test_the_page_is_opened(conflict: ProjectFolder, tmp_path: Path) -> None:
    """In the browser of the person, here one that writes down what it gets; without -o from a temporary file."""
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    browser.chmod(0o755)
    environment = {"BROWSER": str(browser), "TMPDIR": str(tmp_path)}
    conflict.mvenv("graph", "--html", "--open", "-o", str(tmp_path / "a page.html"), env=environment)
    assert opened.read_text() == f"file://{tmp_path}/a%20page.html"
    outcome = conflict.mvenv("graph", "--open", env=environment)
    (temporary,) = tmp_path.glob("mvenv-graph-*/*.html")
    assert opened.read_text() == temporary.as_uri() and outcome.err == f"Wrote {temporary}\n"
    assert temporary.read_text("utf-8") == conflict.mvenv("graph", "--html").out


def test_no_browser(conflict: ProjectFolder, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    environment = {"BROWSER": str(tmp_path / "none"), "PATH": "/nowhere", "DISPLAY": ""}
    outcome = conflict.mvenv("graph", "--open", "-o", str(page), env=environment)
    assert outcome.err == f"Wrote {page}\nnote: no browser could be started here: open {page} in one\n"
