"""multiprocessing and its like: every function and object means in the other process what it means in this one.

[functions] Of the application and of any environment, by all start methods, in one pool. [objects] Through pools,
queues, pipes and managers. [server] A fork server started by one serves the others. [exec] `os.exec*`, as libraries
that fork by themselves do. [neighbours] What lies beside a script that an environment's code starts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.universe import APPLICATION_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World

METHODS = ("fork", "spawn", "forkserver")

WORKER = """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    import lib.mod

    class Failure(Exception):
        version = lib.VERSION

    def version(_=None):
        import lib.late
        return lib.late.VERSION

    def thing(value):
        return lib.mod.Thing(value)

    def fail():
        raise Failure("on purpose")

    def put(queue):
        queue.put(lib.mod.Thing(1))

    def in_own_pool(method):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
            looked_up = pool.submit(eval, "__import__('lib').VERSION").result()
            return [*pool.map(version, range(2)), looked_up, pool.submit(thing, 3).result() == thing(3)]
    """

PROGRAM = """
    import json, multiprocessing, sys
    from concurrent.futures import ProcessPoolExecutor
    from dep_a import NAME as a
    from dep_b import NAME as b

    def version(_):
        import lib.late
        return lib.late.VERSION

    def describe(one):
        return [type(one).version, one.value]

    def main():
        found = {}
        context = multiprocessing.get_context("METHOD")
        found["own pools"] = [a.in_own_pool("METHOD"), b.in_own_pool("METHOD"), a.in_own_pool("METHOD")]
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            found["functions"] = [pool.submit(one, 0).result() for one in (version, a.version, b.version)]
            found["objects there"] = [pool.submit(describe, one.thing(5)).result() for one in (a, b)]
            found["objects here"] = [describe(pool.submit(one.thing, 6).result()) for one in (a, b)]
            found["errors"] = [type(pool.submit(one.fail).exception()) is one.Failure for one in (a, b)]
            found["looked up"] = pool.submit(eval, "__import__('lib').VERSION").result()
        with context.Pool(1) as pool:
            found["pool"] = [pool.apply(one, (0,)) for one in (version, a.version, b.version)]
        queue = context.Queue()
        for one in (a, b):
            process = context.Process(target=one.put, args=(queue,))
            process.start()
            found.setdefault("queue", []).append(describe(queue.get()))
            process.join()
        print(json.dumps(found))

    if __name__ == "__main__":
        main()
    """


@pytest.mark.parametrize("method", METHODS)
def test_processes(world: World, method: str) -> None:
    """[functions] [objects] [server] Of three parties in one program."""
    name = world.add_probe(WORKER)
    found = world.answer(PROGRAM.replace("NAME", name).replace("METHOD", method))
    own = [["1", "1", "1", True], ["2", "2", "2", True]]
    assert found == {
        "own pools": [*own, own[0]],
        "functions": [APPLICATION_VERSION, "1", "2"],
        "objects there": [["1", 5], ["2", 5]],
        "objects here": [["1", 6], ["2", 6]],
        "errors": [True, True],
        "looked up": APPLICATION_VERSION,
        "pool": [APPLICATION_VERSION, "1", "2"],
        "queue": [["1", 1], ["2", 1]],
    }


def test_manager(world: World) -> None:
    """[objects] A manager's server process keeps objects of every version."""
    name = world.add_probe(WORKER)
    program = f"""
        import json, multiprocessing
        from dep_a import {name} as a
        from dep_b import {name} as b
        if __name__ == "__main__":
            with multiprocessing.Manager() as manager:
                kept = manager.dict(a=a.thing(1), b=b.thing(2))
                there, back = multiprocessing.Pipe()
                there.send([kept["a"], kept["b"]])
                print(json.dumps([[type(one).version, one.value] for one in back.recv()]))
        """
    assert world.answer(program) == [["1", 1], ["2", 2]]


@pytest.mark.parametrize("function", ["execv", "execve", "execl", "execvp", "execlpe"])
def test_exec(world: World, function: str) -> None:
    """[exec] An environment's code that forks and executes the interpreter finds its environment there."""
    call = {
        "execv": "os.execv(sys.executable, words)",
        "execve": "os.execve(sys.executable, words, dict(os.environ))",
        "execl": "os.execl(sys.executable, *words)",
        "execvp": "os.execvp(sys.executable, words)",
        "execlpe": "os.execlpe(sys.executable, *words, dict(os.environ))",
    }[function]
    world.same_outcome(f"""
        import os, sys
        def outcome():
            reading, writing = os.pipe()
            os.set_inheritable(writing, True)
            code = f"import lib.late, os; os.write({{writing}}, lib.late.VERSION.encode())"
            words = [sys.executable, "-c", code]
            child = os.fork()
            if child == 0:
                {call}
            os.close(writing)
            os.waitpid(child, 0)
            return os.read(reading, 100).decode()
        """)


def test_neighbours_of_a_script(world: World, tmp_path: Path) -> None:
    """[neighbours] A script that an environment's code starts, and what it imports from its own folder."""
    (tmp_path / "neighbour.py").write_text("import lib.late\nVERSION = lib.late.VERSION\n")
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("import lib\nVERSION = lib.VERSION\n")
    (package / "__main__.py").write_text("import lib.mod, package\nprint(package.VERSION, lib.mod.VERSION)\n")
    again = "os.execv(sys.executable, [sys.executable, __file__, 'again'])"
    (tmp_path / "script.py").write_text(
        f"import lib, neighbour, os, sys\nif len(sys.argv) < 2: {again}\nprint(lib.VERSION, neighbour.VERSION)\n"
    )
    world.same_outcome(f"""
        import subprocess, sys
        def outcome():
            def run(*words):
                return subprocess.check_output([sys.executable, *words], cwd={str(tmp_path)!r}, text=True).split()
            return [run("script.py"), run("-m", "package")]
        """)
