"""Code of one environment run by another: callbacks, generators, tasks, subclasses import their own version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

PROBE = """
    import asyncio, functools
    import lib
    from lib import lazy

    def version():
        import lib.late
        return lib.late.VERSION

    def call(function, *arguments):
        return function(*arguments)

    exec("def executed():\\n    import lib.late\\n    return lib.late.VERSION")
    evaluated = eval(compile("lambda: __import__('lib.late').late.VERSION", "<made by a library>", "eval"))

    def generate():
        while True:
            import lib.late
            from lib.mod import VERSION
            yield [lib.late.VERSION, VERSION]

    def advance(generator):
        return next(generator)

    async def later():
        for _ in range(3):
            await asyncio.sleep(0)
            import lib.late
        return lib.late.VERSION

    async def gather(*coroutines):
        return list(await asyncio.gather(*coroutines))

    async def agenerate():
        for _ in range(2):
            import lib.late
            yield lib.late.VERSION
            await asyncio.sleep(0)

    class Base:
        def template(self):
            import lib.late
            return [lib.late.VERSION, self.hook()]

        def hook(self):
            import lib.mod
            return lib.mod.VERSION

        @property
        def attribute(self):
            import lib.late
            return lib.late.VERSION

        def __del__(self):
            import lib.late
            deleted.append(lib.late.VERSION)

    deleted = []
    partial = functools.partial(version)

    @functools.lru_cache
    def cached():
        return version()

    def decorator(function):
        @functools.wraps(function)
        def wrapper(*arguments):
            import lib.late
            return [lib.late.VERSION, function(*arguments)]
        return wrapper

    class Context:
        def __enter__(self):
            import lib.late
            return lib.late.VERSION
        def __exit__(self, *error):
            import lib.late
            self.left = lib.late.VERSION
    """


def answer(world: World, body: str) -> object:
    """Run *body* with the probe as `a` and `b`; return what it prints."""
    name = world.add_probe(PROBE)
    head = f"import asyncio, json\nfrom dep_a import {name} as a\nfrom dep_b import {name} as b\n"
    return world.answer(head + body)


def test_callbacks(world: World) -> None:
    """[callback] A function imports its own version, whoever calls it, through however many hands."""
    found = answer(
        world,
        """
import shared
print(json.dumps([a.call(b.version), b.call(a.version), a.call(b.call, a.version), b.call(a.call, b.call, a.version),
                  a.lazy.call(b.version), b.lazy.call(a.lazy.absolute), shared.call(a.version), a.call(b.partial),
                  sorted([3, 1], key=lambda _: a.version()), list(map(a.call, [b.version, a.version]))]))
""",
    )
    assert found == ["2", "1", "1", "1", "2", "1", "1", "2", [3, 1], ["2", "1"]]


def test_generated_code(world: World) -> None:
    """[generated] A function made by `exec` or `eval` in a module's globals imports that module's version."""
    found = answer(
        world,
        """
print(json.dumps([a.executed(), b.executed(), a.evaluated(), b.evaluated(), a.call(b.executed), b.call(a.evaluated),
                  b.call(eval, "__import__('lib.late').late.VERSION", vars(a))]))
""",
    )
    assert found == ["1", "2", "1", "2", "2", "1", "1"]


def test_wrappers(world: World) -> None:
    """[callback] Decorators, caches, context managers and properties of one environment used by another."""
    found = answer(
        world,
        """
wrapped = a.decorator(b.decorator(a.version))
with a.Context() as one, b.Context() as two:
    pass
print(json.dumps([wrapped(), a.call(b.cached), b.call(a.cached), one, two, a.call(lambda: b.Base().attribute)]))
""",
    )
    assert found == [["1", ["2", "1"]], "2", "1", "1", "2", "2"]


def test_inheritance(world: World) -> None:
    """[callback] A method imports the version of the class that defines it, also on another's subclass."""
    found = answer(
        world,
        """
class Mine(a.Base):
    pass
class Both(b.Base, a.Base):
    def hook(self):
        return [super().hook(), a.Base.hook(self)]
print(json.dumps([Mine().template(), Both().template(), a.deleted, b.deleted]))
""",
    )
    assert found == [["1", "1"], ["2", ["2", "1"]], ["1"], ["2"]]


def test_generators(world: World) -> None:
    """[generator] A generator imports its own version, whoever resumes it."""
    found = answer(
        world,
        """
one, two = a.generate(), b.generate()
def through(generator):
    yield from generator
three = through(a.generate())
print(json.dumps([b.advance(one), a.advance(two), next(one), next(two), b.advance(three), a.advance(two)]))
""",
    )
    assert found == [["1"] * 2, ["2"] * 2, ["1"] * 2, ["2"] * 2, ["1"] * 2, ["2"] * 2]


def test_asyncio(world: World) -> None:
    """[task] Tasks of both environments, interleaved in one loop, each import their own version."""
    found = answer(
        world,
        """
async def main():
    first = await a.gather(*[module.later() for module in (a, b) * 5])
    tasks = [asyncio.create_task(module.later()) for module in (b, a)]
    second = [await task for task in tasks]
    third = [[version async for version in module.agenerate()] for module in (a, b)]
    loop = asyncio.get_running_loop()
    fourth = [await asyncio.to_thread(a.version), await loop.run_in_executor(None, b.version)]
    future = loop.create_future()
    loop.call_soon(lambda: future.set_result(a.version()))
    return [first, second, third, fourth, await future, await b.lazy.later()]
print(json.dumps(asyncio.run(main())))
""",
    )
    assert found == [["1", "2"] * 5, ["2", "1"], [["1", "1"], ["2", "2"]], ["1", "2"], "1", "2"]


def test_traced(world: World) -> None:
    """[interrupted] A trace function of neutral code looks up what it likes while the shim itself is at work."""
    tracer = world.project.library / "site-packages" / "tracer_of_test.py"
    tracer.write_text(
        "import os, sys\nfound = []\n"
        "def trace(frame, event, argument):\n"
        "    found.append([sys.path[0], 'lib' in sys.modules, sys.meta_path[0]])\n"
        "    return None\n",
        encoding="utf-8",
    )
    program = """
        import json, sys, tracer_of_test
        sys.settrace(tracer_of_test.trace)
        import dep_a
        sys.modules["dep_a.put_there"] = type(sys)("dep_a.put_there")  # it becomes the environment's: a plain look-up
        import dep_b, lib.late
        from dep_a import tools
        sys.settrace(None)
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, lib.late.VERSION, tools.library_version(),
                          len(tracer_of_test.found) > 100]))
        """
    try:
        assert world.answer(program) == ["1", "2", "2", "1", True]
    finally:
        tracer.unlink()
