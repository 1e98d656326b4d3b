"""`runtime_shim.convert`: an object of one version becomes one of another.

[right]: what needs no conversion is the very object; [pickle]: carried as pickle does; [records]: dataclasses;
[names]: classes, functions, modules; [graph]: containers, sharing, cycles; [registered]: the program's converters;
[refused]: a ConversionError that says what, from where, to where, why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

THERE = "of shapes 1 (environment dep-a) to shapes 2 (environment dep-b): "
ADVICE = (
    "; register a converter for it with `runtime_shim.register_converter`, or carry its contents yourself"
)

START = """
    import json
    import common
    import dep_a, dep_b, dep_c
    from runtime_shim import convert, register_converter, ConversionError

    one, two = dep_a.shapes, dep_b.shapes

    def refusal(function, *arguments, **options):
        try:
            function(*arguments, **options)
        except ConversionError as error:
            assert isinstance(error, TypeError)
            return str(error)
    """


def answer(world: World, program: str) -> Any:
    """Return the value of `result` after a program that has both versions at hand."""
    lines = [START, program, "    print(json.dumps(result))\n"]
    return world.answer("\n".join(lines))


def test_object(mixing_world: World) -> None:
    """[pickle] Instances become the target's, in both directions, the application's state of them unchanged."""
    assert answer(
        mixing_world,
        """
    there = convert(one.Circle(1, 2, 3), to=dep_b)
    back = convert(there, to=one)
    result = [
        type(there) is two.Circle, vars(there), there.version,
        type(back) is one.Circle, back == one.Circle(1, 2, 3),
    ]
    """,
    ) == [True, {"x": 1, "y": 2, "radius": 3}, "2", True, True]


def test_target_by_any_module(mixing_world: World) -> None:
    """[target] The library, its submodule, who uses it: the environment's view counts, a borrowed copy included."""
    assert answer(
        mixing_world,
        """
    point = two.Point(1, 2)
    result = [
        type(convert(point, to=to)) is one.Point for to in (one, dep_a.solid, dep_a, dep_c, dep_c.shapes)
    ]
    result.append(convert(one.Point(1, 2), to=dep_c).version)
    """,
    ) == [True] * 5 + ["1"]


def test_bad_targets(mixing_world: World) -> None:
    """[target] What isn't a module, or is the standard library's, is refused at once."""
    assert answer(
        mixing_world,
        """
    result = []
    for to in ("dep_b", json):
        try:
            convert(one.Point(1, 2), to=to)
        except (TypeError, ValueError) as error:
            result.append([type(error).__name__, str(error)])
    """,
    ) == [
        ["TypeError", "`to` must be a module of the environment to convert to, not str"],
        ["ValueError", "`to` must be a module of an environment, and json is the standard library's"],
    ]


def test_already_right(mixing_world: World) -> None:
    """[right] Objects of the target, of nobody, of the application and what they hold are returned as they are."""
    assert (
        answer(
            mixing_world,
            """
    class Mine:
        pass

    mine = Mine()
    mine.point, mine.lock = two.Point(1, 2), __import__("threading").Lock()
    things = [two.Point(1, 2), 1, "text", None, [1, two.Point(1, 2)], {"a": {2}}, mine, common.TOKEN, print, json,
              (number for number in [1]), object(), two.Point, two.area, lambda: one]
    result = [convert(thing, to=dep_b) is thing for thing in things]
    """,
        )
        == [True] * 15
    )


def test_parts_that_are_right_are_shared(mixing_world: World) -> None:
    """[right] Within what is converted: the same unpicklable token, the same lock; containers are copied."""
    assert answer(
        mixing_world,
        """
    import threading
    lock, right, numbers = threading.Lock(), two.Point(5, 5), [1]
    holder = common.Holder(token=common.TOKEN, lock=lock, right=right, numbers=numbers, point=one.Point(1, 2))
    made = convert(holder, to=dep_b)
    result = [
        type(made) is common.Holder, made is holder, made.token is common.TOKEN, made.lock is lock,
        made.right is right, made.numbers == numbers, made.numbers is numbers, type(made.point) is two.Point,
        type(holder.point) is one.Point,
    ]
    """,
    ) == [True, False, True, True, True, True, False, True, True]


def test_containers(mixing_world: World) -> None:
    """[graph] Lists, tuples, dicts, sets, a dict's subclass, keys; one object met twice stays one."""
    assert (
        answer(
            mixing_world,
            """
    point, shelf = one.Point(1, 2), one.Shelf(first=one.Point(3, 4))
    made = convert({"list": [point, point], "tuple": (1, point), one.Colour.RED: {one.Colour.BLUE}, "shelf": shelf},
                   to=dep_b)
    result = [
        type(made["list"][0]) is two.Point,
        made["list"][0] is made["list"][1] is made["tuple"][1],
        made[two.Colour.RED] == {two.Colour.BLUE},
        type(made["shelf"]) is two.Shelf, type(made["shelf"]["first"]) is two.Point,
    ]
    """,
        )
        == [True] * 5
    )


def test_cycles(mixing_world: World) -> None:
    """[graph] Parents and children that refer to each other; a list that contains itself."""
    assert (
        answer(
            mixing_world,
            """
    root = one.Node("root")
    child = root.add(one.Node("child"))
    made = convert(child, to=dep_b)
    endless = [one.Point(1, 2)]
    endless.append(endless)
    around = convert(endless, to=dep_b)
    result = [type(made) is two.Node, made.parent.children[0] is made, type(made.parent) is two.Node,
              around[1] is around, type(around[0]) is two.Point]
    """,
        )
        == [True] * 5
    )


def test_other_ways_of_pickling(mixing_world: World) -> None:
    """[pickle] Slots, enumerations, a global that reduces to its name, bound methods, exceptions, moved classes."""
    assert answer(
        mixing_world,
        """
    import functools
    slotted = convert(one.Slotted(1, one.Point(1, 2)), to=dep_b)
    method = convert(one.Point(1, 2).scaled, to=dep_b)
    partial = convert(functools.partial(one.area, one.Point(3, 4)), to=dep_b)
    error = convert(ValueError("x", one.Failure(one.Point(1, 2))), to=dep_b)
    result = [
        type(slotted) is two.Slotted and type(slotted.two) is two.Point,
        convert(one.Colour.BLUE, to=dep_b) is two.Colour.BLUE,
        convert([one.UNIT], to=dep_b)[0] is two.UNIT,
        type(method(2)) is two.Point,
        partial.func is two.area and type(partial.args[0]) is two.Point and partial() == 12,
        type(error) is ValueError and type(error.args[1]) is two.Failure and type(error.args[1].args[0]) is two.Point,
        type(convert(one.Moved(), to=dep_b)) is two.Moved, convert(one.Moved(), to=dep_b).version,
    ]
    """,
    ) == [True] * 7 + ["2"]


def test_names(mixing_world: World) -> None:
    """[names] Classes, functions, cached functions, class methods and modules; also inside containers."""
    assert answer(
        mixing_world,
        """
    result = [
        convert(one.Point, to=dep_b) is two.Point,
        convert(one.area, to=dep_b) is two.area,
        convert(one.cached, to=dep_b) is two.cached,
        convert(one.Point.origin, to=dep_b)().version,
        convert(one, to=dep_b) is two,
        convert(dep_a.solid, to=dep_b) is dep_b.solid,
        convert([one.Point, {"f": one.area}], to=dep_b) == [two.Point, {"f": two.area}],
    ]
    """,
    ) == [True, True, True, "2", True, True, True]


def test_dataclass(mixing_world: World) -> None:
    """[records] Filled through `__init__`: new fields get their default, dropped ones may only hold theirs."""
    assert answer(
        mixing_world,
        """
    made = convert(one.Box(one.Point(1, 2), [one.Point(3, 4)]), to=dep_b)
    back = convert(two.Box(two.Point(1, 2)), to=dep_a)
    tag = convert(one.Tag("t", one.Point(1, 2)), to=dep_b)
    linked = one.Linked("a")
    linked.other = one.Linked("b", linked)
    around = convert(linked, to=dep_b)
    result = [
        type(made) is two.Box and made.colour is two.Colour.RED and type(made.items[0]) is two.Point,
        made.made, hasattr(made, "old"), type(back) is one.Box and back.old == 0,
        type(tag) is two.Tag and type(tag.point) is two.Point and tag.name == "t",
        type(around) is two.Linked and around.other.other is around and around.other.name == "b",
        refusal(convert, one.Box(one.Point(1, 2), old=7), to=dep_b),
        refusal(convert, one.Box("not a point"), to=dep_b),
    ]
    """,
    ) == [
        True,
        "made by 1",
        False,
        True,
        True,
        True,
        (
            f"cannot convert a shapes.solid.Box {THERE}"
            f"shapes.solid.Box has no field old there, and the value would be lost{ADVICE}"
        ),
        f"cannot convert a shapes.solid.Box {THERE}TypeError: corner{ADVICE}",
    ]


REGISTERED = """
    @register_converter("shapes.solid.Point", subclasses=SUBCLASSES)
    def convert_point(point, target):
        shapes = target.module("shapes")
        assert target.counterpart(type(point)).version == shapes.VERSION
        made = shapes.Point(-point.x, target.convert(point.y))
        made.by = [target.environment, shapes.VERSION]
        return made

    point = one.Point(1, one.Colour.RED)
    made = convert([point, {"again": point}, one.Circle(1, 2, 3)], to=dep_b)
    result = [made[0].x, made[0].y is two.Colour.RED, made[0].by, made[1]["again"] is made[0], vars(made[2]),
              type(convert(two.Point(1, 2), to=dep_a)) is one.Point, convert(two.Point(1, 2), to=dep_a).by]
    """


@pytest.mark.parametrize("subclasses", [False, True])
def test_registered(mixing_world: World, subclasses: bool) -> None:
    """[registered] By name for all versions; with what the target sees; once per object; for subclasses if so asked."""
    *common, circle, back, by = answer(mixing_world, REGISTERED.replace("SUBCLASSES", str(subclasses)))
    assert common == [-1, True, ["dep-b", "2"], True]
    assert back, by == (True, ["dep-a", "1"])
    derived = {"x": -1, "y": 2, "by": ["dep-b", "2"]}
    assert circle == (derived if subclasses else {"x": 1, "y": 2, "radius": 3})


def test_registered_by_class_and_replaced(mixing_world: World) -> None:
    """[registered] A class stands for its name, the last converter counts, and what it raises is explained."""
    assert answer(
        mixing_world,
        """
    register_converter(two.Lock, lambda lock, target: "first")
    returned = register_converter(one.Lock, lambda lock, target: target.counterpart(type(lock))())
    made = convert(one.Lock(), to=dep_b)
    register_converter(one.Node, lambda node, target: 1 / 0)
    register_converter(one.Shelf, lambda shelf, target: dict(target.convert(dict(shelf))))
    endless = one.Shelf()
    endless["self"] = endless
    bad = []
    for kind in ("Point", 3):
        try:
            register_converter(kind, print)
        except (TypeError, ValueError) as error:
            bad.append(str(error))
    result = [callable(returned), type(made) is two.Lock, refusal(convert, [one.Node("x")], to=dep_b),
              refusal(convert, endless, to=dep_b), bad]
    """,
    ) == [
        True,
        True,
        f"cannot convert a shapes.solid.Node {THERE}ZeroDivisionError: division by zero{ADVICE}",
        f"cannot convert a shapes.solid.Shelf {THERE}it contains itself, which its converter cannot follow{ADVICE}",
        [
            "expected a class or its qualified name, module first, not 'Point'",
            "expected a class or its qualified name, module first, not 3",
        ],
    ]


def test_refused(mixing_world: World) -> None:
    """[refused] No such class there, not picklable, state not accepted, local, derived by the application, unseen."""
    found = answer(
        mixing_world,
        """
    import __main__

    class Mine(one.Point):
        pass

    things = {"gone": one.Gone(), "class": one.Gone, "refusing": one.Refusing(), "strict": one.Strict(),
              "local": one.solid.local(), "derived": Mine(1, 2), "inside": [{"x": Mine(1, 2)}]}
    result = {name: refusal(convert, thing, to=dep_b) for name, thing in things.items()}
    result["unseen"] = refusal(convert, one.Point(1, 2), to=__main__)
    result["sound"] = [type(convert(one.Point(1, 2), to=dep_b)) is two.Point, convert(Mine, to=dep_b) is Mine]
    """,
    )
    derived = f"cannot convert a __main__.Mine {THERE}its class is built on shapes.solid.Point, and there is one of it"
    assert found.pop("sound") == [True, True]
    assert found == {
        "gone": f"cannot convert shapes.solid.Gone {THERE}shapes 2 has no shapes.solid.Gone",
        "class": f"cannot convert shapes.solid.Gone {THERE}shapes 2 has no shapes.solid.Gone",
        "strict": f"cannot convert a shapes.solid.Strict {THERE}ValueError: not my state{ADVICE}",
        "refusing": (
            f"cannot convert a shapes.solid.Refusing {THERE}it cannot be taken apart (TypeError: not me){ADVICE}"
        ),
        "local": f"cannot convert shapes.solid.local.<locals>.Local {THERE}"
        "local.<locals>.Local is local to a function, so no other version can have it",
        "derived": derived + ADVICE,
        "inside": derived + ADVICE,
        "unseen": "cannot convert shapes.solid.Point of shapes 1 (environment dep-a) to the application: "
        "it does not see shapes",
    }


def test_from_an_environments_code_and_threads(mixing_world: World) -> None:
    """[target] Who calls, and from which thread, changes nothing."""
    assert (
        answer(
            mixing_world,
            """
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: convert(one.Box(one.Point(number, 2)), to=dep_b), range(200)))
    result = [
        {type(box) is two.Box and box.corner == two.Point(number, 2) for number, box in enumerate(made)} == {True},
        type(dep_a.call(convert, two.Point(1, 2), dep_b)) is two.Point,
        type(dep_c.call(convert, one.Point(1, 2), dep_b)) is two.Point,
        type(common.call(convert, two.Point(1, 2), dep_a)) is one.Point,
    ]
    """,
        )
        == [True] * 4
    )
