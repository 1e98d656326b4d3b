"""Child interpreters that an environment's code starts see that environment; the application's see its own.

[-c], [-m], [script]: however the child is told what to run. [spawn], [fork],: `multiprocessing`.
[clean]: what the child inherits is as in a plain venv, the variable that tells it does not stay.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.shim.universe import APPLICATION_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shim.world import World

SUBPROCESS = """
    import json, os, subprocess, sys, tempfile

    CODE = "import lib, lib.late, json; print(json.dumps([lib.VERSION, lib.late.VERSION]))"

    def child(*arguments, **options):
        command = [sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout.strip()

    def outcome():
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "script.py")
            with open(script, "w") as file:
                file.write(CODE)
            start = f"subprocess.check_output([sys.executable, '-c', {CODE!r}], text=True)"
            grandchild = f"import subprocess, sys; print({start})"
            return {
                "-c": child("-c", CODE),
                "-m": child("-m", "lib.shown"),
                "script": child(script),
                "changed in the child": child(
                    "-c", "import lib, os; print(lib.VERSION, os.getenv('FRUIT'), 'MVENV_STARTED_BY' in os.environ)",
                    preexec_fn=lambda: os.putenv("FRUIT", "apple"),
                ),
                "given environment": child("-c", CODE, env={**os.environ, "EXTRA": "1"}),
                "grandchild": child("-c", grandchild),
                "clean": child(
                    "-c", "import lib, os; print([n for n in os.environ if 'MVENV' in n and 'ACCELERATOR' not in n])"
                ),
            }
    """

POOL = """
    import multiprocessing, sys
    from concurrent.futures import ProcessPoolExecutor

    def version(_):
        import lib.late
        return lib.late.VERSION

    def outcome():
        found = {}
        for method in sys.argv[-1:]:
            context = multiprocessing.get_context(METHOD)
            with ProcessPoolExecutor(2, mp_context=context) as pool:
                found[METHOD] = sorted(set(pool.map(version, range(4))))
        return found
    """


@pytest.fixture(scope="module", autouse=True)
def runnable_module(world: World) -> None:
    """Add `lib.shown`, which prints its version when it is run with `-m`."""
    for package in ("dep_a", "dep_b"):
        for site in (world.home(package), world.plain_site(package)):
            (site / "lib" / "shown.py").write_text("import lib\nprint(__name__, lib.VERSION)\n", "utf-8")


def test_subprocesses_of_an_environment(world: World) -> None:
    """[-c] [-m] [script] [clean] A child sees the environment whose code started it, and so do its children."""
    world.same_outcome(SUBPROCESS, both_orders=True)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_process_pools_of_an_environment(world: World, method: str) -> None:
    """[spawn] [fork] Functions of an environment run in worker processes with their own version."""
    world.same_outcome(POOL.replace("METHOD", repr(method)))


def test_subprocesses_of_the_application(world: World) -> None:
    """What the application starts has the application's view, even after an environment was at work."""
    program = """
        import json, subprocess, sys
        import dep_a, dep_b
        code = "import dep_a, dep_b, lib; print(lib.VERSION)"
        print(json.dumps(subprocess.check_output([sys.executable, "-c", code], text=True).strip()))
        """
    assert world.answer(program) == APPLICATION_VERSION


# What an environment's code lets a child run, and the version that is imported there.
PROGRAMS = {
    "the application's file": (["my_component.py"], APPLICATION_VERSION),
    "its full path": (["ROOT/my_component.py"], APPLICATION_VERSION),
    "with options": (["-W", "ignore", "-Xfaulthandler", "-Bu", "my_component.py", "-m"], APPLICATION_VERSION),
    "the application's module": (["-m", "my_component"], APPLICATION_VERSION),
    "a module in a folder": (["-um", "my_components.one"], APPLICATION_VERSION),
    "a notebook": (["-Xfrozen_modules=off", "-m", "ipykernel_launcher"], APPLICATION_VERSION),
    "its own module": (["-m", "lib.shown"], "1"),
    "its own file": (["SITE/lib/shown.py"], "1"),
    "its own code": (["-c", "import lib; print(lib.VERSION)", "my_component.py"], "1"),
    "code from its input": (["-"], "1"),
    "a file of nobody": (["OUTSIDE/outside.py"], "1"),
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_of_the_application_that_an_environment_starts(
    world: World, tmp_path: Path, program: str
) -> None:
    """[-c] [-m] [script] Which code is the person's decides: the application's sees what the application sees."""
    code = "import lib\nprint(lib.VERSION)\n"
    for file in ("my_component.py", "my_components/one.py"):
        world.project.write(file, code)
    (tmp_path / "outside.py").write_text(code, "utf-8")
    (shared,) = world.project.root.glob(".venv/lib/python3*/site-packages")
    (shared / "ipykernel_launcher.py").write_text(code, "utf-8")
    name = world.add_probe("""
        import subprocess, sys
        def run(words, **options):
            command = [sys.executable, *words]
            return subprocess.run(command, capture_output=True, text=True, check=True, **options).stdout
        """)
    words, expected = PROGRAMS[program]
    places = {"ROOT": world.project.root, "SITE": world.home("dep_a"), "OUTSIDE": tmp_path}
    for word, place in places.items():
        words = [one.replace(word, str(place)) for one in words]
    program = f"""
        import json
        from dep_a import {name} as a
        print(json.dumps(a.run({words}, input={code!r}, cwd={str(world.project.root)!r}).split()[-1]))
        """
    assert world.answer(program) == expected


@pytest.mark.parametrize("place", ["project", "elsewhere"])
@pytest.mark.parametrize("name", ["relative", "absolute"])
def test_script_that_a_tool_runs(world: World, tmp_path: Path, name: str, place: str) -> None:
    """[script] `python -m TOOL script.py`: the script lies in no environment, so it is the application's."""
    tool = world.add_probe("""
        import sys, types
        import lib
        if __name__ == "__main__":
            file = sys.argv[1]
            sys.modules["__main__"] = module = types.ModuleType("__main__")
            module.__file__ = file
            with open(file) as source:
                exec(compile(source.read(), file, "exec"), vars(module))
            print("and", lib.VERSION)
        """)
    folder = world.project.root if place == "project" else tmp_path
    (folder / "my_script.py").write_text(
        "import lib\ndef later():\n    import lib.late\n    return lib.late.VERSION\nprint(lib.VERSION, later())\n"
    )
    file = str(folder / "my_script.py")
    if name == "relative":
        file = os.path.relpath(file, world.project.root)
    outcome = world.project.python("-m", f"dep_a.{tool}", file)
    assert (outcome.out, outcome.err) == (f"{APPLICATION_VERSION} {APPLICATION_VERSION}\nand 1\n", "")
