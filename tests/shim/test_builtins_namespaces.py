"""Each environment has builtins of its own, and nobody notices.

[generated] Functions made by `exec` in fresh globals import for whoever made them. [in step] Whoever changes the
builtins changes them for all. [as ever] The `builtins` module looks like the plain one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

MAKE = """
    import builtins

    def make():
        names = {}
        exec("def version():\\n    import lib.late\\n    return lib.late.VERSION", names)
        inherited = {**globals()}
        exec("def version():\\n    import lib.late\\n    return lib.late.VERSION", inherited)
        return [names["version"], inherited["version"], eval("lambda: __import__('lib.late').VERSION", {})]

    def read():
        return made_up_name
    """


def test_generated_functions(world: World) -> None:
    """[generated] Called by their maker, by the application, by another environment, through C."""
    name = world.add_probe(MAKE)
    program = f"""
        import json
        import dep_a.tools, dep_b.tools
        from dep_a import {name} as a
        from dep_b import {name} as b
        found = []
        for maker in (a, b):
            for function in maker.make():
                called = [one.tools.call(function) for one in (dep_a, dep_b)]
                found.append([function(), *called, *map(eval, ["function()"])])
        print(json.dumps(found))
        """
    assert world.answer(program) == [["1"] * 4] * 3 + [["2"] * 4] * 3


CHANGES = {
    "attribute": ("builtins.made_up_name = 1", "del builtins.made_up_name"),
    "setattr": ("setattr(builtins, 'made_up_name', 1)", "delattr(builtins, 'made_up_name')"),
    "namespace": ("builtins.__dict__['made_up_name'] = 1", "del builtins.__dict__['made_up_name']"),
    "vars": ("vars(builtins).update(made_up_name=1)", "vars(builtins).pop('made_up_name')"),
    "setdefault": (
        "vars(builtins).setdefault('made_up_name', 1)",
        "vars(builtins).pop('made_up_name', None)",
    ),
    "mock": (
        "patch = unittest.mock.patch('builtins.made_up_name', 1, create=True); patch.start()",
        "patch.stop()",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_in_step(world: World, change: str) -> None:
    """[in step] By every way to write to them, by the application and by an environment's code."""
    set_it, remove_it = CHANGES[change]
    name = world.add_probe(f"{MAKE}\n    def run(text):\n        exec(text, globals())\n")
    program = f"""
        import builtins, json, unittest.mock
        from dep_a import {name} as a
        from dep_b import {name} as b

        def read(one):
            try:
                return one.read()
            except NameError as error:
                return str(error)

        def here():
            try:
                return made_up_name
            except NameError as error:
                return str(error)

        found = []
        a.run("import unittest.mock")
        for run in (lambda text: exec(text, globals()), a.run):
            run({set_it!r})
            found.append([read(a), read(b), here()])
            run({remove_it!r})
            found.append([read(a), read(b), here()])
        print(json.dumps(found))
        """
    missing = ["name 'made_up_name' is not defined"] * 3
    assert world.answer(program) == [[1, 1, 1], missing, [1, 1, 1], missing]


def test_gettext(world: World) -> None:
    """[in step] `gettext.install` writes to the namespace of the module."""
    name = world.add_probe("def translate(text):\n    return _(text)\n")
    program = f"""
        import gettext, json
        from dep_a import {name} as a
        gettext.install("nothing")
        print(json.dumps(a.translate("as it is")))
        """
    assert world.answer(program) == "as it is"


LOOK = """
    import builtins, copy, inspect, json, pickle, sys, types
    START
    def error(function):
        try:
            function()
        except Exception as problem:
            return [type(problem).__name__, str(problem)]
    print(json.dumps([
        repr(builtins), isinstance(builtins, types.ModuleType), type(builtins).__name__, str(type(builtins)),
        sorted(vars(builtins)) == sorted(builtins.__dict__), vars(builtins) is builtins.__dict__, sorted(dir(builtins)),
        builtins.__name__, inspect.ismodule(builtins), inspect.isbuiltin(builtins.len), builtins.open is open,
        vars(builtins)["len"] is len, dict(builtins.__dict__) == {**vars(builtins)}, "print" in vars(builtins),
        error(lambda: builtins.absent), error(lambda: builtins()), error(lambda: delattr(builtins, "absent")),
        sys.modules["builtins"] is builtins, json.dumps(sorted(k for k in __builtins__.__dict__ if k != "_"))[:40],
    ]))
    """


def test_as_ever(world: World) -> None:
    """[as ever] Type, representation, contents and errors."""
    assert world.answer(LOOK.replace("START", "import dep_a, dep_b")) == world.plain_answer(
        "dep_a", LOOK.replace("START", "import dep_a")
    )
