"""Free-threaded Pythons: many threads in several environments at the same time, with the GIL off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.shim import extensions, parallel
from tests.shim.world import build_world
from tests.support.interpreters import free_threaded_interpreters
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

WITHOUT_GIL: list[Any] = [*free_threaded_interpreters()]
THREADS = 64


@pytest.fixture(
    scope="module",
    params=WITHOUT_GIL or [pytest.param(None, marks=pytest.mark.skip("no free-threaded Python here"))],
    ids=str,
)
def eight(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project with eight environments, for a Python without a GIL."""
    interpreter: Interpreter = request.param
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(f"parallel-{interpreter}-")
    index = Index(folder / "index")
    parallel.publish(index, interpreter, folder)
    direct = [package.replace("_", "-") for package in parallel.PACKAGES]
    plain = {package: [package.replace("_", "-")] for package in ("dep_a", "dep_b")}
    return build_world(folder, index, interpreter, PlainVenvs(folder), direct, plain)


def program(rounds: int) -> str:
    return parallel.PROGRAM.format(threads=THREADS, rounds=rounds, packages=parallel.PACKAGES)


def test_threads_of_eight_environments(eight: World) -> None:
    """[every answer right] First imports, look-ups, iteration, deletion, reloading, from Python and C, all at once."""
    assert eight.answer(program(rounds=2), "-X", "gil=0") == []


@pytest.mark.slow
@pytest.mark.parametrize("others", [(), ("outside",)], ids=["alone", "with others"])
def test_for_longer(eight: World, others: tuple[str, ...]) -> None:
    """[every answer right] The same many times, also while `sys.modules` changes all the time."""
    for _ in range(5):
        file = eight.program_file(program(rounds=40))
        outcome = eight.project.python("-X", "gil=0", file, *others, timeout=600)
        assert (outcome.out, outcome.err) == ("[]\n", "")


WHAT_ENABLES = """
    import sys, warnings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        import dep_a
        before = sys._is_gil_enabled()
        native = dep_a.load("lib.silent")
    import json
    print(json.dumps([before, sys._is_gil_enabled(), native.version(), [
        [str(one.message), one.category.__name__, one.filename, one.lineno] for one in caught]]))
    """


def test_what_enables_the_gil(eight: World) -> None:
    """[not hidden] The shim does not; an extension module that does is told of as it is without the shim."""
    before, after, version, warnings = eight.answer(WHAT_ENABLES)
    assert (before, after, version) == (False, True, "1")
    [(message, category, *_)] = warnings
    assert category == "RuntimeWarning" and "load module 'lib.silent'" in message
    assert eight.plain_answer("dep_a", WHAT_ENABLES) == [before, after, version, warnings]


def test_the_library_folder_has_the_name_that_the_python_gives_it(eight: World) -> None:
    """[layout] `lib/python3.13t`, in the application and in the environments."""
    library = f"lib/python{eight.interpreter}"
    assert eight.project.library == eight.project.root / ".venv" / library and eight.project.library.is_dir()
    assert str(eight.home("dep_a")).endswith(f"{library}/site-packages")
    assert not list(eight.project.root.glob(f".venv/lib/python{eight.interpreter.version[:-1]}"))
