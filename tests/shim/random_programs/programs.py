"""Strategies for random programs: lists of steps, plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.shim.random_programs import bench, libraries
from tests.shim.random_programs.agent import OPERATIONS
from tests.shim.random_programs.agent.carriers import CARRIERS

if TYPE_CHECKING:
    from tests.shim.random_programs.agent.model import Crowd, Program, Step, Together

ACTORS = ("a", "b", "app", "c", "d")
# Which steps may run at once: actors that share modules would race in a plain interpreter, too.
APART = (("a", "c"), ("b", "app"), ("d",))

# Operations whose only frames may be neutral ones: through somebody else's code they are that somebody's.
ON_THE_CALLERS_BEHALF = frozenset({"exec in fresh globals"})

# Not for several threads at once. The first takes every entry out of `sys.modules` and puts it back, a race in any
# Python. The others are a known limit: an entry assigned at run time is everybody's until the next import.
ALONE = frozenset({"patch.dict", "put back", "run_module", "LazyLoader"})

_CROWD = ("import as", "import_module", "from parent import", "in a function", "lazy")


def _ways(actors: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from((*CARRIERS, *actors)), max_size=3)


def _packages(names: list[str]) -> list[str]:
    return [name for name in names if libraries.MODULES.get(name)]


@st.composite
def steps(draw: st.DrawFn, actors: tuple[str, ...] = ACTORS, *, alone: bool = True) -> Step:
    """Return one step of one of the actors."""
    who = draw(st.sampled_from(actors))
    names = bench.names_of(who)
    operation = draw(st.sampled_from([name for name in OPERATIONS if alone or name not in ALONE]))
    within = draw(st.sampled_from(_packages(names))) if operation == "exec in" else ""
    packages_only = operation in ("iter_modules", "walk_packages", "resource")
    name = draw(st.sampled_from(_packages(names) if packages_only else names))
    ways = [] if operation in ON_THE_CALLERS_BEHALF else draw(_ways(ACTORS))
    step: Step = {"who": who, "do": operation, "name": name}
    if within:
        step["within"] = within
    if ways:
        step["via"] = ways
    return step


@st.composite
def _calm_steps(draw: st.DrawFn) -> Step:
    calm = [name for name in libraries.MODULES if name.startswith("calm.")]
    return {
        "who": draw(st.sampled_from(ACTORS)),
        "do": draw(st.sampled_from(_CROWD)),
        "name": draw(st.sampled_from(calm)),
    }


@st.composite
def _crowds(draw: st.DrawFn) -> Crowd:
    return {"crowd": draw(st.lists(_calm_steps(), min_size=2, max_size=8))}


@st.composite
def _together(draw: st.DrawFn) -> Together:
    return {"together": [draw(st.lists(steps(actors, alone=False), max_size=4)) for actors in APART]}


def programs(most: int = 12) -> st.SearchStrategy[Program]:
    """Return programs of up to *most* steps; some are several threads' steps at once."""
    one = steps()
    return st.lists(st.one_of(one, one, one, one, _together(), _crowds()), min_size=1, max_size=most)
