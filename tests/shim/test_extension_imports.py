"""What the C code of an extension module imports is its own environment's, whoever calls it.

Multi-phase and single-phase initialisation, in a package and at the top level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.extensions import MODULES, WITHOUT_READER

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

IMPORTS = (
    "import_module",
    "import_level",
    "import_from",
    "import_object",
    "import_builtin",
    "get_module",
    "get_item",
)


def probe(world: World, module: str) -> str:
    """Add a module to both packages with one extension module as `ext` and Python functions to call."""
    return world.add_probe(f"""
        import sys
        import {module} as ext

        def imports():
            import lib.late
            return lib.late.VERSION

        def call(function, *arguments):
            return function(*arguments)

        def through_c():
            found = next(map(__import__, ["lib.late"]))
            return [found.late.VERSION, next(map(sys.modules.get, ["lib.late"])).VERSION]
        """)


def head(world: World, module: str) -> str:
    """Return a program's first lines: the probe of both packages as `a` and `b`."""
    name = probe(world, module)
    return f"import json\nfrom dep_a import {name} as a\nfrom dep_b import {name} as b\n"


@pytest.mark.parametrize("module", MODULES)
def test_imports_in_c(compiled: World, module: str) -> None:
    """[C imports] Every way of importing in C gives the extension's own version.

    Called from the application (which has no `lib` at all), from its own environment, from the other one, through
    unversioned Python code, through C code of the standard library, and from a callback that the other's C code calls.
    """
    program = f"""{head(compiled, module)}
import functools, shared
a.imports(), b.imports()
wrong = []
for name in {IMPORTS!r}:
    for mine, other, version in ((a, b, "1"), (b, a, "2")):
        function = getattr(mine.ext, name)
        def check(way, found):
            if "lib" == getattr(found, "__name__", None):  # without a list of names: the top of the dotted name
                found = found.late
            if getattr(found, "VERSION", None) != version:
                wrong.append([name, way, version, repr(found)])
        check("application", function("lib.late"))
        check("own", mine.call(function, "lib.late"))
        check("other", other.call(function, "lib.late"))
        check("unversioned", shared.call(function, "lib.late"))
        check("partial", functools.partial(function, "lib.late")())
        check("map", next(map(function, ["lib.late"])))
        check("other's map", other.call(next, map(function, ["lib.late"])))
        check("sorted", (found := []) or sorted([1], key=lambda _: found.append(function("lib.late"))) and found[0])
        check("callback of other's C", other.ext.call(lambda: function("lib.late")))
        check("callback of own C", mine.ext.call(lambda: other.call(function, "lib.late")))
        check("partial, called by other's C", other.ext.call(functools.partial(function, "lib.late")))
print(json.dumps(wrong))
"""
    assert compiled.answer(program) == []


@pytest.mark.parametrize("module", MODULES)
def test_callbacks_from_c(compiled: World, module: str) -> None:
    """[callbacks] A Python function that an extension calls imports its own; afterwards C imports its own again."""
    program = f"""{head(compiled, module)}
found = [a.ext.call(b.imports), b.ext.call(a.imports), a.ext.call(a.imports)]
a.imports(), b.imports()
for mine, other in ((a, b), (b, a)):
    called, imported = mine.ext.call_then_import(other.imports, "lib")
    found.append([called, imported.VERSION])
    called, imported = other.call(mine.ext.call_then_import, lambda: mine.ext.call(other.imports), "lib")
    found.append([called, imported.VERSION])
print(json.dumps(found))
"""
    assert compiled.answer(program) == ["2", "1", "1", ["2", "1"], ["2", "1"], ["1", "2"], ["1", "2"]]


@pytest.mark.parametrize("module", MODULES)
def test_callbacks_that_import_through_c(compiled: World, module: str) -> None:
    """[callbacks] C code of the interpreter that a callback uses imports for the callback, not for who called it."""
    program = f"""{head(compiled, module)}
a.imports(), b.imports()
print(json.dumps([a.ext.call(b.through_c), b.ext.call(a.through_c), a.ext.call(lambda: b.ext.call(a.through_c)),
                  a.call(a.ext.call, b.through_c)]))
"""
    assert compiled.answer(program) == [["2", "2"], ["1", "1"], ["1", "1"], ["2", "2"]]


@pytest.mark.parametrize("module", MODULES)
def test_slots(compiled: World, module: str) -> None:
    """[C imports] `repr()` of an extension's object imports its own, whoever prints it, in a container too."""
    program = f"""{head(compiled, module)}
one, two = a.ext.Thing(), b.ext.Thing()
class Mine(a.ext.Thing):
    pass
print(json.dumps([repr(one), repr(two), b.call(repr, one), a.call(repr, two), str([one, two]), f"{{one}} {{two!r}}",
                  "%s" % two, a.call("{{}} {{}}".format, two, one), repr(Mine()), b.ext.call(lambda: repr(one))]))
"""
    expected = ["1", "2", "1", "2", "[1, 2]", "1 2", "2", "2 1", "1", "1"]
    assert compiled.answer(program) == expected


@pytest.mark.parametrize("module", MODULES)
def test_first_import_in_c(compiled: World, module: str) -> None:
    """[C imports] Also the first import of a module, whose code then runs for its own environment."""
    program = f"""{head(compiled, module)}
print(json.dumps([b.call(a.ext.import_from, "lib.lazy").absolute(), a.ext.import_from("lib.circular_a").of_b(),
                  a.call(b.ext.import_from, "lib.lazy").relative(), b.ext.import_from("lib.circular_a").of_b()]))
"""
    assert compiled.answer(program) == ["1", "b1", "2", "b2"]


def test_threads(compiled: World) -> None:
    """[threads] C code of both environments importing in many threads at once always gets its own."""
    program = f"""{head(compiled, "cext.multi")}
import sys, threading
sys.setswitchinterval(1e-5)
a.imports(), b.imports()
wrong = []
def work(mine, other, version):
    for _ in range(200):
        for found in (mine.ext.import_from("lib.late"), other.call(mine.ext.get_module, "lib.late"),
                      other.ext.call(lambda: mine.ext.import_object("lib.late"))):
            if getattr(found, "late", found).VERSION != version:
                wrong.append(version)
threads = [threading.Thread(target=work, args=(a, b, "1") if n % 2 else (b, a, "2")) for n in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(len(wrong)))
"""
    assert compiled.answer(program) == 0


def test_deep_stack(compiled: World) -> None:
    """[deep] The extension's C frames are found at the top of a deep stack, Python and C frames mixed."""
    program = f"""{head(compiled, "cext.multi")}
import sys
sys.setrecursionlimit(5000)
a.imports(), b.imports()
def through_c(depth):
    if not depth:
        return b.call(a.ext.import_from, "lib.late").VERSION + a.call(b.ext.import_from, "lib.late").VERSION
    return (a if depth % 2 else b).ext.call(lambda: through_c(depth - 1))
def through_python(depth):
    return through_python(depth - 1) if depth else through_c(3)
print(json.dumps([through_c(0), through_c(60), through_python(1000)]))
"""
    assert compiled.answer(program) == ["12", "12", "12"]


def test_compiled_replacement_of_import(compiled: World) -> None:
    """[replaced] A `__import__` that one side's C code has put in the place of the real one serves everybody."""
    program = f"""{head(compiled, "cext.multi")}
import builtins, functools, shared
a.imports(), b.imports()
original = builtins.__import__
found = []
for mine, other in ((a, b), (b, a)):
    for replacement in (
        functools.partial(mine.ext.call_with, original),
        functools.partial(mine.ext.call_with, shared.call, original),  # through Python code of nobody's
    ):
        builtins.__import__ = replacement
        try:
            found.append([a.imports(), b.imports(), shared.call(a.imports), other.ext.call(b.imports)])
        finally:
            builtins.__import__ = original
print(json.dumps(found))
"""
    assert compiled.answer(program) == [["1", "2", "1", "2"]] * 4


def test_extension_at_work_inside_a_replacement_of_import(compiled: World) -> None:
    """[replaced] What C code imports on its own while it replaces `__import__` is still its own environment's."""
    program = f"""{head(compiled, "cext.multi")}
import builtins, functools, shared
a.imports(), b.imports()
original = builtins.__import__
found = []
for mine in (a, b):
    # Python code of nobody's stands between the import statement and the C code.
    replace = eval("lambda load: lambda name, *rest: load(name)", dict(vars(shared)))
    builtins.__import__ = functools.partial(shared.call, replace(mine.ext.import_level))
    try:
        found.append([a.imports(), b.imports()])
    finally:
        builtins.__import__ = original
print(json.dumps(found))
"""
    assert compiled.answer(program) == [["1", "1"], ["2", "2"]]


@pytest.mark.parametrize("module", ["cext.multi", "cext_single"])
def test_without_the_reader(compiled: World, module: str) -> None:
    """[fallback] Without a view of the C stack extensions load apart and import their own when their own code calls."""
    program = f"""{WITHOUT_READER}
from runtime_shim.caller import c_stack
{head(compiled, module)}
a.imports(), b.imports()
found = [mine.call(mine.ext.import_from, "lib.late").VERSION for mine in (a, b)]
print(json.dumps([a.ext.version(), b.ext.version(), a.ext.LIBRARY, b.ext.LIBRARY, *found, a.ext.call(b.imports),
                  type(c_stack._reader).__name__]))
"""
    assert compiled.answer(program) == ["1", "2", "1", "2", "1", "2", "2", "_Unavailable"]
