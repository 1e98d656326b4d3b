"""Random programs observe in the project what they observe in plain venvs, step by step.

A program is a list of steps, each performed by the code of one environment (or of the application): an import in
one of its forms, a look into `sys.modules`, a reload, a pickle, … through threads, tasks, C code, or another
environment's functions. The oracle is the same program in plain venvs, each performing its own environment's steps
alone; calls through other environments' code are direct calls there. Libraries are random, too, and different in
each version (see `random_programs.libraries`).

A failure prints the program as JSON; `REGRESSIONS` is where to put it. `scripts/random-programs` searches longer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from tests.shim.random_programs.bench import open_bench
from tests.shim.random_programs.programs import programs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shim.random_programs.agent.model import Program
    from tests.shim.random_programs.bench import Bench
    from tests.support.interpreters import Interpreter

# Programs that once failed, by what was wrong.
REGRESSIONS: dict[str, Program] = {
    "find_spec of a namespace package": [{"who": "b", "do": "loader", "name": "space"}],
}
SEED = 1
MORE_SEEDS = (2, 3, 4, 5)
SLOW_EXAMPLES = int(os.environ.get("RANDOM_PROGRAMS", "2000"))


def _bench(interpreter: Interpreter, factory: pytest.TempPathFactory, seed: int) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield open_bench(factory.mktemp(f"random-{seed}-{interpreter}-"), interpreter, seed, stack)


@pytest.fixture(scope="module")
def bench(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The universe of the default seed."""
    yield from _bench(interpreter, tmp_path_factory, SEED)


@pytest.fixture(scope="module", params=MORE_SEEDS)
def another_bench(
    request: pytest.FixtureRequest, interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bench]:
    """Further universes."""
    yield from _bench(interpreter, tmp_path_factory, request.param)


@pytest.mark.parametrize("program", REGRESSIONS)
def test_regressions(bench: Bench, program: str) -> None:
    """[random programs] What was found and mended stays so."""
    bench.same(REGRESSIONS[program])


def test_a_runner_whose_input_has_ended_is_begun_anew(bench: Bench) -> None:
    """[random programs] What happens to a pipe is not what is tested."""
    for runner in (bench.project, *bench.plain.values()):
        runner.lose_input()
        bench.same(REGRESSIONS["find_spec of a namespace package"])


@settings(
    max_examples=75, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
@given(program=programs())
def test_random_programs(bench: Bench, program: Program) -> None:
    """[random programs] 150 programs, the same ones every time."""
    bench.same(program)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=SLOW_EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs(most=25))
def test_many_random_programs(another_bench: Bench, program: Program) -> None:
    """[random programs] Thousands, other ones every time, in universes of their own."""
    another_bench.same(program)
