"""Functions compiled by Cython import their own environment's modules, called directly from everywhere."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.packages.sides import INTERPRETERS
from tests.shim import extensions, universe
from tests.shim.contexts import FOR_FUNCTIONS, of_functions
from tests.shim.world import PACKAGES, build_world
from tests.support.interpreters import running_interpreter
from tests.support.native import configuration
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

pytestmark = pytest.mark.index

SOURCE = """
import lib
from lib.star import *
from . import other as neighbour

AT_START = [lib.VERSION, starred, neighbour.VERSION]

def at_start():
    return AT_START

def imports():
    import lib.late
    from lib.sub.deep import OWN, VERSIONS
    return [lib.late.VERSION, OWN, VERSIONS]

def relative():
    from . import other
    from .other import VERSION
    return [other.VERSION, VERSION]

def by_importlib():
    import importlib
    return [importlib.import_module("lib.late").VERSION, importlib.import_module(".other", __package__).VERSION]

def by_function():
    return [__import__("lib.late").late.VERSION, __import__("lib.x", globals(), None, ["VERSION"]).VERSION]

def by_sys_modules():
    import sys, lib.x
    return [sys.modules["lib.x"].VERSION, sys.modules.get("lib").VERSION, "lib.late" in sys.modules]

def by_executed_text():
    scope = {}
    exec("import lib.late; found = lib.late.VERSION", scope)
    return [scope["found"], eval("__import__('lib.x').x.VERSION")]

def in_a_generator():
    def generate():
        import lib.late
        yield lib.late.VERSION
    return [*generate(), *(__import__(name).VERSION for name in ["lib"])]

def in_a_closure():
    def inner():
        from lib.late import VERSION
        return VERSION
    return [inner(), next(map(lambda name: __import__(name).VERSION, ["lib"])), sorted([1], key=lambda _: inner())]

def missing():
    try:
        import lib.absent
    except ImportError as error:
        return [str(error), AT_START]

cdef class Thing:
    def __repr__(self):
        import lib.late
        return lib.late.VERSION

    def __getattr__(self, name):
        from lib import mod
        return mod.VERSION

def of_a_type():
    return [repr(Thing()), str([Thing()]), Thing().anything]

cdef c_function():
    import lib.late
    return lib.late.VERSION

def in_c():
    return c_function()
"""

FUNCTIONS = [line[4:].partition("(")[0] for line in SOURCE.splitlines() if line.startswith("def ")]
HANDED_OVER = f"""
from cyext import compiled
WAYS.update({{name: getattr(compiled, name) for name in {FUNCTIONS!r}}})
"""


@pytest.fixture(scope="module")
def c_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what Cython makes of the source; it is the same for every Python."""
    folder = tmp_path_factory.mktemp("cython")
    venv = PlainVenvs(folder)(None, running_interpreter(), ["cython==3.0.11"])
    package = folder / "cyext"  # Cython learns the module's full name from the folder
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "compiled.pyx").write_text(SOURCE)
    venv.python("-m", "cython", "-3", "cyext/compiled.pyx", cwd=folder)
    return package / "compiled.c"


@pytest.fixture(scope="module", params=INTERPRETERS, ids=str)
def compiled(
    request: pytest.FixtureRequest, c_source: Path, tmp_path_factory: pytest.TempPathFactory
) -> World:
    """`dep_a` and `dep_b`, each with `lib` and a compiled module of its own."""
    interpreter: Interpreter = request.param
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("compiled-by-cython")
    headers = configuration(interpreter)
    product = folder / "compiled.so"
    command = ["cc", "-shared", "-fPIC", "-O0", "-w", f"-I{headers['include']}"]
    subprocess.run([*command, str(c_source), "-o", str(product)], check=True)
    index = Index(folder / "index")
    universe.publish_library(index)
    for letter, version in zip("ab", universe.VERSIONS, strict=True):
        files: dict[str, str | bytes] = {
            "cyext/__init__.py": "",
            "cyext/other.py": f"VERSION = {version!r}\n",
            "cyext/compiled.so": product.read_bytes(),
        }
        index.add("cyext", version, requires=[f"lib=={version}"], files=files, tag=headers["tag"])
        requires = [f"lib=={version}", f"cyext=={version}", "shared"]
        index.add(f"dep-{letter}", "1.0", requires=requires, files={f"dep_{letter}/__init__.py": ""})
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(folder, index, interpreter, PlainVenvs(folder), ["dep-a", "dep-b", "shared"], plain)


@pytest.fixture(scope="module")
def table(compiled: World) -> tuple[Any, Any]:
    """Package → context → function → what was found, in the project and in plain venvs."""
    return of_functions(compiled, HANDED_OVER)


def assert_equal(table: tuple[Any, Any], context: str, functions: Iterable[str]) -> None:
    """Compare what some functions found in the project with what they found in plain venvs."""
    project, plain = table
    wrong = {}
    for function in functions:
        found, expected = (
            [one[package][context][function] for package in PACKAGES] for one in (project, plain)
        )
        assert expected[0] != expected[1], f"cannot tell versions apart: {expected}"
        if found != expected:
            wrong[function] = {"found": found, "plain": expected}
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("context", FOR_FUNCTIONS)
def test_compiled_functions(table: tuple[Any, Any], context: str) -> None:
    """[Cython, from everywhere] In each context a compiled function finds its own environment's modules."""
    assert_equal(table, context, FUNCTIONS)


def test_at_the_top(compiled: World) -> None:
    """[Cython] A compiled module's own imports, and its functions' names, are as in a plain venv."""
    compiled.same_outcome("""
        from cyext import compiled
        def outcome():
            function = compiled.imports
            return [compiled.AT_START, compiled.__name__, type(compiled.__name__).__name__, compiled.__package__,
                    compiled.__file__, function.__module__, function.__qualname__, repr(compiled.Thing)]
        """)
