"""Objects that go to worker processes and come back: `multiprocessing` and `concurrent.futures`.

Their helper threads pickle and unpickle; no code of whoever uses them is on those threads' stacks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

METHODS = ("spawn", "fork", "forkserver")

WORK = """
    import lib.mod
    from lib.mod import Thing

    def version(_):
        import lib.late
        return [lib.late.VERSION, lib.__file__]

    def make(value):
        return Thing(value)

    def look(thing):
        return [type(thing) is Thing, thing.version, thing.value]

    def through_pool(context):
        with context.Pool(1) as pool:
            made = pool.map(make, [1])
            return [look(made[0]), pool.apply(look, (Thing(2),)), pool.map(look, [Thing(3)])[0]]

    def through_queue(context):
        queue, answers = context.Queue(), context.Queue()
        process = context.Process(target=pass_on, args=(queue, answers))
        process.start()
        queue.put(Thing(4))
        found = look(answers.get(timeout=30))
        process.join()
        return found

    def pass_on(queue, answers):
        answers.put(queue.get(timeout=30))

    def through_executor(context):
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return [look(pool.submit(make, 5).result()), list(pool.map(look, [Thing(6)]))[0]]

    def through_pipe(context):
        ours, theirs = context.Pipe()
        process = context.Process(target=echo, args=(theirs,))
        process.start()
        ours.send(Thing(7))
        found = look(ours.recv())
        process.join()
        return found

    def echo(connection):
        connection.send(connection.recv())

    def through_error(context):
        from concurrent.futures import ProcessPoolExecutor
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            try:
                pool.submit(fail).result()
            except ValueError as error:
                return look(error.args[0])

    def fail():
        raise ValueError(Thing(8))
    """


@pytest.mark.parametrize("method", METHODS)
def test_functions(world: World, method: str) -> None:
    """[functions] Functions of both environments, sent by the application, run with their own versions."""
    name = world.add_probe(WORK)
    program = f"""
        import json, multiprocessing
        from dep_a import {name} as a
        from dep_b import {name} as b
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            with context.Pool(1) as pool:
                print(json.dumps([pool.map(a.version, [0])[0], pool.map(b.version, [0])[0]]))
        """
    one, two = (f"<site of {package}>/lib/__init__.py" for package in ("dep_a", "dep_b"))
    # A fork with threads is deprecated in 3.12: a warning.
    outcome = world.program(program, "-W", "ignore")
    assert json.loads(world.anonymous(outcome.out)) == [["1", one], ["2", two]], outcome
    assert outcome.err == ""


@pytest.mark.parametrize("way", ["pool", "queue", "executor", "pipe", "error"])
@pytest.mark.parametrize("method", METHODS)
def test_objects(world: World, method: str, way: str) -> None:
    """[objects] An environment's code gets back objects of its own version's classes."""
    name = world.add_probe(WORK)
    program = f"""
        import json, multiprocessing
        from dep_a import {name} as a
        from dep_b import {name} as b
        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            print(json.dumps([a.through_{way}(context), b.through_{way}(context)]))
        """
    plain = []
    for package in ("dep_a", "dep_b"):
        # One package at a time: the other's name stands for it as well.
        text = program.replace("dep_a", package).replace("dep_b", package)
        outcome = world.plain_program(package, text, "-W", "ignore")
        plain.append(json.loads(outcome.out)[0])
    outcome = world.program(program, "-W", "ignore")
    assert json.loads(outcome.out) == plain, outcome
    assert outcome.err == ""
