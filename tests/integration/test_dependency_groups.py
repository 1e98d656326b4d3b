"""Dependency groups and extras: one lock for all of them, and builds that take what they need from it."""

from __future__ import annotations

import json
import shutil
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.refusals import assert_refused
from tests.integration.workshop import copy, publish_conflict, tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

SECTIONS = """
[project.optional-dependencies]
fast = ["speed"]

[dependency-groups]
dev = ["dep-b", "plain[colour]"]
docs = ["pages"]
old = ["speed==1.0"]
new = ["speed==2.0"]
"""


@pytest.fixture(scope="module")
def made(workshop: Workshop) -> ProjectFolder:
    """A project that a developer has built: `dep-a`, in conflict with `dep-b` of the group `dev`."""
    index, project = workshop.new("sections")
    publish_conflict(index)
    index.add("plain", "1.0", extras={"colour": ["paint"]})
    for name in ("paint", "pages"):
        index.add(name, "1.0")
    for version in ("1.0", "2.0"):
        index.add("speed", version)
    project.pyproject(["dep-a", "plain"], SECTIONS)
    project.mvenv("build")
    return project


@pytest.fixture
def developed(made: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """A copy of it, environments included."""
    return copy(made, tmp_path / "developed")


@pytest.fixture
def cloned(developed: ProjectFolder) -> ProjectFolder:
    """A copy without environments, as `git clone` makes it."""
    for name in (".venv", "py_modules"):
        shutil.rmtree(developed.root / name)
    return developed


DEVELOPED = {"dep-a": "1.0", "dep-b": "1.0", "low": "1.0 2.0", "paint": "1.0", "plain": "1.0"}
PRODUCTION = {"dep-a": "1.0", "low": "1.0", "plain": "1.0"}


def installed(project: ProjectFolder) -> dict[str, str]:
    """Return distribution → versions, wherever they are."""
    graph = json.loads((project.root / ".venv/mvenv.json").read_text("utf-8"))["graph"]
    found: dict[str, list[str]] = {}
    for place in (graph["application"], *graph["environments"]):
        for each in place["distributions"]:
            found.setdefault(each["name"], []).append(each["version"])
    return {name: " ".join(sorted(versions)) for name, versions in sorted(found.items())}


def lock(project: ProjectFolder) -> Any:
    return tomllib.loads((project.root / "mvenv.lock").read_text("utf-8"))


def test_a_plain_build_takes_in_dev_and_locks_everything(made: ProjectFolder) -> None:
    assert installed(made) == DEVELOPED
    locked = lock(made)
    assert (locked["inputs"]["groups"], locked["inputs"]["extras"]) == (
        ["dev", "docs", "new", "old"],
        ["fast"],
    )
    assert locked["inputs"]["requirements"] == [
        "dep-a",
        "plain",
        {"text": "speed", "sections": ["extra:fast"]},
        {"text": "dep-b", "sections": ["group:dev"]},
        {"text": "plain[colour]", "sections": ["group:dev"]},
        {"text": "pages", "sections": ["group:docs"]},
        {"text": "speed==2.0", "sections": ["group:new"]},
        {"text": "speed==1.0", "sections": ["group:old"]},
    ]
    pinned = {(each["name"], each["version"]) for group in locked["group"] for each in group["packages"]}
    assert {("pages", "1.0"), ("speed", "1.0"), ("speed", "2.0"), ("low", "1.0"), ("low", "2.0")} <= pinned
    assert made.mvenv("lock", "--check").err.startswith("mvenv.lock is up to date: 2 groups, the fewest")
    assert made.mvenv("build").err.startswith("Up to date")


def test_production_from_a_developers_lock(cloned: ProjectFolder) -> None:
    """What only `dev` needs is not there, an extra of a shared distribution included; nor is its conflict."""
    before = (cloned.root / "mvenv.lock").read_bytes()
    assert cloned.mvenv("build", "--locked", "--no-dev").err.startswith(
        "Built 3 distributions in one environment, no conflict"
    )
    assert installed(cloned) == PRODUCTION
    assert not (cloned.root / "py_modules").exists()
    assert cloned.mvenv("build", "--locked", "--no-dev").err.startswith("Up to date")
    assert (cloned.root / "mvenv.lock").read_bytes() == before
    program = "import dep_a; print(dep_a.low_version)"
    assert cloned.mvenv("run", "--no-build", "python", "-c", program).out == "1.0\n"


def test_a_frozen_lock_knows_its_groups_by_itself(cloned: ProjectFolder) -> None:
    cloned.pyproject(["ghost"])
    cloned.mvenv("build", "--frozen", "--group", "docs")
    assert installed(cloned) == {**PRODUCTION, "pages": "1.0"}
    unknown = cloned.mvenv("build", "--frozen", "--group", "dosc", check=False)
    assert_refused(unknown)
    assert unknown.err.startswith("error: there is no dependency group `dosc`\n  cause: mvenv.lock\n")


def test_a_build_without_dev_writes_a_lock_with_it(cloned: ProjectFolder) -> None:
    (cloned.root / "mvenv.lock").unlink()
    cloned.mvenv("build", "--no-dev")
    assert installed(cloned) == PRODUCTION
    assert len(lock(cloned)["group"]) == 2
    cloned.mvenv("build", "--locked")
    assert installed(cloned) == DEVELOPED


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (("--group", "docs", "--no-default-groups"), {"pages": "1.0"}),
        (("--no-dev", "--group", "Old"), {"speed": "1.0"}),
        (("--no-dev", "--all-extras", "--group", "new"), {"speed": "2.0"}),
    ],
)
def test_what_else_is_taken_in(
    options: tuple[str, ...], more: dict[str, str], developed: ProjectFolder
) -> None:
    """Groups that contradict each other are in one lock, and each can be built from it."""
    developed.mvenv("build", "--locked", *options)
    assert installed(developed) == {**PRODUCTION, **more}


def test_only_a_group(developed: ProjectFolder) -> None:
    developed.mvenv("build", "--locked", "--only-group", "docs")
    assert installed(developed) == {"pages": "1.0"}


def test_groups_that_exclude_each_other_are_refused_at_once(developed: ProjectFolder) -> None:
    before = tree(developed.root)
    for command in ("build", "lock"):
        outcome = developed.mvenv(command, "--all-groups", check=False)
        assert_refused(outcome)
        assert outcome.err.startswith("error: `speed` is required in versions that exclude each other\n")
        assert "hint: build without one of them: `--no-group " in outcome.err
    assert tree(developed.root) == before


def test_run_with_a_group(developed: ProjectFolder) -> None:
    program = ("python", "-c", "from importlib.util import find_spec as f; print(bool(f('pages')))")
    refused = developed.mvenv("run", "--no-build", "--group", "docs", *program, check=False)
    assert_refused(refused)
    assert refused.err.startswith("error: the environments are those of other dependency groups or extras\n")
    assert developed.mvenv("run", "--group", "docs", *program).out == "True\n"
    (developed.root / "pyproject.toml").write_text(
        (developed.root / "pyproject.toml").read_text("utf-8") + "# touched\n", "utf-8"
    )
    assert developed.mvenv("run", *program).out == "True\n"  # what was said stays said
    assert developed.mvenv("run", "--group=docs", "--no-build", *program).out == "True\n"
    assert installed(developed) == {**DEVELOPED, "pages": "1.0"}


def test_adding_to_dev(developed: ProjectFolder) -> None:
    developed.mvenv("add", "--dev", "pages")
    assert installed(developed) == {**DEVELOPED, "pages": "1.0"}
    assert developed.mvenv("build").err.startswith("Up to date")
    outcome = developed.mvenv("remove", "--dev", "pages", "--no-build")
    assert outcome.err == (
        "Removed `pages>=1.0` from dependency-groups.dev\n`pages` is required in dependency-groups.docs as well\n"
    )


def test_the_default_groups_of_the_project(developed: ProjectFolder) -> None:
    developed.pyproject(["dep-a", "plain"], f'{SECTIONS}[tool.mvenv]\ndefault-groups = ["docs"]\n')
    developed.mvenv("build", "--locked")
    assert installed(developed) == {**PRODUCTION, "pages": "1.0"}


def test_exporting_a_part(developed: ProjectFolder) -> None:
    outcome = developed.mvenv("export", "--no-dev")
    assert outcome.out == f"{developed.root / 'pylock.toml'}\n"
    packages = tomllib.loads((developed.root / "pylock.toml").read_text("utf-8"))["packages"]
    assert {each["name"]: each["version"] for each in packages} == PRODUCTION


def test_a_lock_of_one_selection(cloned: ProjectFolder) -> None:
    """As mvenv wrote it when a lock held what one build had taken in."""
    text = (cloned.root / "mvenv.lock").read_text("utf-8")
    old = text.replace("version = 2\n", "version = 1\n", 1)
    (cloned.root / "mvenv.lock").write_text(old, "utf-8")
    refused = cloned.mvenv("build", "--frozen", check=False)
    assert_refused(refused)
    assert refused.err.startswith(
        "error: `mvenv.lock` does not say which of its requirements are of which dependency group\n"
    )
    outdated = cloned.mvenv("build", "--locked", check=False)
    assert_refused(outdated)
    assert "cause: an earlier mvenv made it, for some of the dependency groups and extras\n" in outdated.err
    cloned.mvenv("lock")
    assert lock(cloned)["group"] == tomllib.loads(text)["group"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("build", "--only-group", "dev", "--all-groups"),
            "`--only-group` and `--all-groups` exclude each other",
        ),
        (
            ("run", "--only-group", "dev", "--extra", "x", "python"),
            "`--only-group` and `--extra` exclude each other",
        ),
        (("run", "--group"), "Option '--group' requires an argument"),
        (("run", "--no-dev=x", "python"), "No such option '--no-dev=x'"),
        (("add", "--dev", "--group", "docs", "x"), "`--dev` and `--group` exclude each other"),
    ],
)
def test_options_that_make_no_sense(arguments: tuple[str, ...], said: str, made: ProjectFolder) -> None:
    outcome = made.mvenv(*arguments, check=False)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"error: {said}\n")
