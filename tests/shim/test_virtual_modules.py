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


def test_interleaved(world: World) -> None:
    """[virtual modules] Each environment finds its own, also when the other's were made in between."""
    name = world.add_probe("""
        import sys, virtue
        def publish(name):
            return virtue.publish(name)
        def find(name):
            found = sys.modules.get("virtue." + name)
            return found and found.VERSION
        """)
    program = f"""
        import json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.publish("new")
        one = [a.find("new"), b.find("new"), sys.modules.get("virtue.new") is None]
        b.publish("new")
        two = [a.find("new"), b.find("new"), sys.modules["virtue.new"].VERSION]
        a.publish("new")
        three = [a.find("new"), b.find("new")]
        print(json.dumps([one, two, three]))
        """
    # `virtue` has two instances and isn't declared by the application: no view of its own.
    program = program.replace('sys.modules["virtue.new"].VERSION', '"virtue.new" in sys.modules')
    assert world.answer(program) == [["1", None, True], ["1", "2", False], ["1", "2"]]


def test_seen_by_the_application_first(world: World) -> None:
    """[virtual modules] Library code that the application calls assigns for its own environment."""
    program = """
        import json, sys
        from dep_a import probe as a
        from dep_b import probe as b
        made = [a.virtue.publish("called"), b.virtue.publish("called")]
        print(json.dumps([a.load().VERSION, b.load().VERSION, a.load() is made[0], b.load() is made[1]]))
        """
    name = world.add_probe("""
        import virtue
        def load():
            import importlib
            return importlib.import_module("virtue.called")
        """)
    assert world.answer(program.replace("import probe", f"import {name}")) == ["1", "2", True, True]
