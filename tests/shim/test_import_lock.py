"""Who waits for a lock of the shim does not hold importlib's, which the other thread may need to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

PROGRAM = """
    import dep_a, os, sys, threading, time, types
    inside = threading.Event()

    class Odd:
        def __eq__(self, other):
            import_something()
            return False
        __hash__ = None
        @property
        def name(self):
            import_something()
            return "lib.odd"

    def import_something():
        # What the garbage collector runs may do it anywhere; here it is done for certain.
        if threading.current_thread() is holder and not inside.is_set():
            inside.set()
            time.sleep(0.3)  # until the other one waits
            import nowhere_either

    class Finder:
        @staticmethod
        def find_spec(name, path=None, target=None):
            if name == "nowhere":
                {wait}  # importlib has asked with its lock held

    def hold():
        try:
            {hold}
        except (ImportError, ValueError):
            pass

    def ask():
        try:
            assert inside.wait(10)
            import nowhere
        except ImportError:
            pass

    sys.meta_path.append(Finder)
    holder, asker = threading.Thread(target=hold, daemon=True), threading.Thread(target=ask, daemon=True)
    for thread in (holder, asker): thread.start()
    for thread in (holder, asker): thread.join(10)
    print(inside.is_set(), holder.is_alive(), asker.is_alive(), flush=True)
    os._exit(0)
    """


@pytest.mark.parametrize("name", ["sys.path", "sys.meta_path", "sys.path_hooks"])
def test_lists(world: World, name: str) -> None:
    program = PROGRAM.format(hold=f"{name}.remove(Odd())", wait=f"{name}.append(Finder)")
    assert world.project.python(world.program_file(program)).out == "True False False\n"


def test_modules_that_turn_up(world: World) -> None:
    probe = world.add_probe(
        """
        import importlib.util, sys, types
        def put(odd):
            spec = importlib.util.find_spec("lib.late")
            late = importlib.util.module_from_spec(spec)
            module = types.ModuleType("lib.odd")
            module.__spec__ = odd
            sys.modules["lib.odd"] = module
            spec.loader.exec_module(late)
        """
    )
    program = PROGRAM.format(
        hold=f"from dep_a import {probe}; {probe}.put(Odd())", wait="import lib.x, dep_b"
    )
    assert world.project.python(world.program_file(program)).out == "True False False\n"
