"""Threads of two environments at once: every answer right, no deadlock that isn't there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

THREADS = 16
ROUNDS = 400

LOOKUPS = """
    import importlib, importlib.util, sys

    def wrong(rounds, version):
        found = 0
        for _ in range(rounds):
            import lib.late
            from lib import mod
            from lib.sub.deep import VERSIONS
            answers = [
                lib.late.VERSION, mod.VERSION, VERSIONS[0], sys.modules["lib.x"].VERSION,
                sys.modules.get("lib").VERSION, importlib.import_module("lib.late").VERSION,
                __import__("lib.circular_a").circular_a.of_b()[-1], sys.modules["duo"].VERSION,
            ]
            found += sum(answer != version for answer in answers)
            found += ("only_a" in sys.modules) is not (version == "1")
            found += (importlib.util.find_spec("only_b") is None) is not (version == "1")
        return found

    import duo
    only = importlib.import_module("only_" + __package__[-1])
    """


def test_sixteen_threads(world: World) -> None:
    """[every answer right] Threads of both environments, which also import for the first time, get their own."""
    name = world.add_probe(LOOKUPS)
    program = f"""
        import json, sys, threading
        sys.setswitchinterval(1e-5)
        from dep_a import {name} as a
        from dep_b import {name} as b
        barrier = threading.Barrier({THREADS})
        results = []
        def work(module, version):
            barrier.wait()
            try:
                results.append(module.wrong({ROUNDS}, version))
            except BaseException as error:
                results.append(repr(error))
        threads = [threading.Thread(target=work, args=(a, "1") if n % 2 else (b, "2")) for n in range({THREADS})]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(json.dumps(results))
        """
    assert world.answer(program) == [0] * THREADS


def test_first_imports_at_once(world: World) -> None:
    """[every answer right] Many modules imported for the first time by several threads of each environment at once."""
    name = world.add_probe("""
        import importlib
        NAMES = ["lib.late", "lib.sub.deep", "lib.handlers", "lib.lazy", "lib.mod", "duo", "utils"]
        def load(start):
            names = NAMES[start:] + NAMES[:start]
            return [importlib.import_module(name) for name in names], start
        """)
    program = f"""
        import json, sys, threading
        from concurrent.futures import ThreadPoolExecutor
        sys.setswitchinterval(1e-6)
        from dep_a import {name} as a
        from dep_b import {name} as b
        barrier = threading.Barrier(14)
        def work(n):
            barrier.wait()
            modules, start = (a if n % 2 else b).load(n // 2)
            return [n % 2, [modules[(k - start) % 7] for k in range(7)]]
        with ThreadPoolExecutor(14) as pool:
            loaded = list(pool.map(work, range(14)))
        by_side = [{{tuple(map(id, modules)) for side, modules in loaded if side == one}} for one in (0, 1)]
        files = [[module.__file__ for module in modules] for side, modules in loaded[:2]]
        print(json.dumps([[len(side) for side in by_side], files, len(threading.enumerate())]))
        """
    counts, files, alive = world.answer(program)
    assert counts == [1, 1], "a module was loaded twice, or one environment's threads got different ones"
    assert all(file.startswith("<site of dep_b>/") for file in files[0])
    assert all(file.startswith("<site of dep_a>/") for file in files[1])
    assert alive == 1


def test_opposite_orders(world: World) -> None:
    """[no false deadlock] Two threads import two versions of a pair of packages in opposite order at the same time.

    importlib's locks go by name: seen by name alone, each thread holds what the other waits for.
    """
    name = world.add_probe("""
        import importlib
        def load(name):
            return importlib.import_module(name).VERSION
        """)
    program = f"""
        import json, threading
        from dep_a import {name} as a
        from dep_b import {name} as b
        barrier, results = threading.Barrier(2), {{}}
        def work(side, module, first, second):
            barrier.wait()
            try:
                results[side] = [module.load(first), module.load(second)]
            except BaseException as error:
                results[side] = repr(error)
        threads = [threading.Thread(target=work, args=("a", a, "opposite_one", "opposite_two")),
                   threading.Thread(target=work, args=("b", b, "opposite_two", "opposite_one"))]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(json.dumps(results, sort_keys=True))
        """
    assert world.answer(program) == {"a": ["1", "1"], "b": ["2", "2"]}


def test_real_cycle_between_threads(world: World) -> None:
    """[real deadlock] A cycle within one version is resolved as importlib does: no thread hangs."""
    name = world.add_probe("""
        import importlib
        def load(name):
            return importlib.import_module(name).VERSION
        """)
    program = f"""
        import json, threading
        from dep_a import {name} as a
        barrier, results = threading.Barrier(2), []
        def work(name):
            barrier.wait()
            results.append(a.load(name)[-1])
        threads = [threading.Thread(target=work, args=(f"lib.circular_{{one}}",), daemon=True) for one in "ab"]
        for thread in threads: thread.start()
        for thread in threads: thread.join(20)
        print(json.dumps(results))
        """
    assert world.answer(program) == ["1", "1"]


def test_thread_targets(world: World) -> None:
    """[caller] A thread's target, a timer's and a pool's functions import their own version, whoever starts them."""
    name = world.add_probe("""
        import threading
        from concurrent.futures import ThreadPoolExecutor
        def version():
            import lib.late
            return lib.late.VERSION
        def run(function):
            found = []
            thread = threading.Thread(target=lambda: found.append(function()))
            thread.start()
            thread.join()
            timer = threading.Timer(0, lambda: found.append(function()))
            timer.start()
            timer.join()
            with ThreadPoolExecutor(1) as pool:
                found.append(pool.submit(function).result())
                found += pool.map(lambda _: function(), [0])
            return found
        """)
    program = f"""
        import importlib, json, threading
        from dep_a import {name} as a
        from dep_b import {name} as b
        found = []
        thread = threading.Thread(target=lambda: found.append(importlib.import_module("lib").VERSION))
        thread.start(); thread.join()
        print(json.dumps([a.run(b.version), b.run(a.version), a.run(a.version), found]))
        """
    assert world.answer(program) == [["2"] * 4, ["1"] * 4, ["1"] * 4, ["2"]]


def test_first_import_of_all(world: World) -> None:
    """[start] Threads that each are at the very first import: the shim starts once, and each module is loaded once."""
    program = """
        import json, sys, threading
        sys.setswitchinterval(1e-6)
        barrier, found = threading.Barrier(8), []
        def work(name):
            barrier.wait()
            module = __import__(name)
            found.append([name, id(module), module.VERSION])
        threads = [threading.Thread(target=work, args=(name,)) for name in ["dep_a", "dep_b"] * 4]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(json.dumps([len(found), len({tuple(one) for one in found}), sorted({(one[0], one[2]) for one in found})]))
        """
    for _ in range(5):
        assert world.answer(program) == [8, 2, [["dep_a", "1"], ["dep_b", "2"]]]


# What another thread is in the middle of importing, and what has been imported before.
INTERRUPTED = {
    "importlib": "",  # which the start of the shim needs
    "ctypes": "import shared",  # which the first use of an environment needs
}


@pytest.mark.parametrize("name", INTERRUPTED)
def test_standard_library_imported_at_the_same_time(world: World, name: str) -> None:
    """[start] What the shim needs while importlib asks it may be half imported by another thread: no deadlock."""
    program = f"""
        import faulthandler, json, sys, threading, time
        {INTERRUPTED[name]}
        faulthandler.dump_traceback_later(20, exit=True)
        halfway = threading.Event()
        def pause(event, arguments):
            if event == "exec" and arguments[0].co_filename.endswith("/{name}/__init__.py"):
                halfway.set()
                time.sleep(0.2)
        assert "{name}" not in sys.modules
        sys.addaudithook(pause)
        thread = threading.Thread(target=__import__, args=("{name}",))
        thread.start()
        assert halfway.wait(10)
        import dep_a, dep_b
        thread.join()
        print(json.dumps([dep_a.VERSION, dep_b.VERSION]))
        """
    assert world.answer(program) == ["1", "2"]
