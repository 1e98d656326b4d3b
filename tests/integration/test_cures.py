"""What lets a requirement be imported is found by trying, and `mvenv doctor --fix` writes it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

# `low` took something away in 3.0.
NEEDS_OLD = "import low\nif low.__version__ >= '3':\n    from low import gone\n"
CURED = "with it the import works (`mvenv doctor --fix` writes it)"


@pytest.fixture
def broken(project: ProjectFolder, index: Index) -> ProjectFolder:
    for version in ("1.0", "2.0", "3.0", "4.0", "5.0", "6.0"):
        index.add("low", version, files={"low.py": f"__version__ = '{version}'\n"})
    index.add("bad", "1.0", requires=["low"], files={"bad.py": NEEDS_OLD})
    index.add("plain", "1.0")
    project.pyproject(["bad", "plain"])
    return project


def test_the_bound_is_found_told_and_written(broken: ProjectFolder) -> None:
    first, second, *_ = broken.mvenv("build").err.splitlines()
    assert first.startswith("warning: `bad` does not import (bad): ImportError: cannot import name 'gone'")
    assert second == f'  hint: add `"bad" = ["low<3"]` to `[tool.mvenv.constraints]`: {CURED}'
    assert CURED in broken.mvenv("build").err  # kept, not looked for again
    found = broken.mvenv("doctor", "--json", check=False)
    assert found.code == 1
    [problem] = json.loads(found.out)["problems"]
    assert (problem["what"], problem["cure"]) == ("bad", ["low<3"])
    mended = broken.mvenv("doctor", "--fix")
    assert mended.out.splitlines()[-1] == "nothing is wrong"
    assert "Added `low<3` to tool.mvenv.constraints.bad" in mended.err
    assert 'bad = ["low<3"]' in (broken.root / "pyproject.toml").read_text()
    assert broken.python("-c", "import bad, low; print(low.__version__)").out == "2.0\n"
    assert "does not import" not in broken.mvenv("build").err


def test_what_is_imported_and_not_asked_for(broken: ProjectFolder, index: Index) -> None:
    """The bound has to ask for it; what else needs the newer one keeps it."""
    index.add("far", "1.0", files={"far.py": NEEDS_OLD})
    broken.pyproject(["far", "low>5"])
    told = broken.mvenv("build").err
    assert f'  hint: add `"far" = ["+low<3"]` to `[tool.mvenv.constraints]`: {CURED}' in told
    broken.mvenv("doctor", "--fix")
    assert (
        broken.python("-c", "import far, low; print(far.low.__version__, low.__version__)").out == "2.0 6.0\n"
    )


def test_a_lock_that_is_not_to_change_is_left_alone(broken: ProjectFolder) -> None:
    broken.mvenv("lock")
    told = broken.mvenv("build", "--locked").err
    assert 'an older release of low may do: add `"bad" = ["low<6.0"]`' in told
    assert CURED not in told


def test_what_is_damaged_is_installed_again(broken: ProjectFolder) -> None:
    broken.pyproject(["plain"])
    broken.mvenv("build")
    [module] = broken.root.glob(".venv/lib/*/site-packages/plain/__init__.py")
    module.unlink()
    module.write_text("broken = True\n")
    assert broken.mvenv("doctor", check=False).code == 1
    assert broken.mvenv("doctor", "--fix").out.splitlines()[-1] == "nothing is wrong"
    assert "broken" not in module.read_text()


def test_what_nothing_mends_is_told(broken: ProjectFolder, index: Index) -> None:
    index.add("worse", "1.0", files={"worse.py": "raise RuntimeError('worse')\n"})
    broken.pyproject(["worse"])
    broken.mvenv("build")
    mended = broken.mvenv("doctor", "--fix", check=False)
    assert mended.code == 1
    assert "worse does not import" in mended.out.replace(": ", " ")


def test_what_was_not_looked_for_is_looked_for_by_the_next_build(broken: ProjectFolder) -> None:
    """A build that does not search, or is ended while it does, is not the last word."""
    broken.mvenv("lock")
    assert CURED not in broken.mvenv("build", "--locked").err
    assert CURED not in broken.mvenv("build", "--locked").err
    place = (broken.root / ".venv").stat().st_ino
    assert f'add `"bad" = ["low<3"]` to `[tool.mvenv.constraints]`: {CURED}' in broken.mvenv("build").err
    assert (broken.root / ".venv").stat().st_ino == place
    assert broken.mvenv("build").err.startswith("Up to date")


def test_constraints_of_the_user_s_are_kept(broken: ProjectFolder) -> None:
    broken.pyproject(["bad"], '[tool.mvenv.constraints]\nBad = ["low!=2.0"]  # mine\n')
    broken.mvenv("build")
    broken.mvenv("doctor", "--fix")
    assert 'Bad = ["low!=2.0,<3"]  # mine' in (broken.root / "pyproject.toml").read_text()
    assert broken.python("-c", "import bad, low; print(low.__version__)").out == "1.0\n"


def test_what_was_not_imported_is_not_called_right(broken: ProjectFolder) -> None:
    broken.mvenv("build", "--no-check")
    told = broken.mvenv("doctor").out
    assert "nothing is wrong, as far as was looked: imports were not tried" in told
    assert "`doctor --fix` does so" in told
    assert broken.mvenv("doctor", "--fix").out.splitlines()[-1] == "nothing is wrong"
    assert "low<3" in (broken.root / "pyproject.toml").read_text()
