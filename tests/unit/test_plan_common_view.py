"""Views are told as differences from what most see, and come to the same as each view told by itself."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.lock.make import make_lock
from orchestrator.lock.model import LockInputs
from orchestrator.plan.common_view import differences, views_of
from orchestrator.plan.optional import with_optional
from orchestrator.plan.views import application_view, environment_view
from orchestrator.resolution.outcome import Groups
from runtime_shim.model.layered import Common, Layered
from tests.unit.plan_values import group, holds, known, plan_of, resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.plan.model import Knowledge, Plan
    from orchestrator.plan.views import View

INPUTS = LockInputs("3.11", "cpython-linux-x86_64", ())


def made_up(seed: int) -> tuple[Plan, Knowledge, View]:
    """Return a plan in which names are contested, shared and spread over namespace packages; and what goes with it."""
    chance = random.Random(seed)
    libraries = [f"lib{number}" for number in range(chance.randint(2, 9))]
    names = {name: [name, f"{name}_more"] for name in libraries}
    for name in libraries:
        names[name] += chance.sample(
            ["space.a", "space.b", "other.x.y", "both", f"space.{name}"], chance.randint(0, 2)
        )
    knowledge = known(
        *(
            holds(f"{name}=={version}", " ".join(sorted(names[name][: chance.randint(1, 5)])))
            for name in libraries
            for version in (1, 2, 3)
        ),
        *(holds(f"main{number}==1", f"main{number}") for number in range(6)),
    )
    groups = []
    for number in range(chance.randint(2, 6)):
        held = chance.sample(libraries, chance.randint(1, len(libraries)))
        pins = " ".join(f"{name}=={chance.choice((1, 1, 1, 2, 3))}" for name in held)
        needed = chance.sample(held, chance.randint(1, len(held)))
        main = f"main{number}"
        groups.append(group(main, resolved(f"{main}==1 {pins}", **{main: " ".join(needed)})))
    isolated = " ".join(chance.sample(libraries, chance.randint(0, 2)))
    plan = with_optional(plan_of(*groups, knowledge=knowledge, isolated=isolated), knowledge)
    return (
        plan,
        knowledge,
        application_view(plan, knowledge, [f"main{number}" for number in range(len(groups))]),
    )


def whole(common: Mapping[str, str], own: Mapping[str, str | None]) -> dict[str, str]:
    """Return what the shim makes of it."""
    return Layered(Common(dict(common)), dict(own)).merged()


@pytest.mark.parametrize("seed", range(150))
def test_it_comes_to_the_same(seed: int) -> None:
    plan, knowledge, application = made_up(seed)
    views = views_of(plan, knowledge, application)
    told = {"": application} | {
        each.name: environment_view(each, plan, knowledge) for each in plan.environments
    }
    for name, seen in {"": views.application, **views.environments}.items():
        assert whole(views.common_imports, seen.imports) == told[name].imports
        assert whole(views.common_borrowed, seen.borrowed) == told[name].borrowed


@pytest.mark.parametrize("seed", range(20))
def test_the_lock_tells_what_the_application_imports_otherwise(seed: int) -> None:
    plan, knowledge, application = made_up(seed)
    views = {each.name: environment_view(each, plan, knowledge) for each in plan.environments}
    groups = Groups(plan.groups, plan.conflicts, plan.lower_bound, plan.proved)
    lock = make_lock(INPUTS, groups, plan, knowledge, application, {}, Path("/project"))
    for locked in lock.environments[1:]:
        view = views[locked.name]
        assert locked.borrowed == view.borrowed
        assert locked.imports == {
            name: home for name, home in view.imports.items() if application.imports.get(name) != home
        }


def test_what_all_see_is_told_once() -> None:
    """Of ten times as many environments that see each other ten times as much is told, and not a hundred times."""
    sizes = []
    for count in (8, 80):
        names = [f"lib{number}" for number in range(count)]
        knowledge = known(*(holds(f"{name}==1", f"{name} {name}_more") for name in names))
        groups = [group(name, resolved(f"{name}==1")) for name in names]
        plan = with_optional(plan_of(*groups, knowledge=knowledge, isolated=" ".join(names)), knowledge)
        application = application_view(plan, knowledge, names)
        assert len(environment_view(plan.environments[0], plan, knowledge).imports) == 2 * count
        views = views_of(plan, knowledge, application)
        told = [each.imports for each in views.environments.values()], views.common_imports
        borrowed = [each.borrowed for each in views.environments.values()], views.common_borrowed
        sizes.append(len(json.dumps([told, borrowed])))
    assert sizes[1] < 12 * sizes[0]


def test_differences() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == {"b": "2", "c": None}
