"""[annotations] Deferred annotations (PEP 649) evaluated by others, and template strings (PEP 750): since 3.14."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# Names are looked up, and imports made, when somebody asks.
PROBE = """
    import dataclasses
    import typing

    import lib

    def imported():
        import lib.late
        return lib.late.VERSION

    def function(x: lib.VERSION, y: __import__("lib").VERSION, z: imported()) -> later: ...

    def whole(x: lib.VERSION, z: imported()): ...

    def text(x: "lib.VERSION", y: "imported()"): ...

    class Plain:
        a: lib.VERSION
        b: imported()

    @dataclasses.dataclass
    class Record:
        a: imported()

    class Typed(typing.TypedDict):
        a: typing.Literal[lib.VERSION]

    type Alias = imported()
    type Generic[X: imported() = imported()] = list[X]

    def generic[X: (imported(), __import__("lib").VERSION)](x: X): ...

    def outcome():
        return [*answers(_this_module()), ForwardRef("lib.VERSION", module=__name__).evaluate()]

    def _this_module():
        import sys
        return sys.modules[__name__]
    """

# Whoever asks: a module of its own environment, another's, or the application.
ASKING = """
    import annotationlib
    import inspect
    import typing
    from annotationlib import ForwardRef, Format

    def answers(probe):
        found = []
        for subject in (probe.function, probe.whole, probe.text, probe.Plain, probe.Record, probe.Typed):
            for format in (Format.FORWARDREF, Format.STRING):
                told = annotationlib.get_annotations(subject, format=format)
                found.append({name: value if type(value) is str else "reference" for name, value in told.items()})
        try:
            probe.function.__annotations__
        except NameError as error:
            found.append(str(error))
        waiting = annotationlib.get_annotations(probe.text, eval_str=True)
        found += [probe.whole.__annotations__, probe.Plain.__annotations__, probe.Record.__annotations__, waiting]
        found.append(str(inspect.signature(probe.whole)))
        found.append(list(typing.get_type_hints(probe.Typed)["a"].__args__))
        annotate = probe.Plain.__annotate__
        found.append(annotationlib.call_annotate_function(annotate, Format.FORWARDREF, owner=probe.Plain))
        for text in ("lib.VERSION", "imported()", "__import__('lib').VERSION"):
            found.append(ForwardRef(text, owner=probe.Plain).evaluate())
            found.append(typing.evaluate_forward_ref(ForwardRef(text), owner=probe.function))
        found.append([probe.Alias.__value__, probe.Alias.evaluate_value(Format.VALUE)])
        variable = probe.Generic.__type_params__[0]
        found.append([variable.__bound__, variable.__default__])
        found.append(probe.generic.__type_params__[0].__constraints__)
        return found
    """

TEMPLATES = """
    import lib

    def template():
        return t"{lib.VERSION} {lib.__file__!r:>5} {__import__('lib').late.VERSION}"

    def outcome():
        import lib.late
        made = template()
        return [made.values[0], made.values[2], [part.expression for part in made.interpolations]]
    """


@pytest.fixture
def since_3_14(world: World) -> World:
    if tuple(map(int, world.interpreter.full_version.split(".")[:2])) < (3, 14):
        pytest.skip("this Python evaluates annotations at once")
    return world


@pytest.mark.every_python
def test_evaluated_by_themselves(since_3_14: World) -> None:
    since_3_14.same_outcome(_joined(PROBE, ASKING), both_orders=True)


def test_evaluated_by_others(since_3_14: World) -> None:
    probe = since_3_14.add_probe(PROBE, ["dep_a", "dep_b"])
    asking = since_3_14.add_probe(ASKING, ["dep_a", "dep_b"])
    program = f"""
        import json
        import dep_a.{probe} as a, dep_b.{probe} as b
        import dep_a.{asking} as asked_by_a, dep_b.{asking} as asked_by_b
        import asking
        answers = {{}}
        for name, asked in ("application", asking), ("dep_a", asked_by_a), ("dep_b", asked_by_b):
            for whose in a, b:
                answers[f"{{whose.__package__}} by {{name}}"] = asked.answers(whose)
        print(json.dumps(answers))
        """
    (since_3_14.project.root / "asking.py").write_text(_joined(ASKING))
    found = since_3_14.answer(program)
    for whose in "dep_a", "dep_b":
        own = found[f"{whose} by {whose}"]
        assert found[f"{whose} by application"] == own
        assert found[f"{whose} by dep_a"] == found[f"{whose} by dep_b"] == own
    assert found["dep_a by dep_a"] != found["dep_b by dep_b"]


def test_templates(since_3_14: World) -> None:
    since_3_14.same_outcome(TEMPLATES)


def _joined(*texts: str) -> str:
    return "\n".join(textwrap.dedent(text) for text in texts)
