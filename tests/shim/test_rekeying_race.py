"""Entries of `sys.modules` are looked through and copied while other threads add some."""

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


def test_copies_are_one_step(world: World) -> None:
    """[threads] A copy of `sys.modules` with many versions of a name, and many gaps, does not see another thread."""
    program = """
        import dep_a, dep_b, json, sys, threading, time
        from runtime_shim.model.environment import known
        from runtime_shim.modules.keys import key_for
        for number in range(400):
            for environment in known.everyone:
                sys.modules[key_for(environment, f"lib.made_{number}")] = json
        for number in range(4000):
            sys.modules[f"gone_{number}"] = json
        for number in range(4000):
            del sys.modules[f"gone_{number}"]
        sys.setswitchinterval(1e-6)
        errors, done = [], []
        def assigns(letter):
            while not done:
                for number in range(100):
                    sys.modules[f"made_{letter}{number}"] = json
                for number in range(100):
                    del sys.modules[f"made_{letter}{number}"]
        threads = [threading.Thread(target=assigns, args=(letter,)) for letter in "ab"]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 0.7
        while time.monotonic() < end:
            try:
                sys.modules.copy()
            except RuntimeError as error:
                errors.append(repr(error))
        done.append(True)
        for thread in threads:
            thread.join()
        print(json.dumps(errors))
        """
    assert world.answer(program) == []
