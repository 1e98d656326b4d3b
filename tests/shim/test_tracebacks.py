"""Tracebacks and warnings from environments' modules look as in a plain venv: no frame of the shim."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from tests.shim.world import World

FAILING = {
    "at import": "import brittle.broken",
    "at import, from": "from brittle import broken",
    "at import, import_module": "import importlib\nimportlib.import_module('brittle.broken')",
    "missing module": "import brittle.needs",
    "syntax error": "import brittle.syntax",
    "missing name": "from brittle import absent",
    "missing submodule": "import brittle.absent",
    "in a function": "import brittle.helper\nbrittle.helper.fail('here')",
}


FRAME = re.compile(r"^Traceback \(most recent call last\):\n", re.MULTILINE)


@pytest.mark.parametrize("failure", FAILING)
def test_traceback(world: World, failure: str) -> None:
    """[traceback] An exception at import prints the same frames, lines and message as in a plain venv."""
    name = world.add_probe(f"def fail():\n    exec({FAILING[failure]!r})\n")
    direct = world.add_probe(FAILING[failure] + "\n")
    for package in PACKAGES:
        for program in (f"import {package}.{direct}\n", f"from {package} import {name}\n{name}.fail()\n"):
            found = world.program(program, check=False)
            expected = world.plain_program(package, program, check=False)
            assert visible(world.anonymous(found.err)) == visible(world.anonymous(expected.err))
            assert found.code == expected.code == 1


@pytest.mark.parametrize("statement", ["import duo", "from duo import VERSION", "import duo.absent"])
def test_the_first_import_of_all_fails(world: World, statement: str) -> None:
    """[traceback] The import that starts the shim shows no frame of it when it fails, nor does the next one."""
    caught = f"try:\n    {statement}\nexcept ImportError:\n    import traceback\n    traceback.print_exc()\n"
    program = f"{caught}{statement}\n"
    first, second = FRAME.split(world.program(program, check=False).err)[1:]
    for lines, told in ((2, first), (6, second)):
        found = re.findall(r'  File "(.*)", line (\d+), in (.*)', world.anonymous(told))
        assert [(line, function) for _, line, function in found] == [(str(lines), "<module>")], told
    assert "No module named 'duo" in first


def visible(traceback: str) -> list[str]:
    """Return the lines of a traceback without importlib's own frames.

    They show where Python code (`import_module`) imports, and one more of them is allowed.
    """
    return [line for line in traceback.splitlines() if '"<frozen importlib.' not in line]


def test_traceback_object(world: World) -> None:
    """[traceback] The frames of a caught exception are the plain ones, importlib's included or left out."""
    world.same_outcome("""
        import sys, traceback
        def outcome():
            found = []
            for name in ("brittle.broken", "brittle.needs", "brittle.absent"):
                try:
                    __import__(name)
                except Exception as error:
                    found.append([[frame.filename, frame.lineno, frame.name, frame.line]
                                  for frame in traceback.extract_tb(error.__traceback__)])
            return found
        """)


def test_half_imported(world: World) -> None:
    """[failed import] A module that fails at import is not in `sys.modules` afterwards; what it imported is."""
    world.same_outcome("""
        import sys, lib
        def outcome():
            found = []
            for _ in range(2):
                try:
                    import brittle.broken
                except ValueError as error:
                    found.append([str(error), "brittle.broken" in sys.modules, "brittle.helper" in sys.modules,
                                  hasattr(sys.modules["brittle"], "broken")])
            return [found, lib.__file__]
        """)


WARNING = re.compile(r"^(.*?):(\d+): (\w+): (.*)$", re.MULTILINE)


def test_warning_at_import(world: World) -> None:
    """[stacklevel] `warnings.warn(stacklevel=2)` at import has the importing statement's file and line."""
    program = "import warnings\nwarnings.simplefilter('always')\nimport PACKAGE.NAME\n"
    name = world.add_probe("import lib\n\nimport brittle.warning\n")
    for package in PACKAGES:
        text = program.replace("PACKAGE", package).replace("NAME", name)
        found = world.program(text)
        expected = world.plain_program(package, text)
        assert world.anonymous(found.err) == world.anonymous(expected.err)
        file, line, category, _ = WARNING.findall(world.anonymous(found.err))[0]
        assert (file, line, category) == (f"<site of {package}>/{package}/{name}.py", "3", "UserWarning")


def test_warning_in_a_function(world: World) -> None:
    """[stacklevel] `stacklevel=2` in a library's function names its caller, in another environment too."""
    name = world.add_probe("""
        import brittle
        def call():
            brittle.old()
        """)
    program = f"""
        import json, warnings
        from dep_a import {name} as a
        from dep_b import {name} as b
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            a.call(); b.call(); a.brittle.old()
        print(json.dumps([[one.filename, one.lineno, str(one.message)] for one in caught]))
        """
    a, b, application = world.answer(program)
    assert a == [f"<site of dep_a>/dep_a/{name}.py", 3, "old 1"]
    assert b == [f"<site of dep_b>/dep_b/{name}.py", 3, "old 2"]
    assert application[0].endswith(".py")
    assert application[1:] == [6, "old 1"]


def test_warning_once_per_place(world: World) -> None:
    """[registry] The default filter shows each version's warning once: their registries are their own."""
    world.same_outcome("""
        import warnings
        import brittle
        def outcome():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("default")
                for _ in range(3):
                    brittle.old()
            return [[str(one.message), one.filename] for one in caught]
        """)


def test_filter_by_module_name(world: World) -> None:
    """[registry] A filter for a module's name matches as in a plain venv."""
    world.same_outcome("""
        import warnings
        import brittle
        def outcome():
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                warnings.filterwarnings("ignore", module=__name__.replace(".", "[.]"))
                brittle.old()
            return [len(caught), brittle.__file__]
        """)
