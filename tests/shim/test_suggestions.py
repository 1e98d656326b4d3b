"""[suggestions] "Did you mean" in tracebacks: names that whoever has failed could import, as in a plain environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# Of what each environment has alone, and of what it shares; `lib.late` and the like are in both versions.
PROBE = """
    import traceback

    def top(): import libb
    def alone(): import only_z
    def shared(): import sharedd
    def submodule(): import lib.lat
    def deeper(): import lib.sub.deeq
    def own(): import duoo
    def name():
        from lib import VERSIONN
    def attribute():
        import lib
        lib.VERSIONN
    def standard(): import jsn
    def windows(): import winreg
    def nothing(): import nothing_like_it

    TRIED = (top, alone, shared, submodule, deeper, own, name, attribute, standard, windows, nothing)

    def failing():
        for function in TRIED:
            try:
                function()
            except Exception as error:
                yield error

    def outcome():
        told = ("".join(traceback.format_exception_only(error)) for error in failing())
        # Where a file lies differs, and so does what the shim says of a name that others have.
        return [__name__.partition(".")[0], *(line.replace(__import__("lib").__file__, "lib's file") for line in told)]
    """


@pytest.mark.every_python
def test_of_ones_own(world: World) -> None:
    world.same_outcome(PROBE, both_orders=True)


def test_told_by_others(world: World) -> None:
    """The traceback is printed by the application, the failure is dep_a's."""
    probe = world.add_probe(PROBE)
    texts = """
        import json, traceback
        import {package}.{probe} as probe
        told = ["".join(traceback.format_exception_only(error)) for error in probe.failing()]
        print(json.dumps(told))
        """
    for package in ("dep_a", "dep_b"):
        program = texts.format(package=package, probe=probe)
        assert world.answer(program) == world.plain_answer(package, program)


def test_of_what_lies_elsewhere(world: World) -> None:
    """`dep_c` borrows `lib`, and the application has nothing of its own: neither has it on its path."""
    (world.home("dep_c") / "dep_c" / "wrong.py").write_text("def top(): import libb\n")
    program = """
        import json, traceback
        import dep_c.wrong
        def top(): import libb
        def duo(): import duoo
        told = []
        for function in dep_c.wrong.top, top, duo:
            try:
                function()
            except ImportError as error:
                told += traceback.format_exception_only(error)
        print(json.dumps(told))
        """
    plain = "ModuleNotFoundError: No module named 'libb'"
    version = tuple(map(int, world.interpreter.full_version.split(".")[:2]))
    suggestion = ". Did you mean: 'lib'?" if version >= (3, 15) else ""
    assert world.answer(program) == [
        f"{plain}{suggestion}\n",
        f"{plain}{suggestion}\n",
        "ModuleNotFoundError: No module named 'duoo'\n",
    ]
