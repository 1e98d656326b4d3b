"""Modules that library code puts into `sys.modules` itself stay each version's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

OWN = {
    "assigned at import": """
        import sys, virtue
        import virtue.virtual
        from virtue.virtual import deeper
        from virtue import virtual
        def outcome():
            return [sys.modules["virtue.virtual"].VERSION, sys.modules["virtue.virtual.deeper"].VERSION,
                    virtual is sys.modules["virtue.virtual"], deeper.VERSION, virtue.virtual.VERSION]
        """,
    "assigned later": """
        import sys, virtue
        made = virtue.publish("later")
        def outcome():
            import virtue.later
            from virtue.later import VERSION
            return [VERSION, sys.modules["virtue.later"] is made, "virtue.later" in sys.modules]
        """,
    "assigned in a function": """
        import sys, virtue
        def outcome():
            made = virtue.publish("in_function")
            import importlib
            return [importlib.import_module("virtue.in_function") is made, made.VERSION]
        """,
    "six's importer": """
        import sixy
        from sixy import moves
        from sixy.moves import queue, VERSION
        import sixy.moves.parse
        from sixy.moves.parse import VERSION as OF_PARSE
        import sixy.moves.old.parse
        def outcome():
            import queue as standard
            return [VERSION, OF_PARSE, queue is standard, sixy.moves.parse.VERSION, moves.parse is sixy.moves.parse]
        """,
    "six's importer, lazily": """
        import sixy, lib
        def outcome():
            import importlib
            from sixy.moves import queue
            import sixy.moves.parse
            found = importlib.import_module("sixy.moves.old.parse")
            return [queue.__name__, queue.__spec__.name == "sixy.moves.queue", type(queue.__loader__).__name__,
                    sixy.moves.parse.VERSION, found.VERSION, lib.VERSION]
        """,
    "six, missing": """
        import sixy, lib
        def outcome():
            try:
                import sixy.moves.absent
            except ImportError as error:
                return [type(error).__name__, str(error), error.name, lib.VERSION]
        """,
    "six's finder, asked": """
        import importlib.util, sixy, lib
        def outcome():
            found = importlib.util.find_spec("sixy.moves.parse")
            return [str(found.name), isinstance(found.loader, type(sixy._importer)), found.origin,
                    importlib.util.find_spec("sixy.moves.absent"), lib.VERSION]
        """,
    "OpenCV's loader": """
        import sys, cvlike
        def outcome():
            import cvlike.misc
            return [cvlike.VERSION, cvlike._native.VERSION, cvlike.WHERE, cvlike.misc.VERSION, cvlike._native.imread(),
                    cvlike.misc._native.VERSION, sys.modules["cvlike"] is cvlike, hasattr(sys, "CVLIKE_LOADER"),
                    [entry for entry in sys.path if "cvlike" in entry], cvlike.__file__, cvlike.__name__]
        """,
}


@pytest.mark.parametrize("pattern", OWN)
def test_pattern(world: World, pattern: str) -> None:
    """[virtual modules] What one version assigns or makes is its environment's, and as in a plain venv."""
    world.same_outcome(OWN[pattern], both_orders=True)


PUBLISH = """
    import importlib, sys, virtue
    def load(name):
        return importlib.import_module(name)
    def publish(name):
        return virtue.publish(name)
    def find(name):
        found = sys.modules.get("virtue." + name)
        return found and found.VERSION
    """


def test_interleaved(world: World) -> None:
    """[virtual modules] Each environment finds its own, also when the other's were made in between.

    What an environment's code assigns while no import is under way becomes its own at its next import.
    """
    name = world.add_probe(PUBLISH)
    program = f"""
        import json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.publish("new")
        a.load("lib.late")
        one = [a.find("new"), b.find("new"), "virtue.new" in sys.modules]
        b.publish("new")
        b.load("lib.late")
        two = [a.find("new"), b.find("new"), "virtue.new" in sys.modules]
        a.publish("new")
        three = [a.find("new"), b.find("new")]
        print(json.dumps([one, two, three]))
        """
    assert world.answer(program) == [["1", None, False], ["1", "2", False], ["1", "2"]]


def test_assigned_beside_a_neighbours(world: World) -> None:
    """[virtual modules] What one environment assigns is not its neighbour's, which has an entry of that name.

    The neighbour's is the next import: had it made the assignment, it would have replaced its own entry.
    """
    name = world.add_probe(PUBLISH)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.publish("beside")
        a.load("lib.late")
        b.publish("beside")
        a.load("lib.mod")
        print(json.dumps([a.find("beside"), b.find("beside")]))
        """
    assert world.answer(program) == ["1", "2"]


@pytest.mark.xfail(strict=True, reason="a dict has no moment between an assignment and the next look-up")
def test_looked_up_at_once(world: World) -> None:
    """[limit] A name assigned for the first time while nothing is imported, looked up by the other at once."""
    name = world.add_probe(PUBLISH)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        made = [a.publish("called"), b.publish("called")]
        print(json.dumps([a.load("virtue.called").VERSION, b.load("virtue.called").VERSION]))
        """
    assert world.answer(program) == ["1", "2"]
