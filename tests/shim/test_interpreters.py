"""[interpreters] Several interpreters in a process (PEP 734, from 3.14 on): each runs for whoever has made it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

PROBE = """
    import os
    import textwrap
    from concurrent import futures, interpreters

    import duo
    import lib

    def value(*_):
        import lib
        return lib.VERSION, __name__.rpartition(".")[0]

    def text(source):
        made = interpreters.create()
        queue = interpreters.create_queue()
        try:
            made.prepare_main(queue=queue)
            made.exec(textwrap.dedent(source))
            return queue.get_nowait()
        finally:
            made.close()

    def called():
        made = interpreters.create()
        try:
            return made.call(value)
        finally:
            made.close()

    SOURCE = '''
        import importlib, importlib.metadata, os
        import lib, duo
        found = [lib.VERSION, duo.VERSION, importlib.import_module("lib.late").VERSION]
        found += [importlib.metadata.version("lib"), [name for name in os.environ if "MVENV" in name]]
        queue.put(repr(found))
        '''

    NESTED = '''
        from concurrent import interpreters
        made, inner = interpreters.create(), interpreters.create_queue()
        made.prepare_main(queue=inner)
        made.exec("import lib; queue.put(lib.VERSION)")
        queue.put(inner.get_nowait())
        made.close()
        '''

    def nested():
        return text(NESTED)

    def outcome():
        with futures.InterpreterPoolExecutor(2, initializer=value) as pool:
            pooled = [pool.submit(value).result(), *pool.map(value, range(3))]
        with futures.ThreadPoolExecutor(1) as pool:
            threaded = pool.submit(text, "import lib; queue.put(lib.VERSION)").result()
        before = dict(os.environ)
        found = [
            text(SOURCE),
            called(),
            nested(),
            pooled,
            threaded,
        ]
        return [found, os.environ == before, lib.VERSION, duo.VERSION]
    """


@pytest.fixture
def since_3_14(world: World) -> World:
    if tuple(map(int, world.interpreter.full_version.split(".")[:2])) < (3, 14):
        pytest.skip("this Python has no concurrent.interpreters")
    return world


def test_of_an_environment(since_3_14: World) -> None:
    since_3_14.same_outcome(PROBE)


def test_of_the_application(since_3_14: World) -> None:
    probe = since_3_14.add_probe(PROBE)
    program = f"""
        import json
        from concurrent import futures, interpreters
        import dep_a.{probe} as of_a, dep_b.{probe} as of_b

        def own():
            import lib, dep_a, dep_b
            return lib.VERSION, dep_a.VERSION, dep_b.VERSION

        if __name__ == "__main__":
            made = interpreters.create()
            queue = interpreters.create_queue()
            made.prepare_main(queue=queue)
            made.exec("import lib, dep_a, dep_b; queue.put((lib.VERSION, dep_a.VERSION, dep_b.VERSION))")
            with futures.InterpreterPoolExecutor(1) as pool:
                pooled = pool.submit(own).result(), pool.submit(of_a.value).result(), pool.submit(of_b.value).result()
            called = made.call(own), made.call(of_a.value), made.call(of_b.value)
            print(json.dumps([queue.get_nowait(), pooled, called]))
            made.close()
        """
    everything = ["2", "1", "2"]
    sides = [everything, ["1", "dep_a"], ["2", "dep_b"]]
    assert since_3_14.answer(program) == [everything, sides, sides]
