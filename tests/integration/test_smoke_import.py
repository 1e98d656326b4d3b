"""After a build every direct requirement is imported once; what fails is a warning, with what to write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import publish_conflict

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

CONSTRAINTS = "to `[tool.mvenv.constraints]`"
# The text of numpy's ABI check, from an extension that was compiled against numpy 1.
ABI = "numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject"
SERVER = """
try:
    import aiohttp
except ImportError as error:
    raise RuntimeError("no server") from error
"""
UNKNOWN = (
    "its metadata may promise too much; an older release of a dependency may do: "
    'give `"bad"` an upper bound for it in `[tool.mvenv.constraints]`'
)


@pytest.mark.parametrize(
    ("source", "warning", "hint"),
    [
        pytest.param(
            f"raise ValueError({ABI!r})",
            f"ValueError: {ABI}",
            f'add `"bad" = ["numpy<2"]` {CONSTRAINTS}',
            id="numpy ABI",
        ),
        pytest.param(
            "import pkg_resources",
            "ModuleNotFoundError: No module named 'pkg_resources'",
            f'add `"bad" = ["+setuptools<81"]` {CONSTRAINTS}',
            id="pkg_resources",
        ),
        pytest.param(
            "import undeclared_thing",
            "ModuleNotFoundError: No module named 'undeclared_thing'",
            f'add `"bad" = ["+undeclared_thing"]` {CONSTRAINTS}',
            id="missing module",
        ),
        pytest.param(
            "import low.gone",
            "ModuleNotFoundError: No module named 'low.gone'",
            f'`low` is there without it; an older release may do: add `"bad" = ["low<2.0"]` {CONSTRAINTS}',
            id="missing submodule",
        ),
        pytest.param(
            "from low import gone",
            "ImportError: cannot import name 'gone' from 'low' (",
            "its metadata may promise too much; an older release of low may do: "
            f'add `"bad" = ["low<2.0"]` {CONSTRAINTS}',
            id="missing name",
        ),
        pytest.param(
            "import os; os._exit(3)",
            "the interpreter ended with code 3",
            UNKNOWN,
            id="exit",
        ),
        pytest.param(
            "import sys; sys.exit('not today')",
            "SystemExit: not today",
            UNKNOWN,
            id="sys.exit",
        ),
        pytest.param(
            "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
            "the interpreter was ended by signal 11 (SIGSEGV)",
            UNKNOWN,
            id="crash",
        ),
        pytest.param(
            "raise RuntimeError",
            "RuntimeError",
            UNKNOWN,
            id="without words",
        ),
    ],
)
def test_a_requirement_that_does_not_import(
    source: str, warning: str, hint: str, project: ProjectFolder, index: Index
) -> None:
    publish_conflict(index)
    index.add("bad", "1.0", requires=["low"], files={"bad.py": source + "\n"})
    project.pyproject(["bad", "plain"])
    outcome = project.mvenv("build")
    first, second, *rest = outcome.err.splitlines()
    assert first.startswith(f"warning: `bad` does not import (bad): {warning}"), outcome
    assert second == f"  hint: {hint}"
    assert rest[0].startswith("Built 3 distributions")
    assert outcome.out == ""
    assert project.mvenv("build").err.startswith("Up to date")


def test_extras_that_nobody_asked_for_and_commands(project: ProjectFolder, index: Index) -> None:
    """`black` has `blackd`, for which one has to ask; the module of a command may fail where its package does not."""
    index.add(
        "black",
        "1.0",
        files={
            "black/__init__.py": "",
            "black/cli.py": "import undeclared_thing\n",
            "black/server.py": "import aiohttp\n",
            "blackd.py": SERVER,
        },
        extras={"d": ["aiohttp"]},
        entry_points={
            "black": "black.cli:main",
            "black-server": "black.server:main",
            "blackd": "blackd:main",
        },
    )
    index.add("aiohttp", "3.0", files={"other.py": ""})
    project.pyproject(["black"])
    first, second, *rest = project.mvenv("build").err.splitlines()
    assert (
        first
        == "warning: `black` does not import (black.cli:main): ModuleNotFoundError: No module named 'undeclared_thing'"
    )
    assert second == f'  hint: add `"black" = ["+undeclared_thing"]` {CONSTRAINTS}'
    assert rest[0].startswith("Built 1 distribution")
    project.pyproject(["black[d]"])
    said = project.mvenv("build").err
    assert "warning: `black` does not import (blackd): RuntimeError: no server" in said
    assert (
        "warning: `black` does not import (black.server:main): ModuleNotFoundError: No module named 'aiohttp'"
        in said
    )


def test_each_environment_is_asked(project: ProjectFolder, index: Index) -> None:
    publish_conflict(index)
    files = {"bad.py": "import undeclared_thing\n"}
    index.add("bad", "1.0", requires=["low<2"], files=files)
    index.add("worse", "1.0", requires=["low>=2"], files={"worse.py": "raise RuntimeError('worse')\n"})
    project.pyproject(["dep-a", "bad", "dep-b", "worse"])
    warnings = [line for line in project.mvenv("build").err.splitlines() if line.startswith("warning: ")]
    assert warnings == [
        "warning: `bad` does not import (bad): ModuleNotFoundError: No module named 'undeclared_thing'",
        "warning: `worse` does not import (worse): RuntimeError: worse",
    ]
    project.python("-c", "import dep_a, dep_b")


def test_the_others_are_tried_after_a_crash(project: ProjectFolder, index: Index) -> None:
    index.add("crash", "1.0", files={"crash.py": "import os; os._exit(3)\n"})
    index.add("bad", "1.0", files={"bad.py": "import undeclared_thing\n"})
    project.pyproject(["crash", "bad"])
    said = project.mvenv("build").err
    assert "warning: `crash` does not import (crash): the interpreter ended with code 3" in said
    assert "warning: `bad` does not import (bad): ModuleNotFoundError" in said


def test_what_an_import_prints_is_not_shown(project: ProjectFolder, index: Index) -> None:
    source = (
        "import os, sys, warnings\nprint('[\"bad\", \"hello\"]')\nos.write(1, b'out')\nwarnings.warn('old')\n"
    )
    index.add("loud", "1.0", files={"loud.py": source})
    project.pyproject(["loud"])
    outcome = project.mvenv("build")
    assert outcome.out == ""
    assert [line.partition(" ")[0] for line in outcome.err.splitlines()] == ["Built", ""]


def test_a_project_file_of_the_same_name_does_not_count(project: ProjectFolder, index: Index) -> None:
    index.add("good", "1.0")
    project.pyproject(["good"])
    project.write("good.py", "raise RuntimeError('the project\\'s own')")
    assert "warning" not in project.mvenv("build").err


def test_quiet_says_warnings(project: ProjectFolder, index: Index) -> None:
    index.add("bad", "1.0", files={"bad.py": "import undeclared_thing\n"})
    project.pyproject(["bad"])
    assert project.mvenv("build", "-q").err.startswith("warning: `bad` does not import")


def test_it_is_told_until_it_is_mended(project: ProjectFolder, index: Index) -> None:
    """By every build, and by doctor, which tries again."""
    index.add("low", "1.0", files={"low.py": "name = 1"})
    index.add("low", "2.0", files={"low.py": ""})
    index.add("bad", "1.0", requires=["low"], files={"bad.py": "from low import name"})
    project.pyproject(["bad", "low"])
    told = "`bad` does not import (bad): ImportError: cannot import name 'name' from 'low'"
    for _ in range(2):
        said = project.mvenv("build").err
        assert told in said
        assert f"{project.root}/.venv/lib" in said  # where the module is now, not where it was tried
    looked = project.mvenv("doctor", check=False)
    assert looked.code == 1
    assert "problem: .venv: bad: does not import (bad): ImportError: cannot import name" in looked.out
    assert '"bad" = ["low<2.0"]' in looked.out
    assert "does not import" not in project.mvenv("constrain", "bad", "low<2").err
    assert project.mvenv("build").err.startswith("Up to date")
    assert "nothing is wrong" in project.mvenv("doctor").out
    (next(project.root.glob(".venv/lib/python*/site-packages")) / "bad.py").write_text("raise ValueError(1)")
    looked = project.mvenv("doctor", check=False)
    assert "bad: does not import (bad): ValueError: 1" in looked.out
    assert "--reinstall" in looked.out


def test_nothing_is_imported_on_request(project: ProjectFolder, index: Index, tmp_path: Path) -> None:
    trace = tmp_path / "imported"
    index.add("bad", "1.0", files={"bad.py": f"open({str(trace)!r}, 'w'); raise ValueError(1)"})
    project.pyproject(["bad"])
    assert "does not import" not in project.mvenv("build", "--no-check").err
    assert "note: nothing was imported" in project.mvenv("doctor").out
    assert not trace.exists()
    assert "does not import" in project.mvenv("build", "--reinstall").err
    assert trace.exists()
