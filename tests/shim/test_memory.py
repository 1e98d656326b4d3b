"""What runs for long does not grow: repeated imports, names made up at will, modules loaded and unloaded.

Each case runs in the project and in a plain venv: a warm-up, then many more rounds. Growth is what is there after
them and was not there before, garbage collected: memory blocks, objects that the collector tracks, resident
memory. The project may grow as the plain venv does, and no more.

[repeated] the same imports again and again; [made up] a new name every time; [unloaded] modules that come and go;
[tables] the shim's own containers keep their size.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.shim.rounds import MADE_UP, REPEATED, UNLOADED

if TYPE_CHECKING:
    from tests.shim.world import World

# A slack that no leak hides in: every case has hundreds of rounds in two environments, most have thousands.
BLOCKS, OBJECTS, RESIDENT = 150, 50, 4 << 20
# Where tables are bounded they may be fuller than after the warm-up; 600 rounds at least, in two environments.
# The accelerator's keys have the latest string of their text besides.
BLOCKS_IN_TABLES, OBJECTS_IN_TABLES = 1_000, 200
WARM_UP = 50

_DRIVER = """
import gc, importlib, json, os, sys

probe, rounds = sys.argv[1], int(sys.argv[2])
work = [importlib.import_module(f"{package}.{probe}").work for package in sys.argv[3:]]

def measured():
    for _ in range(3):
        gc.collect()
    with open("/proc/self/statm") as file:
        resident = int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    containers = {}
    met = set()
    def look_into(name, names):  # what the shim keeps for as long as it runs: its modules', and its objects' attributes
        for variable, value in names.items():
            if id(value) not in met:
                met.add(id(value))
                containers[f"{name}.{variable}"] = value
                if type(value).__module__.startswith("runtime_shim.") and hasattr(value, "__dict__"):
                    look_into(f"{name}.{variable}", vars(value))
    # The modules that others import from come first, so that what they hold has their names.
    first = ["runtime_shim.caller.files", "runtime_shim.model.environment", "runtime_shim.modules.keys"]
    for name in [*first, *sorted(sys.modules)]:
        if name.startswith("runtime_shim") and name in sys.modules:
            look_into(name, vars(sys.modules[name]))
    keys = sys.modules.get("runtime_shim.modules.keys")
    for environment, kind in list(keys._keys.types.items()) if keys else ():
        look_into(environment.name, vars(environment))
        containers[f"{environment.name}.keys"] = kind.cache
    containers["importlib's locks"] = importlib._bootstrap._module_locks
    containers["importlib's blockers"] = importlib._bootstrap._blocking_on
    sizes = {name: len(value) for name, value in containers.items() if isinstance(value, (dict, list, set))}
    assert keys is None or {"runtime_shim.model.environment.known.module_names", "dep-a.keys"} <= sizes.keys(), sizes
    return {"blocks": sys.getallocatedblocks(), "objects": len(gc.get_objects()), "resident": resident}, sizes

BOUND = {
    "runtime_shim.caller.call_sites._sites": 128,
    "runtime_shim.caller.files.code_files.owners": 300,
    "runtime_shim.loading.versioned_names._names.of": 256,
    "runtime_shim.modules.ownership._last_home": 256,
}
if "runtime_shim.caller.frames" in sys.modules:
    # What is remembered of names that come and go is bounded, generously; here so low that it is reached.
    sys.modules["runtime_shim.caller.files"]._MOST_FILES = 300
    sys.modules["runtime_shim.modules.keys"]._keys.ROOM = 300
    for name in ("application", "dep-a", "dep-b", "dep-c"):
        BOUND |= {f"{name}.owners": 500, f"{name}.keys": 500}
    BOUND["runtime_shim.model.environment.known.module_names"] = 500

WARM_UP = 50
for one in work:
    one(range(WARM_UP))
measured()
before, tables = measured()
for one in work:
    one(range(WARM_UP, WARM_UP + rounds))
after, later = measured()
grown = {
    name: [size, later[name]]
    for name, size in tables.items()
    if later.get(name, size) > max(size + 5, BOUND.get(name, 0))
}
print(json.dumps([{name: after[name] - before[name] for name in before}, grown]))
"""


def growth(world: World, probe: str, rounds: int) -> tuple[dict[str, int], dict[str, int], dict[str, Any]]:
    """Return how the project grows, how a plain venv does, and which of the shim's containers have grown."""
    name = world.add_probe(probe)
    words = ("-c", _DRIVER, name, str(rounds))
    with ThreadPoolExecutor(2) as pool:
        plain = pool.submit(world.plain["dep_a"].python, *words, "dep_a", cwd=world.plain_folder)
        project = pool.submit(world.project.python, *words, "dep_b", "dep_a")
    grown, tables = json.loads(project.result().out)
    return grown, json.loads(plain.result().out)[0], tables


def assert_flat(world: World, case: tuple[int, str], blocks: int = BLOCKS, objects: int = OBJECTS) -> None:
    """Assert that the project grows no more than a plain venv (twice: two environments do the work)."""
    rounds, probe = case
    grown, plain, tables = growth(world, probe, rounds)
    assert not tables, f"containers, before and after: {tables}"
    for measure, slack in (("blocks", blocks), ("objects", objects), ("resident", RESIDENT)):
        assert grown[measure] <= 2 * max(plain[measure], 0) + slack, f"{measure}: {grown}; plain: {plain}"


@pytest.mark.parametrize("case", REPEATED)
def test_repeated(world: World, case: str) -> None:
    """[repeated] [tables] What has been imported before costs no memory."""
    assert_flat(world, REPEATED[case], 4 * BLOCKS)


@pytest.mark.parametrize("case", MADE_UP)
def test_made_up(world: World, case: str) -> None:
    """[made up] [tables] Names that nobody will ever ask for again are not remembered."""
    assert_flat(world, MADE_UP[case], BLOCKS_IN_TABLES, OBJECTS_IN_TABLES)


@pytest.mark.parametrize("case", UNLOADED)
def test_unloaded(world: World, case: str) -> None:
    """[unloaded] [tables] What is loaded anew replaces what was there before."""
    assert_flat(world, UNLOADED[case], 2 * BLOCKS)


@pytest.mark.slow
def test_a_million_imports(world: World) -> None:
    """[repeated] A million rounds of import statements."""
    assert_flat(world, (1_000_000, REPEATED["statements"][1]))
