"""`lib_old` is `lib` 1 for the application, which itself has declared `lib` 2.

[forms] Every way to import leads to that version's own modules. [same] They are loaded once, and stay as they were.
[application] Nobody else has the name. [absent] What the version hasn't got. [tools] The standard library's tools that
take names. [processes] Threads, children, pickles. [map] A new build; other targets of an alias. [build] From
pyproject.toml on.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.shim import universe
from tests.shim.world import World, build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.interpreters import Interpreter

OLD = {"module": "lib", "environment": "dep-a"}
ALIASES = {
    "lib_old": OLD,
    "old_sub": {"module": "lib.sub", "environment": "dep-a"},
    "common": {"module": "shared", "environment": "application"},
    "utils": {"module": "utils", "environment": "dep-a"},
    "only_b": OLD,
    "portion": {"module": "spread.x", "environment": "dep-a"},
    "names": {"module": "ns", "environment": "dep-a"},
}


@pytest.fixture(scope="session")
def built(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world of the other tests, whose import map has aliases."""
    folder = tmp_path_factory.mktemp(f"aliases-{interpreter}-")
    index = Index(folder / "index")
    universe.publish(index)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    made = build_world(folder, index, interpreter, PlainVenvs(folder), universe.DIRECT, plain)
    set_aliases(made, ALIASES)
    return made


@pytest.fixture
def aliased(built: World) -> Iterator[World]:
    """The same; the map is put back afterwards."""
    text = map_of(built).read_text("utf-8")
    yield built
    map_of(built).write_text(text, "utf-8")


def map_of(world: World) -> Path:
    """Return the project's import map."""
    return world.project.library / "site-packages/runtime_shim/import_map.json"


def set_aliases(world: World, aliases: dict[str, dict[str, str]]) -> None:
    """Let the import map have these aliases."""
    document = json.loads(map_of(world).read_text("utf-8"))
    document["application"]["aliases"] = aliases
    map_of(world).write_text(json.dumps(document), "utf-8")


FORMS = {
    "import lib_old": "lib_old.VERSION",
    "import lib_old.mod": "lib_old.mod.VERSION",
    "import lib_old.sub.deep": "lib_old.sub.deep.VERSIONS[0]",
    "import lib_old as x": "x.VERSION",
    "import lib_old.mod as x": "x.VERSION",
    "import lib_old.sub.deep as x": "x.VERSIONS[1]",
    "from lib_old import VERSION": "VERSION",
    "from lib_old import mod": "mod.VERSION",
    "from lib_old import mod as x, late": "late.VERSION",
    "from lib_old.sub import deep": "deep.VERSIONS[2]",
    "from lib_old.sub.deep import VERSIONS": "VERSIONS[0]",
    "from lib_old.star import *": "starred[-1]",
    "import importlib": "importlib.import_module('lib_old.mod').VERSION",
    "import importlib as i": "i.import_module('.mod', 'lib_old').VERSION",
    "import importlib as j": "j.__import__('lib_old.mod').VERSION",
    "import importlib as k": "k.__import__('lib_old.mod', fromlist=['x']).VERSION",
    "import builtins": "__import__('lib_old.sub', fromlist=['deep']).deep.VERSIONS[0]",
    "import lib_old, sys": "sys.modules['lib_old'].VERSION",
    "import lib_old.mod, sys": "sys.modules['lib_old.mod'].VERSION",
    "import old_sub.deep": "old_sub.deep.VERSIONS[0]",
    "from old_sub import deep": "deep.VERSIONS[0]",
    "import utils": "utils.VERSION",
    "import portion": "portion.VERSION",
    "import names.one": "names.one.VERSION",
    "from names import one, two": "one.VERSION",
    "from names.both import inner": "inner.__name__ == 'ns.both.inner' and '1'",
}


@pytest.mark.parametrize("first", ["", "import lib, lib.mod, lib.sub.deep", "import dep_a, dep_b"])
def test_forms(aliased: World, first: str) -> None:
    """[forms] All of them, each in a new interpreter, whoever was loaded before; `lib` itself goes on being `lib` 2."""
    lines = [f"        {statement!r}: {expression!r}," for statement, expression in FORMS.items()]
    program = "\n".join(
        [
            "import json, os, sys",
            first,
            "forms = {",
            *lines,
            "}",
            "for statement, expression in forms.items():",
            "    if os.fork() == 0:",
            "        names = {'__file__': __file__}",
            "        exec(statement, names)",
            "        found = eval(expression, names)",
            "        import lib, lib.mod",
            "        from lib.sub import deep",
            "        print(json.dumps([statement, found, lib.VERSION, lib.mod.VERSION, deep.VERSIONS]), flush=True)",
            "        os._exit(0)",
            "    os.wait()",
        ]
    )
    outcome = aliased.program(program)
    found = [json.loads(line) for line in outcome.out.splitlines()]
    assert not outcome.err, outcome
    assert found == [[statement, "1", "2", "2", ["2", "2", "2"]] for statement in FORMS]


def test_the_modules_themselves(aliased: World) -> None:
    """[same] As under their permanent names and in their environment; their own names, packages and specs stay."""
    program = """
        import importlib, json, sys
        import lib_old.mod, old_sub, dep_a, dep_b
        from lib_old.sub import deep
        print(json.dumps([
            lib_old is importlib.import_module("lib@1"),
            lib_old is dep_a.lib,
            lib_old is not dep_b.lib,
            lib_old.mod is importlib.import_module("lib@1.mod"),
            old_sub is lib_old.sub,
            sys.modules["lib_old.sub.deep"] is deep,
            importlib.import_module("common") is importlib.import_module("shared"),
            [lib_old.__name__, lib_old.mod.__name__, lib_old.mod.__package__, lib_old.mod.__spec__.name],
            [type(lib_old.__name__) is str, str(lib_old.__distribution__), lib_old.mod.Thing.__module__],
        ]))
        """
    assert aliased.answer(program) == [
        *[True] * 7,
        ["lib", "lib.mod", "lib", "lib.mod"],
        [True, "lib 1", "lib.mod"],
    ]


def test_loaded_once(aliased: World) -> None:
    """[same] However a module is reached, its code runs once; it is in `sys.modules` after it was imported."""
    home = aliased.home("dep_a")
    (home / "lib/counted.py").write_text(
        "print('runs')\nimport sys\nSEEN = 'lib_old.counted' in sys.modules\n"
    )
    program = """
        import importlib, sys
        before = "lib_old" in sys.modules, sys.modules.get("lib_old.counted")
        import lib_old
        between = "lib_old" in sys.modules, "lib_old.counted" in sys.modules
        import lib_old.counted
        from lib_old import counted
        import old_sub
        importlib.import_module("lib@1.counted")
        print(before, between, "lib_old.counted" in sys.modules, counted.SEEN)
        """
    assert aliased.program(program).out == "runs\n(False, None) (True, False) True False\n"
    (home / "lib/counted.py").unlink()


def test_attribute_of_the_package_stays(aliased: World) -> None:
    """[same] A package's attribute of a submodule's name is left alone, as under the plain name."""
    home = aliased.home("dep_a")
    (home / "lib/shadowed.py").write_text("def shadowed():\n    return 'function'\n")
    program = """
        import json, sys
        import lib_old
        from lib_old.shadowed import shadowed
        lib_old.shadowed = shadowed
        del sys.modules["lib_old.shadowed"]
        import lib_old.shadowed
        print(json.dumps([lib_old.shadowed is shadowed, sys.modules["lib_old.shadowed"].shadowed is shadowed]))
        """
    assert aliased.answer(program) == [True, True]
    (home / "lib/shadowed.py").unlink()


def test_loaded_anew(aliased: World) -> None:
    """[same] `importlib.reload` by alias is the module's own; a module that its environment loads anew is meant."""
    name = aliased.add_probe(
        """
        def again(name):
            import importlib, sys
            del sys.modules[name]
            return importlib.import_module(name)
        """
    )
    program = f"""
        import importlib, json
        import lib_old.mod, lib
        from dep_a import {name}
        old = lib_old.mod
        old.VERSION = "changed"
        same = importlib.reload(lib_old.mod) is old and old.VERSION == "1"
        new = {name}.again("lib.mod")
        print(json.dumps([
            same, new is not old, importlib.import_module("lib_old.mod") is new, lib.VERSION,
            importlib.reload(lib_old).VERSION,
        ]))
        """
    assert aliased.answer(program) == [True, True, True, "2", "1"]


def test_asked_for_while_it_is_imported(aliased: World) -> None:
    """[same] The application's code below the import gets the unfinished module, as in any circular import."""
    home = aliased.home("dep_a")
    (home / "lib/hooked.py").write_text("FIRST = 1\nimport plugin\nLAST = plugin.hooked.FIRST\n")
    (aliased.project.root / "plugin.py").write_text(
        "import sys, lib_old.hooked\nhooked = sys.modules['lib_old.hooked']\n"
    )
    program = """
        import json
        import lib_old.hooked
        import plugin
        print(json.dumps([plugin.hooked is lib_old.hooked, lib_old.hooked.LAST]))
        """
    assert aliased.answer(program) == [True, 1]
    (home / "lib/hooked.py").unlink()
    (aliased.project.root / "plugin.py").unlink()


NOT_SEEN = """
    def outcome():
        import importlib.util, sys
        try:
            import lib_old
        except ModuleNotFoundError as error:
            message = [error.name, str(error)]
        try:
            import lib_old.mod
        except ModuleNotFoundError as error:
            message += [error.name]
        found = importlib.util.find_spec("lib_old")
        return [message, found, "lib_old" in sys.modules, sys.modules.get("lib_old.mod")]
    """


@pytest.mark.parametrize("first", ["", "import lib_old.mod"])
def test_for_the_application_alone(aliased: World, first: str) -> None:
    """[application] To an environment's code it is the name of nothing, imported or not; the error says what it is."""
    name = aliased.add_probe(NOT_SEEN)
    program = f"""
        {first or "pass"}
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.outcome(), b.outcome()]))
        """
    alone = [None, False, None]
    assert aliased.answer(program) == [
        [
            [
                "lib_old",
                f"No module named 'lib_old' in environment {environment}: it is an alias of the application's",
                "lib_old",
            ],
            *alone,
        ]
        for environment in ("dep-a", "dep-b")
    ]


def test_own_module_of_that_name(aliased: World) -> None:
    """[application] An environment that has a module of the name sees its own."""
    name = aliased.add_probe("import only_b\nVERSION = only_b.VERSION\n", environments_only=["dep_b"])
    undeclared = aliased.home("dep_a") / "old_sub.py"
    undeclared.write_text("VERSION = 'own'\n")
    other = aliased.add_probe("import old_sub\nVERSION = old_sub.VERSION\n", environments_only=["dep_a"])
    program = f"""
        import json, sys
        import only_b, old_sub.deep
        from dep_b import {name} as b
        from dep_a import {other} as a
        print(json.dumps([only_b.VERSION, b.VERSION, a.VERSION, sys.modules["old_sub"].__name__]))
        """
    assert aliased.answer(program) == ["1", "2", "own", "lib.sub"]
    undeclared.unlink()


def test_source_of_that_name(aliased: World) -> None:
    """[application] The application's own module of the name comes first, as before any installed one."""
    file = aliased.project.root / "lib_old.py"
    file.write_text("VERSION = 'source'\n")
    try:
        assert aliased.answer("import json, lib_old\nprint(json.dumps(lib_old.VERSION))") == "source"
    finally:
        file.unlink()


NO_SUCH_MODULE = (
    "No module named 'lib_old.absent': it stands for lib.absent of lib 1 in environment dep-a, "
    "which has no such module"
)


@pytest.mark.parametrize(
    ("statement", "name", "message"),
    [
        (
            "import lib_old.absent",
            "lib_old.absent",
            NO_SUCH_MODULE,
        ),
        (
            "from lib_old.absent import x",
            "lib_old.absent",
            NO_SUCH_MODULE,
        ),
        (
            "import lib_old.mod.x",
            "lib_old.mod.x",
            "No module named 'lib_old.mod.x'; 'lib_old.mod' is not a package",
        ),
        ("from lib_old import absent", "lib", "cannot import name 'absent' from 'lib' (LIB/__init__.py)"),
    ],
)
def test_absent(aliased: World, statement: str, name: str, message: str) -> None:
    """[absent] The error names the alias and what it stands for; `find_spec` answers None; nothing stays behind."""
    program = f"""
        import importlib.util, json, sys
        try:
            {statement}
        except ImportError as error:
            told = [error.name, str(error), type(error).__name__]
        import lib_old
        told.append(importlib.util.find_spec("lib_old.absent"))
        print(json.dumps([*told, any(name.startswith("lib_old.absent") for name in sys.modules)]))
        """
    found, text, kind, spec, left = aliased.answer(program)
    assert [found, text.replace("<site of dep_a>/lib", "LIB"), spec] == [name, message, None]
    assert kind == ("ModuleNotFoundError" if name.startswith("lib_old") else "ImportError")
    assert not left


def test_traceback(aliased: World) -> None:
    """[absent] A traceback shows the program's lines and nothing of the shim's."""
    broken = aliased.home("dep_a") / "lib/broken.py"
    broken.write_text("raise ValueError('broken')\n")
    for statement, files in {
        "import lib_old.absent": ["<string>"],
        "import lib_old.broken": ["<string>", str(broken)],
        "from lib_old import broken": ["<string>", str(broken)],
    }.items():
        outcome = aliased.project.python("-c", statement, check=False)
        lines = [line.strip() for line in outcome.err.splitlines() if line.startswith("  File ")]
        assert [line.split('"')[1] for line in lines] == files, outcome
    broken.unlink()


def test_an_error_inside(aliased: World) -> None:
    """[absent] What goes wrong in the module itself is told as it is, and the next try tries again."""
    broken = aliased.home("dep_a") / "lib/broken.py"
    broken.write_text("import nowhere_at_all\n")
    program = """
        import json, sys
        told = []
        for _ in range(2):
            try:
                import lib_old.broken
            except ModuleNotFoundError as error:
                told.append([error.name, "lib_old.broken" in sys.modules])
        print(json.dumps(told))
        """
    assert aliased.answer(program) == [["nowhere_at_all", False]] * 2
    broken.unlink()


TOOLS = {
    "find_spec": "importlib.util.find_spec('lib_old').origin.endswith('lib/__init__.py')",
    "find_spec of a submodule": "importlib.util.find_spec('lib_old.mod').name == 'lib_old.mod'",
    "find_spec, loaded": "lib_old and importlib.util.find_spec('lib_old.sub').submodule_search_locations",
    "resources": "importlib.resources.files('lib_old').joinpath('data.txt').read_text() == 'data 1\\n'",
    "resources, deep": "importlib.resources.files('lib_old.sub').joinpath('more.txt').read_text() == 'more 1\\n'",
    "get_data": "pkgutil.get_data('lib_old', 'data.txt') == b'data 1\\n'",
    "get_data, deep": "pkgutil.get_data('lib_old.sub', 'more.txt') == b'more 1\\n'",
    "walk_packages": "'lib_old.sub.deep' in "
    "[found.name for found in pkgutil.walk_packages(lib_old.__path__, 'lib_old.')]",
    "resolve_name": "pkgutil.resolve_name('lib_old.mod:VERSION') == '1'",
    "resolve_name, dots": "pkgutil.resolve_name('lib_old.sub.deep.VERSIONS') == ['1'] * 3",
    "run_module": "runpy.run_module('lib_old')['RESULT'] == '1'",
    "run_module, deep": "runpy.run_module('lib_old.sub.deep')['VERSIONS'] == ['1'] * 3",
    "patch": "patched('lib_old.mod.attr') == 'patched' and lib_old.mod.read_attr() == 'attr 1'",
    "patch.object": "patched('lib_old.mod.attr', lib.mod) == 'attr 2'",
    "getsource": "'attr 1' in inspect.getsource(lib_old.mod)",
    "get_type_hints": "typing.get_type_hints(lib_old.mod.Record)['thing'] is lib_old.mod.Thing",
    "get_source": "'attr 1' in importlib.util.find_spec('lib_old.mod').loader.get_source('lib_old.mod')",
    "convert": "type(runtime_shim.convert(lib.mod.Record(lib.mod.Thing(1)), to=lib_old)) is lib_old.mod.Record",
    "version": "importlib.metadata.version('lib') == '2'",
    "isinstance": "isinstance(lib_old.mod.Thing(1), importlib.import_module('lib@1.mod').Thing)",
    "module_from_spec": "by_hand('lib_old.mod', keep=False).attr == 'attr 1'",
    "module_from_spec, kept": "by_hand('lib_old.late', keep=True).VERSION == '1'",
    "LazyLoader": "by_hand('lib_old.sub', keep=True, lazy=True).VERSION == '1'",
}

_TOOLS_PROGRAM = """
    import importlib, importlib.metadata, importlib.resources, importlib.util, inspect, json, pkgutil, runpy, sys
    import typing
    import contextlib, io
    from unittest import mock
    import runtime_shim

    def patched(target, module=None):
        import lib_old.mod
        with mock.patch(target, "patched"):
            return (module or lib_old.mod).read_attr()

    def by_hand(name, keep, lazy=False):
        spec = importlib.util.find_spec(name)
        if lazy:
            spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        if keep:
            sys.modules[name] = module
        spec.loader.exec_module(module)
        return module

    expressions = EXPRESSIONS
    answers = {}
    for title, expression in expressions.items():
        for name in [name for name in sys.modules if name.startswith("lib_old")]:
            del sys.modules[name]
        names = dict(globals())
        exec("import lib, lib.mod", names)
        if "lib_old" in expression.replace("'lib_old", ""):
            exec("import lib_old.mod", names)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                answers[title] = bool(eval(expression, names))
        except Exception as error:
            answers[title] = f"{type(error).__name__}: {error}"
    print(json.dumps(answers))
    """


def test_tools(aliased: World) -> None:
    """[tools] What takes a name takes the alias."""
    outcome = aliased.program(_TOOLS_PROGRAM.replace("EXPRESSIONS", repr(TOOLS)), "-W", "ignore")
    assert json.loads(outcome.out) == dict.fromkeys(TOOLS, True), outcome


def test_run_as_program(aliased: World) -> None:
    """[tools] `python -m lib_old`: the package's own `__main__`, whose relative imports work."""
    outcome = aliased.project.python("-W", "ignore", "-m", "lib_old", "x")
    assert outcome.out == "__main__ 1 ['x'] lib\n"


EXPLAINED = """\
lib_old
  application  lib 1, from environment dep-a, as lib_old
  dep-a        does not see it: it is an alias of the application's
  dep-b        does not see it: it is an alias of the application's
  dep-c        does not see it: it is an alias of the application's

  lib 1  SITE/lib/__init__.py
         not loaded
"""


def test_explained(aliased: World) -> None:
    """[tools] `runtime_shim.explain` says what an alias stands for."""
    text = aliased.project.python("-c", "import runtime_shim; runtime_shim.explain('lib_old')").out
    site = aliased.home("dep_a").relative_to(aliased.project.root)
    assert text.startswith(EXPLAINED.replace("SITE", str(site))), text
    assert text.endswith("\nMore: mvenv why lib\n")
    text = aliased.project.python("-c", "import runtime_shim; runtime_shim.explain('lib_old.absent')").out
    assert "  application  lib.absent, which there is not in environment dep-a\n" in text


def test_processes(aliased: World) -> None:
    """[processes] Threads and children of the application import it; a child that an environment starts does not."""
    name = aliased.add_probe(
        """
        def start(statement):
            import subprocess, sys
            return subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True)
        """
    )
    program = f"""
        import json, subprocess, sys
        from concurrent.futures import ThreadPoolExecutor
        import importlib
        from dep_a import {name}
        with ThreadPoolExecutor(8) as pool:
            names = ["lib_old", "lib_old.mod", "lib_old.late", "lib_old.sub.deep"] * 8
            found = list(pool.map(lambda name: importlib.import_module(name), names))
        same = all(importlib.import_module(name) is module for name, module in zip(names, found))
        statement = "import lib_old.mod; print(lib_old.mod.VERSION)"
        child = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True)
        others = {name}.start(statement)
        print(json.dumps([same, child.stdout, others.stdout, "alias of the application's" in others.stderr]))
        """
    assert aliased.answer(program) == [True, "1\n", "", True]


def test_pickles(aliased: World) -> None:
    """[processes] Objects are pickled under the version's name, and come back in a process without the alias."""
    program = """
        import json, multiprocessing, pickle, sys
        import lib_old.mod

        def work(thing):
            return type(thing) is lib_old.mod.Thing, thing

        if __name__ == "__main__":
            thing = lib_old.mod.Thing(5)
            data = pickle.dumps(thing)
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                there, back = pool.apply(work, (thing,))
            print(json.dumps([
                b"lib@1" in data, b"lib_old" in data, pickle.loads(data) == thing,
                there, back == thing, data.hex(),
            ]))
        """
    *found, data = aliased.answer(program)
    assert found == [True, False, True, True, True]
    set_aliases(aliased, {})
    program = f"""
        import json, pickle
        print(json.dumps(type(pickle.loads(bytes.fromhex({data!r}))).version))
        """
    assert aliased.answer(program) == "1"


def test_new_build(aliased: World) -> None:
    """[map] After `runtime_shim.reload()` aliases are the new map's; what means the same stays loaded."""
    text = json.loads(map_of(aliased).read_text("utf-8"))
    text["application"]["aliases"] = {
        "lib_old": {"module": "lib", "environment": "dep-b"},
        "old_sub": ALIASES["old_sub"],
        "brand_new": OLD,
    }
    program = f"""
        import importlib.util, json, pathlib, sys
        import runtime_shim
        import lib_old.mod, old_sub, only_b
        before = lib_old
        pathlib.Path({str(map_of(aliased))!r}).write_text({json.dumps(text)!r})
        runtime_shim.reload()
        told = ["lib_old" in sys.modules, "lib_old.mod" in sys.modules, "old_sub" in sys.modules]
        import brand_new, lib, lib_old.mod
        print(json.dumps([
            told, lib_old is lib, lib_old.mod.VERSION, brand_new is before,
            importlib.import_module("only_b").LIBRARY, importlib.util.find_spec("common"),
        ]))
        """
    assert aliased.answer(program) == [[False, False, True], True, "2", True, "2", None]


def test_paid_for_by_its_users(aliased: World) -> None:
    """[map] Without aliases nothing of theirs is loaded."""
    program = "import sys, dep_a; print('runtime_shim.loading.import_aliases' in sys.modules)"
    assert aliased.project.python("-c", program).out == "True\n"
    set_aliases(aliased, {})
    assert aliased.project.python("-c", program).out == "False\n"


def test_moved(aliased: World, tmp_path: Path) -> None:
    """[map] The project can be moved, aliases and all."""
    shutil.copytree(aliased.project.root, tmp_path / "elsewhere", symlinks=True)
    moved = replace(aliased.project, root=tmp_path / "elsewhere")
    assert moved.python("-c", "import lib_old.mod; print(lib_old.mod.VERSION)").out == "1\n"


def test_built(interpreter: Interpreter, tmp_path: Path) -> None:
    """[build] `[tool.mvenv.aliases]` is all it takes; what an alias hides is told, what is unclear refused."""
    index = Index(tmp_path / "index")
    universe.publish_library(index)
    index.add("several", "1", files={"first.py": "", "second.py": "WHICH = 'second'\n"})
    aliases = """
        [tool.mvenv.aliases]
        lib_old = "lib==1"
        shared_old = "shared"
        last = {requirement = "several", module = "second"}
        """
    world = build_world(tmp_path, index, interpreter, PlainVenvs(tmp_path), ["lib==2"], {}, aliases)
    program = """
        import json
        import lib, lib_old.mod, last, shared, shared_old
        from lib_old.sub import deep
        print(json.dumps([lib.VERSION, lib_old.mod.VERSION, deep.VERSIONS, last.WHICH, shared is shared_old]))
        """
    assert json.loads(world.program(program).out) == ["2", "1", ["1"] * 3, "second", True]
    world.project.pyproject(["lib==2"], '[tool.mvenv.aliases]\nlast = "several"\n')
    refused = world.project.mvenv("build", check=False)
    assert refused.code == 1
    assert "tool.mvenv.aliases.last: its import names are `first` and `second`" in refused.err
    assert json.loads(world.program(program).out)[1] == "1"  # what was built goes on
    world.project.pyproject(["lib==2", "several"], '[tool.mvenv.aliases]\nfirst = "lib==1"\n')
    told = world.project.mvenv("build").err
    assert "the alias `first`, lib 1, hides the module of that name" in told
