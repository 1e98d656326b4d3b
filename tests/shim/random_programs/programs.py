"""Strategies for random programs: lists of steps, plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.shim.random_programs import bench, libraries
from tests.shim.random_programs.agent import OPERATIONS
from tests.shim.random_programs.agent.carriers import CARRIERS

if TYPE_CHECKING:
    from typing import Any

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
def steps(draw: st.DrawFn, actors: tuple[str, ...] = ACTORS, *, alone: bool = True) -> dict[str, Any]:
    """Return one step of one of the actors."""
    who = draw(st.sampled_from(actors))
    names = bench.names_of(who)
    operation = draw(st.sampled_from([name for name in OPERATIONS if alone or name not in ALONE]))
    within = {"within": draw(st.sampled_from(_packages(names)))} if operation == "exec in" else {}
    packages_only = operation in ("iter_modules", "walk_packages", "resource")
    name = draw(st.sampled_from(_packages(names) if packages_only else names))
    ways = [] if operation in ON_THE_CALLERS_BEHALF else draw(_ways(ACTORS))
    return {"who": who, "do": operation, "name": name, **within, **({"via": ways} if ways else {})}


@st.composite
def _crowds(draw: st.DrawFn) -> dict[str, Any]:
    calm = [name for name in libraries.MODULES if name.startswith("calm.")]
    step = st.fixed_dictionaries(
        {"who": st.sampled_from(ACTORS), "do": st.sampled_from(_CROWD), "name": st.sampled_from(calm)}
    )
    return {"crowd": draw(st.lists(step, min_size=2, max_size=8))}


def _together() -> st.SearchStrategy[dict[str, Any]]:
    threads = [st.lists(steps(actors, alone=False), max_size=4) for actors in APART]
    return st.builds(lambda *programs: {"together": list(programs)}, *threads)


def programs(most: int = 12) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return programs of up to *most* steps; some are several threads' steps at once."""
    one = steps()
    return st.lists(st.one_of(one, one, one, one, _together(), _crowds()), min_size=1, max_size=most)
