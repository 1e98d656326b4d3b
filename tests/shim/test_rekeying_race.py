"""Entries of `sys.modules` are looked through while other threads add some."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.shim.world import World


def test_entries_added_meanwhile(world: World) -> None:
    """[threads] An import does not fail because another thread puts modules into `sys.modules` at that moment."""
    name = world.add_probe(
        """
        import importlib.util, lib
        def work():
            for _ in range(4000):
                assert importlib.util.find_spec("lib.absent") is None
        """,
        ["dep_a"],
    )
    program = f"""
        import sys, threading, types
        from dep_a import {name}
        sys.setswitchinterval(1e-6)
        errors, done = [], []
        def imports():
            try:
                {name}.work()
            except BaseException as error:
                errors.append(repr(error))
            done.append(True)
        def assigns(letter):
            while not done:
                for number in range(200):
                    sys.modules[f"made_{{letter}}{{number}}"] = types
                for number in range(200):
                    del sys.modules[f"made_{{letter}}{{number}}"]
        threads = [threading.Thread(target=assigns, args=(letter,)) for letter in "ab"]
        threads.append(threading.Thread(target=imports))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        import json
        print(json.dumps(errors))
        """
    assert world.answer(program) == []
