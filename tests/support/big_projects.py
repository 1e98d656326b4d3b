"""Projects of any size as values, to see how what is made for a few distributions does with many."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from orchestrator.resolution.outcome import ResolvedGroup
from tests.unit.built_values import built
from tests.unit.plan_values import conflict, resolved

if TYPE_CHECKING:
    from orchestrator.reports.graph.built import BuiltProject

# fmt: off
_FIRST = [
    "numpy", "pandas", "scipy", "pydantic", "urllib3", "protobuf", "attrs", "click", "jinja2", "sqlalchemy", "torch",
]
_PARTS = [
    "lib", "core", "api", "data", "http", "fast", "async", "stream", "cloud", "graph", "model", "text", "image",
    "cache", "table", "config", "auth", "queue",
]
# fmt: on


def big_project(distributions: int, groups: int) -> BuiltProject:
    """Return a project with so many distributions, about, in conflicting groups; the same on every run."""
    choice = random.Random(distributions)
    names = [*_FIRST]
    for one in _PARTS:
        names += [
            f"{one}-{other}" + ("-extras" if len(names) % 23 == 0 else "") for other in _PARTS if one != other
        ]
    names += [f"py{name}" for name in names]
    names = names[:distributions]
    differing = names[: max(3, distributions // 25)]
    shared = names[len(differing) :]
    made = []
    for number in range(groups):
        tops = [f"app{number}-{part}" for part in choice.sample(_PARTS, 3)]
        pins = dict.fromkeys(tops, "1.0")
        pins |= {
            name: f"{number + 1}.{choice.randrange(20)}.{choice.randrange(9)}"
            for name in differing[number % 3 :]
        }
        pins |= {name: f"{1 + len(name) % 7}.{len(name)}.0" for name in shared}
        order = list(pins)
        requires = {
            name: choice.sample(order[place + 1 :], min(3, len(order) - place - 1))
            for place, name in enumerate(order)
        }
        # All that nobody has drawn hangs on a requirement of the project's own.
        required = {other for needed in requires.values() for other in needed}
        requires[tops[0]] += [name for name in order if name not in required and name not in tops]
        made.append(
            ResolvedGroup(
                tuple(tops),
                tuple(tops),
                resolved(
                    " ".join(f"{name}=={version}" for name, version in pins.items()),
                    **{name.replace("-", "_"): " ".join(needed) for name, needed in requires.items()},
                ),
            )
        )
    conflicts = tuple(
        conflict(
            made[one].requirements[0],
            made[other].requirements[1],
            reason=f"{made[one].requirements[0]} needs {differing[one]}<{other + 1}, "
            f"{made[other].requirements[1]} needs {differing[one]}>={other + 1}",
        )
        for one in range(groups)
        for other in range(one + 1, groups)
    )
    return built(
        *made, conflicts=conflicts, seen={each.requirements[0]: each.requirements[0] for each in made}
    )
