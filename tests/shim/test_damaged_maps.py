"""[damaged map] The import map is not what a build has written: an import says so, and nothing else fails."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.mutations import damaged_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shim.world import World

SEED, MAPS, IN_AN_ORDINARY_RUN = 14, 700, 60

# Each map in a process of its own, forked from one that has loaded the shim and not started it.
PROGRAM = '''
import json, os, signal, sys

import runtime_shim
from runtime_shim import bundle
runtime_shim.Starter._bundle = bundle.read(runtime_shim.__path__[0])
import runtime_shim.runtime

def attempts():
    """Whatever a program may ask for; what goes wrong is an `ImportError` that says it."""
    import importlib.metadata, importlib.util, pickle, logging.config, colorsys
    def imported(name):
        return lambda: __import__(name)
    for attempt in (
        imported("helper"), imported("dep_a"), imported("dep_b"), imported("lib.late"), imported("shared"),
        imported("nobodys"), imported("duo"), imported("spread.x"),
        lambda: importlib.util.find_spec("lib"), lambda: importlib.metadata.version("lib"),
        lambda: [each.name for each in importlib.metadata.distributions()],
        lambda: runtime_shim.explain("lib"), lambda: runtime_shim.reload(), imported("lib"),
    ):
        try:
            attempt()
        except ImportError as error:
            str(error)
        except LookupError as error:  # `explain`, of what there is not
            if "lib" not in str(error):
                raise
    import helper
    assert helper.VALUE == 1

def in_child(text):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            with open(os.path.join(runtime_shim.__path__[0], "import_map.json"), "w", errors="surrogatepass") as file:
                file.write(text)
            attempts()
            told = ""
        except BaseException:
            import traceback
            told = traceback.format_exc()
        os.write(writing, told.encode()[-3000:])
        os._exit(0)
    os.close(writing)
    told = open(reading).read()
    status = os.waitpid(child, 0)[1]
    return told or ("" if status == 0 else f"ended by {status}")

found = []
for number, text in enumerate(json.load(sys.stdin)):
    told = in_child(text)
    if told:
        found.append([number, text[:3000], told])
print(json.dumps(found[:3]))
'''


@pytest.fixture
def whole(world: World) -> Iterator[str]:
    """The text of the map, which is put back after the test."""
    path = world.project.library / "site-packages/runtime_shim/import_map.json"
    helper = world.project.write("helper.py", "VALUE = 1\n")
    shutil.copy2(path, path.with_suffix(".whole"))
    yield path.read_text("utf-8")
    path.with_suffix(".whole").replace(path)
    helper.unlink()


@pytest.mark.parametrize(
    "maps", [range(IN_AN_ORDINARY_RUN), pytest.param(range(IN_AN_ORDINARY_RUN, MAPS), marks=pytest.mark.slow)]
)
def test_damaged_by_chance(world: World, whole: str, maps: range) -> None:
    """None is a bare traceback, and none hangs."""
    texts = [damaged_json(whole, random.Random(f"{SEED} {number}")) for number in maps]
    program = world.program_file(PROGRAM)
    outcome = world.project.python(program, stdin=json.dumps(texts), timeout=3000)
    assert json.loads(outcome.out.splitlines()[-1]) == []


SAID = {
    "": "it is empty",
    "{}": "it is damaged: it is no import map",
    "[" * 100_000: "it is damaged: nested too deeply",
    '{"schema": 2, "root": ' + '{"a":' * 100_000: "it is damaged: nested too deeply",
    '{"schema": 99}': "another version of mvenv has written it",
    '{"schema": 2, "root": ".", "environments": []}': "it is damaged: `environments` is no table",
}


@pytest.mark.parametrize("text", SAID, ids=[text[:20] for text in SAID])
def test_who_is_told(world: World, whole: str, text: str) -> None:
    """Who imports of the environments; nobody else."""
    path = world.project.library / "site-packages/runtime_shim/import_map.json"
    path.write_text(text, "utf-8")
    program = """
        import json, logging.config, multiprocessing, pickle, unittest.mock
        import helper, shared
        import importlib.util
        print(pickle.loads(pickle.dumps(helper.VALUE)), importlib.util.find_spec("nobodys"))
        import dep_a
        """
    outcome = world.program(program, check=False)
    assert outcome.out == "1 None\n"
    cause = f"ManifestError: cannot read {path}\n  cause: {SAID[text]}\n\nhint: run `mvenv build` again\n"
    assert outcome.err.endswith(cause), outcome
    assert "Error processing" not in outcome.err


def test_it_is_repaired_while_a_program_runs(world: World, whole: str) -> None:
    """An interactive session need not be left."""
    program = """
        import json, os, runtime_shim
        path = os.path.join(runtime_shim.__path__[0], "import_map.json")
        whole = open(path).read()
        open(path, "w").close()
        for _ in range(2):
            try:
                import dep_a
            except ImportError as error:
                assert "it is empty" in str(error)
        open(path, "w").write(whole)
        import dep_a, dep_b, lib
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, lib.VERSION]))
        """
    assert world.answer(program) == ["1", "2", "2"]
