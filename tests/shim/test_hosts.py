"""Code that a person writes is the application's, whoever runs it; what a library writes and loads is the library's."""

from __future__ import annotations

import os
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World

APPLICATION_VERSION = "2"
PERSON = "import lib\nVERSION = lib.VERSION\ndef later():\n    import lib.late\n    return lib.late.VERSION\n"

# Ways in which an environment's code loads a file: `load(path)` returns its globals.
LOADERS = {
    "spec": """
        import importlib.util
        def load(path):
            spec = importlib.util.spec_from_file_location("loaded", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return vars(module)
        """,
    "sys.path": """
        import importlib, os, sys
        def load(path):
            sys.path.insert(0, os.path.dirname(path))
            return vars(importlib.import_module(os.path.basename(path)[:-3]))
        """,
    "exec": """
        def load(path):
            names = {"__file__": path}
            with open(path) as file:
                exec(compile(file.read(), path, "exec"), names)
            return names
        """,
    "exec without a name": """
        def load(path):
            names = {}
            with open(path) as file:
                exec(compile(file.read(), path, "exec"), names)
            return names
        """,
    "runpy": """
        import runpy
        def load(path):
            return runpy.run_path(path)
        """,
    "runpy as main": """
        import runpy
        def load(path):
            return runpy.run_path(path, run_name="__main__")
        """,
}


def loading(file: Path | str, function: str = "a.load") -> str:
    """Return a line of a program that loads a file, and prints what it and its function have imported."""
    given = repr(str(file)) if file else ""
    return f"names = {function}({given}); print(names['VERSION'], names['later']())"


@pytest.mark.parametrize("way", LOADERS)
def test_a_persons_file(world: World, tmp_path: Path, way: str) -> None:
    """[outside] In a temporary folder, from before this process."""
    (tmp_path / "plugin.py").write_text(PERSON)
    name = world.add_probe(LOADERS[way])
    outcome = world.program(f"from dep_a import {name} as a; {loading(tmp_path / 'plugin.py')}")
    assert outcome.out == "2 2\n", outcome


@pytest.mark.parametrize("way", [way for way in LOADERS if "main" not in way])
def test_a_librarys_file(world: World, way: str) -> None:
    """[outside] What a library writes into a temporary folder, and loads, sees what the library sees."""
    name = world.add_probe(
        textwrap.dedent(LOADERS[way])
        + textwrap.dedent(f"""
            import os, tempfile
            def write_and_load():
                path = os.path.join(tempfile.mkdtemp(), "written.py")
                with open(path, "w") as file:
                    file.write({PERSON!r})
                return load(path)
            """)
    )
    assert world.program(f"from dep_a import {name} as a; {loading('', 'a.write_and_load')}").out == "1 1\n"


def test_a_cache_of_a_library(world: World, tmp_path: Path) -> None:
    """[outside] What a library has written in an earlier process lies in a cache."""
    folder = tmp_path / "my_cache"
    folder.mkdir()
    (folder / "kernel.py").write_text(PERSON)
    name = world.add_probe(LOADERS["exec"])
    outcome = world.program(f"from dep_a import {name} as a; {loading(folder / 'kernel.py')}")
    assert outcome.out == "1 1\n", outcome


def host(world: World, source: str, name: str = "pudb") -> str:
    """Add a host to the environment of `dep_a`, and return the name of a probe that has it as `host`."""
    folder = world.home("dep_a") / name
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text(textwrap.dedent(source))
    return world.add_probe(f"# {source!r}\nimport {name} as host\n", ["dep_a"])


@pytest.mark.parametrize("way", LOADERS)
def test_a_file_that_a_host_runs(world: World, way: str) -> None:
    """[host] Written a moment ago: a host runs nothing but what a person has written."""
    name = host(world, LOADERS[way])
    program = f"""
        import os, tempfile
        from dep_a import {name} as a
        path = os.path.join(tempfile.mkdtemp(), "test_mine.py")
        with open(path, "w") as file:
            file.write({PERSON!r})
        names = a.host.load(path)
        print(names["VERSION"], names["later"]())
        """
    outcome = world.program(program)
    assert outcome.out == "2 2\n", outcome


@pytest.mark.parametrize("way", ["exec without a name", "exec", "runpy"])
@pytest.mark.parametrize("place", ["project", "elsewhere"])
def test_a_relative_path(world: World, tmp_path: Path, place: str, way: str) -> None:
    """[outside] Code that says where it is from, beginning at the working directory; and code that only pretends to."""
    folder = world.project.root if place == "project" else tmp_path
    (folder / "my_settings.py").write_text(PERSON)
    name = world.add_probe(LOADERS[way])
    program = f"""
        import os
        from dep_a import {name} as a
        os.chdir({str(folder)!r})
        names = a.load("my_settings.py")
        print(names["VERSION"], names["later"]())
        """
    assert world.program(program).out == "2 2\n"
    pretending = world.add_probe("""
        names = {}
        exec(compile("import lib; VERSION = lib.VERSION", "lib_generated.py", "exec"), names)
        """)
    assert world.program(f"from dep_a import {pretending} as a; print(a.names['VERSION'])").out == "1\n"


def test_a_component_of_a_pipeline(world: World) -> None:
    """[outside] A library (kfp) writes the text of a person's function into a file, which a child of its own loads."""
    name = world.add_probe("""
        import importlib.util, inspect, subprocess, sys
        import lib
        def submit(function):
            script = 'file=$(mktemp -d)/ephemeral_component.py; printf "%s" "$0" > "$file"; "$1" -m "$2" --path "$file"'
            text = "from dep_a import VERSION as API\\n" + inspect.getsource(function)
            words = ["sh", "-c", script, text, sys.executable, __name__]
            return subprocess.run(words, capture_output=True, text=True, check=True).stdout
        if __name__ == "__main__":
            spec = importlib.util.spec_from_file_location("ephemeral_component", sys.argv[-1])
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            print(module.API, module.component(), lib.VERSION)
        """)
    world.project.write("my_pipeline.py", "def component():\n    import lib\n    return lib.VERSION\n")
    program = (
        f"import my_pipeline; from dep_a import {name} as a; print(a.submit(my_pipeline.component), end='')"
    )
    outcome = world.program(program)
    assert outcome.out == "1 2 1\n", outcome


def test_cells(world: World) -> None:
    """[host] A cell has the name of a file that does not exist, and runs as `__main__`."""
    name = host(
        world,
        """
        import types, lib
        namespace = vars(types.ModuleType("__main__"))
        def run(cell, file):
            exec(compile(cell, file, "exec"), namespace)
        """,
    )
    program = f"""
        from dep_a import {name} as a
        a.host.run("import lib\\ndef f():\\n    import lib.late\\n    return lib.late.VERSION", "/tmp/ipykernel_1/1.py")
        a.host.run("print(lib.VERSION, f())", "<ipython-input-2>")
        a.host.run("import importlib; print(importlib.import_module('lib.x').VERSION)", "/tmp/ipykernel_1/2.py")
        print(a.host.lib.VERSION)
        """
    assert world.program(program).out == "2 2\n2\n1\n"


def test_a_view_that_is_asked_for(world: World, tmp_path: Path) -> None:
    """[run --as] What a person runs with an environment's view has that, in a shell and in a script of a tool's too."""
    (tmp_path / "script.py").write_text("import lib\nprint(lib.VERSION)\n")
    code = f"""if True:
        import code, runpy
        code.InteractiveConsole({{}}).push("import lib; print(lib.VERSION)")
        exec("import lib; print(lib.VERSION)", {{"__name__": "__main__"}})
        runpy.run_path({str(tmp_path / "script.py")!r}, run_name="__main__")
        """
    for environment, version in (("dep-a", "1"), ("dep-b", "2")):
        outcome = world.project.python("-c", code, env={"MVENV_STARTED_BY": f"={environment}"})
        assert outcome.out.split() == [version] * 3, outcome
    assert world.project.python("-c", code).out.split() == ["2"] * 3


def test_typed_lines(world: World) -> None:
    """[host] A shell that a host opens (`flask shell`), examples that it runs; a shell that a person types in."""
    source = """
        import code, doctest, lib
        def shell(line):
            code.InteractiveConsole({"known": 1}).push(line)
        def examples(text):
            test = doctest.DocTestParser().get_doctest(text, {}, "text", "text.rst", 0)
            return doctest.DocTestRunner(verbose=False).run(test).failed
        def inside(line):
            code.InteractiveConsole(globals()).push(line)
        def typed(*lines):
            read = iter(lines)
            def ask(prompt):
                for line in read:
                    return line
                raise EOFError
            code.interact("", ask, {}, "")
        """
    name = host(world, source)
    program = f"""
        from dep_a import {name} as a
        a.host.shell("import lib; print(lib.VERSION)")
        print(a.host.examples(">>> import lib; lib.VERSION\\n'2'\\n"))
        a.host.inside("print(lib.VERSION, __import__('lib').VERSION)")
        """
    assert world.program(program).out == "2\n0\n1 1\n"
    name = world.add_probe(source)
    program = f"""
        from dep_a import {name} as a
        a.shell("import lib; print(lib.VERSION)")
        print(a.examples(">>> import lib; lib.VERSION\\n'1'\\n"))
        a.typed("import lib", "print(lib.VERSION)")
        """
    assert world.program(program).out == "1\n0\n2\n"


@pytest.mark.parametrize("start", ["subprocess", "multiprocessing", "thread"])
def test_what_a_host_starts(world: World, start: str) -> None:
    """[host] `%%python` of a notebook, workers of a test runner, threads of a server."""
    name = host(
        world,
        """
        import importlib, multiprocessing, subprocess, sys, threading
        def imported(name):
            return importlib.import_module(name).VERSION
        def by_subprocess():
            command = [sys.executable, "-"]
            code = "import lib; print(lib.VERSION)"
            return subprocess.run(command, input=code, capture_output=True, text=True, check=True).stdout.strip()
        def by_multiprocessing():
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                return pool.apply(operator_version, [])
        def by_thread():
            found = []
            thread = threading.Thread(target=map_into, args=(found,))
            thread.start(); thread.join()
            return found[0].VERSION
        """,
    )
    program = f"""
        import concurrent.futures, importlib, operator
        from dep_a import {name} as a
        def version():
            import lib
            return lib.VERSION
        a.host.operator_version = version
        a.host.map_into = lambda found: found.append(importlib.import_module("lib"))
        if __name__ == "__main__":
            print(a.host.by_{start}())
        """
    outcome = world.program(program)
    assert outcome.out == "2\n", outcome


def test_a_host_in_a_child(world: World, tmp_path: Path) -> None:
    """[host] An environment starts a debugger: the program that it debugs is the application's, wherever it lies."""
    host(world, "")
    (world.home("dep_a") / "pudb" / "__main__.py").write_text(
        "import runpy, sys\nsys.argv[:] = sys.argv[1:]\nrunpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    (tmp_path / "script.py").write_text("import lib, neighbour\nprint(lib.VERSION, neighbour.VERSION)\n")
    (tmp_path / "neighbour.py").write_text("import lib\nVERSION = lib.VERSION\n")
    starter = world.add_probe("""
        import subprocess, sys
        def start(*words, **options):
            command = [sys.executable, *words]
            return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout
        """)
    folder = str(world.home("dep_a") / "pudb")
    program = f"""
        from dep_a import {starter} as a
        where = {{"cwd": {str(tmp_path)!r}, "env": {{"PYTHONPATH": {str(tmp_path)!r}}}}}
        print(a.start({folder!r}, "script.py", **where), end="")
        print(a.start({folder!r}, {str(tmp_path / "script.py")!r}, **where), end="")
        """
    outcome = world.program(program)
    assert outcome.out == "2 2\n2 2\n", outcome


def test_what_the_command_line_names(world: World, tmp_path: Path) -> None:
    """[host] `pytest FOLDER`, `gunicorn --chdir=FOLDER`: the person's code, and what is written there later."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "one.py").write_text("")
    name = world.add_probe(LOADERS["exec"])
    program = world.program_file(f"""
        import pathlib
        from dep_a import {name} as a
        path = pathlib.Path({str(tmp_path)!r}, "tests", "later.py")
        path.write_text({PERSON!r})
        names = a.load(str(path))
        print(names["VERSION"], names["later"]())
        path.unlink()
        """)
    folder = str(tmp_path / "tests")
    for words in ([folder], [f"--chdir={folder}"], [os.path.join(folder, "one.py::test_one")]):
        assert world.project.python(program, *words).out == "2 2\n", words
    assert world.project.python(program).out == "1 1\n"


def test_code_on_a_tools_command_line(world: World) -> None:
    """[-c] `python -m debugpy -c CODE` runs it in globals with nothing in them, where libraries run generated code."""
    name = world.add_probe("""
        import sys
        if __name__ == "__main__":
            eval(compile(sys.argv[-1], "<string>", "exec"), {})
            names = {}
            exec("import lib; VERSION = lib.VERSION", names)
            print(names["VERSION"])
        """)
    code = "import lib\ndef f():\n    import lib.late\n    return lib.late.VERSION\nprint(lib.VERSION, f())"
    assert world.project.python("-m", f"dep_a.{name}", "-c", code).out == "2 2\n1\n"


WRAPPERS = {
    "thread": """
        import threading
        original = threading.Thread.start
        def start(self):
            return original(self)
        def install():
            threading.Thread.start = start
        """,
    "callable": """
        import threading
        class Traced:
            def __init__(self, function):
                self.function = function
            def __call__(self, *arguments):
                return self.function(*arguments)
        def install():
            for name in ("_start_new_thread", "_start_joinable_thread"):
                original = getattr(threading, name, None)
                if original is not None:
                    def start(function, *arguments, original=original, **options):
                        return original(Traced(function), *arguments, **options)
                    setattr(threading, name, start)
        """,
}


@pytest.mark.parametrize("wrapper", WRAPPERS)
def test_a_tool_between_a_thread_and_who_starts_it(world: World, wrapper: str) -> None:
    """[threads] Any callable may start a thread (debugpy's on 3.11), and it runs on behalf of whoever started it."""
    tool = world.add_probe(WRAPPERS[wrapper])
    name = world.add_probe("""
        import concurrent.futures, importlib, threading
        def outcome():
            found = []
            def run():
                import lib
                found.append(lib.VERSION)
            thread = threading.Thread(target=run)
            thread.start(); thread.join()
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                found.append(pool.submit(importlib.import_module, "lib").result().VERSION)
            return found
        """)
    program = f"""
        import concurrent.futures, importlib, json
        from dep_a import {tool} as tool, {name} as a
        from dep_b import {name} as b
        tool.install()
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            mine = pool.submit(importlib.import_module, "duo") if 0 else pool.submit(importlib.import_module, "lib")
        print(json.dumps([a.outcome(), b.outcome(), mine.result().VERSION]))
        """
    assert world.answer(program) == [["1", "1"], ["2", "2"], "2"]


@pytest.mark.parametrize("function", ["run", "exec"])
def test_a_tool_between_a_process_and_who_starts_it(world: World, function: str) -> None:
    """[children] pydevd puts functions in the places of `_posixsubprocess.fork_exec` and `os.execv`."""
    tool = world.add_probe("""
        import _posixsubprocess, os, subprocess
        def install():
            original, execv = _posixsubprocess.fork_exec, os.execv
            fork_exec = lambda *arguments: subprocess_original(*arguments)
            subprocess_original = subprocess._fork_exec
            subprocess._fork_exec = fork_exec
            subprocess._USE_POSIX_SPAWN = subprocess._USE_VFORK = False
            os.execv = lambda path, words: execv(path, words)
        """)
    code = "import lib; print(lib.VERSION)"
    program = f"""
        import os, subprocess, sys
        from dep_a import {tool} as tool
        tool.install()
        words = [sys.executable, "-c", {code!r}]
        if {function!r} == "run":
            print(subprocess.run(words, capture_output=True, text=True, check=True, preexec_fn=int).stdout, end="")
        else:
            os.execv(sys.executable, words)
        """
    assert world.program(program).out == "2\n"


def test_wrapped_finders(world: World) -> None:
    """[finder] A tool that wraps the finders there are (marimo), or asks them (wrapt), finds for whoever imports."""
    name = world.add_probe("""
        import importlib.util, sys
        busy = set()
        class Watching:
            def find_spec(self, fullname, path=None, target=None):
                if fullname in busy or not fullname.startswith("lib"):
                    return None
                busy.add(fullname)
                try:
                    return importlib.util.find_spec(fullname)
                finally:
                    busy.discard(fullname)
        def wrapping(original):
            def find_spec(*arguments, **options):
                return original(*arguments, **options)
            return find_spec
        def wrap():
            for finder in sys.meta_path:
                if not isinstance(finder, type):
                    finder.find_spec = wrapping(finder.find_spec)
        """)
    program = f"""
        from dep_a import {name} as a
        WAY
        import lib, importlib, dep_a, dep_b
        print(lib.VERSION, importlib.import_module("lib.late").VERSION, dep_b.VERSION, dep_a.VERSION)
        try:
            import only_b
            import absent
        except ModuleNotFoundError as error:
            print(error)
        """
    for way in ("a.wrap()", "import sys; sys.meta_path.insert(0, a.Watching())"):
        outcome = world.program(program.replace("WAY", way))
        assert outcome.out == "2 2 2 1\nNo module named 'absent'\n", outcome
