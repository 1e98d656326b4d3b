"""A pickle tells from which build it is, and a process of another one says so.

[told] Objects and functions of versions, functions by value. [plain] To readers without mvenv it is nothing.
[setting] Once a process, as a warning, an error, or not at all.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# As cloudpickle does, as far as it matters here: code, and globals made for the occasion.
BY_VALUE = """
import io, json, marshal, pickle, sys
from types import CodeType, FunctionType

class ByValue(pickle.Pickler):
    def reducer_override(self, obj):
        if type(obj) is CodeType:
            return marshal.loads, (marshal.dumps(obj),)
        if obj is FunctionType:
            return eval, ("__import__('types').FunctionType",)
        if type(obj) is FunctionType and obj.__module__ == "__main__":
            return FunctionType, (obj.__code__, {"__name__": "sent"})
        return NotImplemented

def by_value(function):
    file = io.BytesIO()
    ByValue(file).dump(function)
    return file.getvalue()
"""
WRITTEN = {
    "an object": "from lib.mod import Thing; sent = pickle.dumps([Thing(5), Thing(6)])",
    "a function": "from lib.mod import read_attr; sent = pickle.dumps(read_attr)",
    "by value": "sent = by_value(lambda: 5)",
}
BUILD = b"mvenv:"
LENGTH = 12
OTHER = b"mvenv:0123456789ab"


def written(world: World, what: str) -> bytes:
    """Return a pickle that the project's application has written."""
    return bytes.fromhex(world.answer(f"{BY_VALUE}{WRITTEN[what]}\nprint(json.dumps(sent.hex()))"))


def of_another(data: bytes) -> bytes:
    """Return the pickle as another build would have written it."""
    start = data.index(BUILD)
    return data[:start] + OTHER + data[start + len(OTHER) :]


@pytest.mark.parametrize("what", WRITTEN)
def test_a_pickle_of_another_build(world: World, what: str) -> None:
    """[told] Once, with both builds, where the pickle was read; what was read is right all the same."""
    data = written(world, what)
    assert data.count(BUILD) == 1  # whatever there is in it
    read = (
        "import pickle\ndata = bytes.fromhex({!r})\nfirst = pickle.loads(data)\nsecond = pickle.loads(data)\n"
    )
    assert world.program(read.format(data.hex())).err == ""
    outcome = world.program(read.format(of_another(data).hex()))
    [line] = [line for line in outcome.err.splitlines() if "OtherBuildWarning" in line]
    assert (
        ":3: OtherBuildWarning: a pickle is from build 0123456789ab of a project, and this process is of build"
        in line
    )


def test_a_reader_without_mvenv(world: World) -> None:
    """[plain] A function by value is read, and has a name more among its globals, which is a module's."""
    data = written(world, "by value").hex()
    read = f"import json, pickle; print(json.dumps(pickle.loads(bytes.fromhex({data!r}))()))"
    assert world.plain_answer("dep_b", read) == 5


@pytest.mark.parametrize(
    ("setting", "told"), [("error", "OtherBuildError: a pickle is from build"), ("ignore", "")]
)
def test_settings(world: World, setting: str, told: str) -> None:
    """[setting] The reader's project decides."""
    data = of_another(written(world, "a function")).hex()
    map_file = world.project.library / "site-packages/runtime_shim/import_map.json"
    text = map_file.read_text()
    try:
        map_file.write_text(json.dumps({**json.loads(text), "other_builds": setting}))
        outcome = world.program(f"import pickle\npickle.loads(bytes.fromhex({data!r}))", check=False)
    finally:
        map_file.write_text(text)
    assert (outcome.code, told in outcome.err) == (1 if told else 0, True)
    assert bool(outcome.err) == bool(told)
