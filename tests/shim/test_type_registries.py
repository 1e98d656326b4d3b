"""Extensions of two environments keep their classes in registries of their own; see `tests.shim.bindings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim import bindings, extensions
from tests.shim.extensions import WITHOUT_READER
from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

PLACES = ("state", "builtins", "swig")
ORDERS = ("a b everyones", "b everyones a", "everyones a b")

START = """
import importlib, json, sys, threading
import dep_a, dep_b, everyones, meanwhile

def load(side, module):
    if side == "everyones":
        return importlib.import_module(f"everyones.{module}")
    return {"a": dep_a, "b": dep_b}[side].load(f"bound.{module}")
"""


@pytest.fixture(scope="module")
def bound(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(f"bound-{interpreter}-")
    index = Index(folder / "index")
    bindings.publish(index, interpreter)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(folder, index, interpreter, PlainVenvs(folder), bindings.DIRECT, plain)


@pytest.mark.parametrize("reader", ["native", "fallback"])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("place", PLACES)
def test_each_side_has_its_own(bound: World, place: str, order: str, reader: str) -> None:
    """[fallback] In every order, and without a view of the C stack."""
    program = f"""{START}
found = {{side: load(side, "{place}") for side in "{order}".split()}}
print(json.dumps({{side: [module.VERSION, module.registered()] for side, module in found.items()}}))
"""
    found = bound.answer((WITHOUT_READER if reader == "fallback" else "") + program)
    assert found == {
        "a": ["1", [f"bound.{place}.Class"]],
        "b": ["2", [f"bound.{place}.Class"]],
        "everyones": ["1", [f"everyones.{place}.Class"]],
    }


def test_modules_of_one_environment_share_theirs(bound: World) -> None:
    program = f"""{START}
for module in ("state", "more"):
    for side in ("a", "everyones", "b"):
        load(side, module)
print(json.dumps([load(side, "state").registered() for side in ("a", "b", "everyones")]))
"""
    assert bound.answer(program) == [
        [f"{of}.state.Class", f"{of}.more.Class"] for of in ("bound", "bound", "everyones")
    ]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("outer", ["a", "b", "everyones"])
def test_loaded_while_another_is_loaded(bound: World, outer: str, place: str) -> None:
    """An extension's own initialisation imports: everybody's extensions, and through a callback another side's."""
    others = [side for side in ("a", "everyones", "b") if side != outer]
    program = f"""{START}
def hook(name):
    meanwhile.hook = None
    for side in {others}:
        load(side, "{place}")
        load(side, "more")
meanwhile.hook = hook
load("{outer}", "{place}")
load("{outer}", "more")
print(json.dumps([[load(side, module).registered() for module in ("{place}", "more")]
                  for side in ("a", "b", "everyones")]))
"""
    expected = [
        [[f"{of}.state.Class", f"{of}.more.Class"]] * 2
        if place == "state"
        else [[f"{of}.{place}.Class"], [f"{of}.more.Class"]]
        for of in ("bound", "bound", "everyones")
    ]
    assert bound.answer(program) == expected


@pytest.mark.parametrize("place", PLACES)
def test_loaded_by_threads_at_once(bound: World, place: str) -> None:
    """All three are in the middle of their initialisation at the same time, waiting for each other."""
    program = f"""{START}
from runtime_shim.modules import turns
turns.LONGEST_HALT = 1.0  # until those behind go ahead
met = threading.Barrier(3)
meanwhile.hook = lambda name: met.wait(30)
sides = ("a", "b", "everyones")
threads = [threading.Thread(target=load, args=(side, "{place}")) for side in sides]
for thread in threads: thread.start()
for thread in threads: thread.join()
meanwhile.hook = None
for side in sides: load(side, "more")
print(json.dumps([load(side, "{place}").registered()[0] for side in sides]
                 + [len(load(side, "more").registered()) for side in sides]))
"""
    both = 2 if place == "state" else 1
    assert (
        bound.answer(program)
        == [f"{of}.{place}.Class" for of in ("bound", "bound", "everyones")] + [both] * 3
    )


def test_looked_up_after_the_import(bound: World) -> None:
    """The dicts are as they were left: who looks again finds the registry it has used."""
    program = f"""{START}
found = {{side: load(side, "state") for side in ("a", "b", "everyones")}}
again = {{side: module.registered_now() for side, module in found.items()}}
print(json.dumps([again[side] == found[side].registered() for side in ("a", "b")]))
"""
    assert bound.answer(program) == [True, True]


def test_one_that_fails_to_load(bound: World) -> None:
    program = f"""{START}
errors = []
for side in ("a", "b", "everyones"):
    try:
        load(side, "failing")
    except ImportError as error:
        errors.append(str(error))
print(json.dumps([errors, [load(side, "state").registered() for side in ("a", "b", "everyones")]]))
"""
    errors, registered = bound.answer(program)
    assert errors == ["fails"] * 3
    assert registered == [
        [f"{of}.failing.Class", f"{of}.state.Class"] for of in ("bound", "bound", "everyones")
    ]


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_in_child_processes(bound: World, method: str) -> None:
    """A forked child has its parent's registries and loads more; a spawned one makes its own."""
    program = f"""
import json, multiprocessing, sys
import dep_a, dep_b

def work(side):
    bound = [__import__("dep_" + side).load(f"bound.{{name}}") for name in ("builtins", "more", "state")]
    return [len(module.registered()) for module in bound], bound[0].VERSION

if __name__ == "__main__":
    dep_a.load("bound.state"), dep_b.load("bound.state")
    with multiprocessing.get_context("{method}").Pool(1) as pool:
        print(json.dumps(pool.map(work, ["a", "b"])))
"""
    assert bound.answer(program) == [[[1, 2, 2], "1"], [[1, 2, 2], "2"]]


def test_builtins_stay_quick(bound: World) -> None:
    """CPython specialises look-ups in dicts whose keys are plain strings, so the builtins must have no others."""
    program = f"""{START}
import builtins
for place in {PLACES}:
    for side in ("a", "b", "everyones"):
        load(side, place)
names = [*vars(builtins), *vars(dep_a)["__builtins__"], *vars(dep_b)["__builtins__"]]
print(json.dumps(sorted({{type(name).__name__ for name in names}})))
"""
    assert bound.answer(program) == ["str"]
