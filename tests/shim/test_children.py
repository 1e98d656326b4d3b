"""Child interpreters that an environment's code starts see that environment; the application's see its own.

[-c], [-m], [script]: however the child is told what to run. [spawn], [fork],: `multiprocessing`.
[clean]: what the child inherits is as in a plain venv, the variable that tells it does not stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.universe import APPLICATION_VERSION

if TYPE_CHECKING:
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
                "given environment": child("-c", CODE, env={**os.environ, "EXTRA": "1"}),
                "grandchild": child("-c", grandchild),
                "clean": child("-c", "import lib, os; print([name for name in os.environ if 'MVENV' in name])"),
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
