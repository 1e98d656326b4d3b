"""CPython's own tests say the same in a project of two environments as in a plain venv.  [suites]

`scripts/cpython_suites` runs the whole and prints a table.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cpython import STATES, make_laboratory
from tests.support.cpython_outcomes import compare, read
from tests.support.cpython_suites import SLICE, WHOLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.cpython import Laboratory
    from tests.support.cpython_outcomes import Run
    from tests.support.cpython_suites import Suite
    from tests.support.interpreters import Interpreter


@pytest.fixture(scope="session")
def laboratory(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """A project with `dep_a` on `lib` 1 and `dep_b` on `lib` 2, and a plain venv of the same Python."""
    return make_laboratory(tmp_path_factory.mktemp(f"cpython-{interpreter}-"), interpreter)


def check(laboratory: Laboratory, suite: Suite, states: Iterable[str]) -> None:
    """Compare, and fail with every difference that the table does not explain."""
    if not laboratory.has(suite):
        pytest.skip(f"Python {laboratory.world.interpreter.full_version} has no {suite}")
    for found in laboratory.compare(suite, states):
        assert found.passed, f"nothing of {suite} passes in the plain venv"
        texts = [f"shim {found.state}:\n{difference}" for difference in found.unexplained]
        assert not texts, "\n\n".join(texts)


def test_what_counts_as_a_difference(tmp_path: Path) -> None:
    """[suites] A test differs if no outcome under the shim is one without it; so does a process that dies."""

    def run(number: int, ended: str, *lines: tuple[str, str]) -> Run:
        output = tmp_path / f"{number}.jsonl"
        output.write_text(
            "".join(json.dumps([f"m::{test}", outcome, "detail"]) + "\n" for test, outcome in lines)
        )
        return read(output, ended, "printed")

    same = ("same", "passed")
    plain = [
        run(1, "exit code 0", same, ("flaky", "passed"), ("broken", "passed"), ("gone", "passed")),
        run(2, "exit code 0", same, ("flaky", "failed"), ("broken", "passed"), ("gone", "passed")),
    ]
    shim = [run(3, "exit code -11", same, ("flaky", "failed"), ("broken", "error"), ("gone", "started"))]
    found = {one.test: (one.plain, one.shim) for one in compare("m", "started", plain, shim).unexplained}
    assert found == {
        "m::broken": (("passed",), ("error",)),
        "m::gone": (("passed",), ()),
        "(process)": (("exit code 0",), ("exit code -11",)),
    }


def test_a_project_that_breaks_tests_is_noticed(interpreter: Interpreter, tmp_path: Path) -> None:
    """[suites] With a shim that spoils something of the standard library, its tests differ."""
    laboratory = make_laboratory(tmp_path, interpreter)
    site = next(laboratory.world.project.root.glob(".venv/lib/python3*/site-packages"))
    (site / "sitecustomize.py").write_text("import copyreg\ncopyreg.constructor = print\n")
    suite = next(one for one in SLICE if one.name == "test_copyreg")
    (found,) = laboratory.compare(suite, ["installed"], repeat=0)
    assert [one.test.rpartition(".")[2] for one in found.unexplained] == ["test_noncallable_constructor"]


@pytest.mark.parametrize("suite", SLICE, ids=str)
def test_slice(laboratory: Laboratory, suite: Suite) -> None:
    """[suites] Two environments are at work: each outcome is that of the plain venv."""
    check(laboratory, suite, ["started"])


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("suite", WHOLE, ids=str)
def test_whole(laboratory: Laboratory, suite: Suite) -> None:
    """[suites] Every suite, also before the shim starts and on an environment's behalf."""
    check(laboratory, suite, STATES)
