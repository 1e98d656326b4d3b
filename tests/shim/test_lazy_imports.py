"""Lazy imports (PEP 810): each is its own environment's, whoever uses the name first. From Python 3.15 on."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

LAZY = """
    lazy import lib
    lazy import lib.mod as module
    lazy from lib import VERSION
    lazy from lib.sub.deep import VERSIONS
    lazy from . import lib as own

    def outcome():
        return [lib.VERSION, module.VERSION, VERSION, VERSIONS[0], own.VERSION]

    def touch(one):
        return [one.lib.VERSION, one.module.VERSION, one.VERSION, one.VERSIONS[0], one.own.VERSION]
    """
FIRST, SECOND = ["1"] * 5, ["2"] * 5


@pytest.fixture(autouse=True)
def _only_where_there_are_any(world: World) -> None:
    if world.interpreter.release < (3, 15):
        pytest.skip("this Python has no lazy imports")


@pytest.mark.parametrize("options", [(), ("-X", "lazy_imports=all")], ids=["written", "all"])
def test_own_code(world: World, options: tuple[str, ...]) -> None:
    """[lazy] As in a plain environment; relative imports and submodules, too."""
    found = world.same_outcome(LAZY, both_orders=True, arguments=options)
    assert found == {"dep_a": FIRST, "dep_b": SECOND}


@pytest.mark.parametrize("options", [(), ("-X", "lazy_imports=all")], ids=["written", "all"])
def test_whoever_comes_first(world: World, options: tuple[str, ...]) -> None:
    """[lazy] Another environment, the application, threads, C code: the name means what its module means by it."""
    programs = (
        "[b.touch(a), a.touch(b)]",
        "[[a.lib.VERSION, a.module.VERSION, a.VERSION, a.VERSIONS[0], a.own.VERSION], b.outcome()]",
        "[[list(map(operator.attrgetter(each), [one]))[0] for each in NAMES] for one in (a, b)]",
        "[list(pool.map(a.touch, [b] * 8))[-1], list(pool.map(b.touch, [a] * 8))[-1]][::-1]",
    )
    for text in programs:
        name = world.add_probe(LAZY)
        program = f"""
            import concurrent.futures, json, operator
            from dep_a import {name} as a
            from dep_b import {name} as b
            NAMES = ["lib.VERSION", "module.VERSION", "VERSION", "VERSIONS", "own.VERSION"]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                found = {text}
            found = [[each[0] if type(each) is list else each for each in side] for side in found]
            print(json.dumps([found, a.outcome(), b.outcome()]))
            """
        file = world.program_file(program)
        answer = world.project.python(*options, file)
        assert answer.out == f"[{FIRST_SECOND}, {_json(FIRST)}, {_json(SECOND)}]\n", text


def test_of_the_application(world: World) -> None:
    """[lazy] An environment's code that uses the application's name."""
    name = world.add_probe("def touch(one):\n    return one.lib.VERSION\n")
    program = f"""
        import json, sys
        lazy import lib
        from dep_a import {name} as a
        print(json.dumps([a.touch(sys.modules["__main__"]), lib.VERSION]))
        """
    assert world.answer(program) == ["2", "2"]


def test_filters_and_lists_of_names(world: World) -> None:
    """[lazy] A filter of the program's own decides as ever; ``__lazy_modules__`` means the module's."""
    name = world.add_probe(LAZY)
    listed = world.add_probe(
        "__lazy_modules__ = ['lib']\nimport lib\ndef touch(one):\n    return one.lib.VERSION\n"
    )
    program = f"""
        import json, sys
        asked, a_name = [], "dep_a.{name}"
        def decide(importing, imported, names):
            if importing == a_name:
                asked.append([importing, imported, names and list(names)])
            return imported != "lib"
        sys.set_lazy_imports_filter(decide)
        from dep_a import {name} as a
        from dep_b import {listed} as b
        from dep_a import {listed} as c
        kinds = [type(vars(a)["lib"]).__name__, type(vars(a)["VERSIONS"]).__name__]
        sys.set_lazy_imports_filter(None)
        print(json.dumps([kinds, asked[0], asked[3], b.touch(c), c.touch(b), a.outcome()]))
        """
    assert world.answer(program) == [
        ["module", "lazy_import"],
        [f"dep_a.{name}", "lib", None],
        [f"dep_a.{name}", "lib.sub.deep", ["VERSIONS"]],
        "1",
        "2",
        FIRST,
    ]


def test_what_fails_says_where_it_was_written(world: World) -> None:
    """[lazy] The error of a name that nobody has leads to the line of the lazy import."""
    name = world.add_probe("x = 1\nlazy import nowhere_at_all\n\ndef use():\n    return nowhere_at_all.x\n")
    program = f"""
        import traceback
        from dep_b import {name} as b
        try:
            b.use()
        except ImportError:
            traceback.print_exc()
        """
    said = world.program(program).err
    assert "No module named 'nowhere_at_all'" in said
    assert f'{name}.py", line 2, in <module>' in said
    assert "runtime_shim" not in said


def _json(value: object) -> str:
    return str(value).replace("'", '"')


FIRST_SECOND = _json([FIRST, SECOND])


def test_a_submodule_that_another_thread_is_about_to_set(world: World) -> None:
    """[lazy] [threads] It is loaded, and no attribute of its package yet: whoever uses the name waits."""
    package = world.home("dep_a") / "dep_a" / "slowly"
    package.mkdir()
    (package / "sub.py").write_text("VALUE = 'found'\n")
    (package / "__init__.py").write_text(
        "import sys, threading, types\nsetting, go_on = threading.Event(), threading.Event()\n"
        "class Slow(types.ModuleType):\n    def __setattr__(self, name, value):\n        if name == 'sub':\n"
        "            setting.set()\n            go_on.wait(20)\n        super().__setattr__(name, value)\n"
        "sys.modules[__name__].__class__ = Slow\n"
    )
    lazy = world.add_probe(
        "lazy import dep_a.slowly.sub as sub\ndef own():\n    return sub.VALUE\n", ["dep_a"]
    )
    other = world.add_probe("def touch(one):\n    return one.sub.VALUE\n")
    program = f"""
        import concurrent.futures, json, threading
        from dep_a import {lazy} as a, slowly
        from dep_b import {other} as b
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            first = pool.submit(a.own)
            assert slowly.setting.wait(20)
            second = pool.submit(b.touch, a)
            threading.Timer(0.3, slowly.go_on.set).start()
            print(json.dumps([first.result(), second.result()]))
        """
    try:
        assert world.answer(program) == ["found", "found"]
    finally:
        shutil.rmtree(package)
