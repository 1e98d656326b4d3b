"""Every limit that `mvenv build` warns of, shown with the versions that the table says it was seen with."""

from __future__ import annotations

import dataclasses
import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.limits.particular import PARTICULAR
from tests.packages.limits import OTHERS
from tests.packages.limits_of_switching import SWITCHING
from tests.packages.shown import ANYTHING_ELSE
from tests.support.interpreters import found_interpreters
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.limits.model import Limit
    from tests.packages.shown import Shown
    from tests.support.project import ProjectFolder

pytestmark = pytest.mark.index

SHOWN = {**SWITCHING, **OTHERS}
"""The part of a name before a colon is the key of a limit."""
LIMITS = {limit.key: limit for limit in PARTICULAR}


@pytest.fixture
def oldest(real_project: ProjectFolder) -> ProjectFolder:
    """An empty project on Python 3.11: the older versions have no wheels for later ones."""
    python = next((found for found in found_interpreters() if found.version == "3.11"), None)
    if python is None:
        pytest.skip("needs Python 3.11")
    return real_project.on(python)


# These install or wait for longer than the rest together.
LONG = {"eventlet: waits forever"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in SHOWN]
)
def test_two_versions_in_one_process(oldest: ProjectFolder, tmp_path: Path, name: str) -> None:
    """Alone it works, together it fails as the table says; the build has warned."""
    shown, limit = SHOWN[name], LIMITS[name.partition(":")[0]]
    project = with_both_sides(oldest, Index(tmp_path / "sides"), shown, limit)
    distribution = limit.distributions[0]
    versions = limit.seen_with[0].replace(", ", " and ")
    assert f"warning: {distribution} {versions} will meet in one process: " in project.mvenv("build").err
    program = textwrap.dedent(shown.program)
    for other, words, code in (("dep_a", shown.alone, 0), ("dep_b", shown.together, shown.code)):
        project.write("program.py", f"import dep_a as one\nimport {other} as other\n{program}")
        outcome = project.python("program.py", check=False)
        found = (outcome.out.split(), outcome.code)
        if words == ANYTHING_ELSE:
            assert found != (shown.alone.split(), 0), outcome
        else:
            assert found == (words.split(), code), outcome


def with_both_sides(project: ProjectFolder, index: Index, shown: Shown, limit: Limit) -> ProjectFolder:
    """Return the project with `dep-a` and `dep-b`, which require the two versions."""
    distribution = limit.distributions[0]
    sides = zip(("dep-a", "dep-b"), limit.seen_with[0].split(", "), shown.beside, strict=True)
    for side, version, beside in sides:
        requires = [f"{distribution}=={version}", *([beside] if beside else [])]
        files = {f"{side.replace('-', '_')}.py": textwrap.dedent(shown.library)}
        index.add(side, "1.0", requires=requires, files=files)
    project.pyproject(["dep-a", "dep-b"])
    return dataclasses.replace(
        project, environment={**project.environment, "UV_FIND_LINKS": str(index.folder)}
    )


def test_every_limit_is_shown() -> None:
    assert {name.partition(":")[0] for name in SHOWN} == set(LIMITS)
