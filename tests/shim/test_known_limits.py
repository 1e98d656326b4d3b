"""What a process has once: shown to be shared by two versions that each have their own in a plain venv.

The tags are the keys of `scripts/known_limits/general.py`; every limit has a test here, and every test a limit.
These tests fail when a limit falls. Then its row in the table goes, and the test becomes one of fidelity.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

from known_limits.general import GENERAL
from tests.shim.limits import SHARED, Shared
from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from tests.shim.world import World

_PROBE = """
from lib import VERSION

OTHER = {{"1": "2", "2": "1"}}[VERSION]
CALLED = []
{change}
def ask():
{ask}
"""

_PROGRAM = """
import importlib, json, sys

answers = {{}}
for tag, name in {probes!r}.items():
    modules = {{package: importlib.import_module(package + "." + name) for package in {packages!r}}}
    for module in modules.values():
        module.change()
    answers[tag] = {{package: module.ask() for package, module in modules.items()}}
print(json.dumps(answers), file=sys.__stdout__)
"""


@pytest.fixture(scope="module")
def probes(world: World) -> dict[str, str]:
    """Tag → the name of its probe, in both packages and in their plain venvs."""

    def source(shared: Shared) -> str:
        change, ask = (textwrap.dedent(text).strip("\n") for text in (shared.change, shared.ask))
        return _PROBE.format(change=change, ask=textwrap.indent(ask, "    "))

    return {tag: world.add_probe(source(shared)) for tag, shared in SHARED.items()}


@pytest.fixture(scope="module")
def plain(world: World, probes: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Package → tag → the version that decides in its plain venv."""
    return {
        package: {
            tag: answers[package]
            for tag, answers in world.plain_answer(
                package, _PROGRAM.format(probes=probes, packages=(package,))
            ).items()
        }
        for package in PACKAGES
    }


@pytest.fixture(scope="module")
def together(world: World, probes: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Tag → package → the version that decides in the project, after `dep_a` and then `dep_b` acted."""
    answers: dict[str, dict[str, Any]] = world.answer(_PROGRAM.format(probes=probes, packages=PACKAGES))
    return answers


@pytest.mark.parametrize("tag", SHARED)
def test_one_for_both(
    plain: dict[str, dict[str, Any]], together: dict[str, dict[str, Any]], tag: str
) -> None:
    """In plain venvs each has its own; in one process both have that of one of them."""
    assert {package: plain[package][tag] for package in PACKAGES} == {"dep_a": "1", "dep_b": "2"}
    assert together[tag] == dict.fromkeys(PACKAGES, SHARED[tag].winner)


def test_one_queue_of_exit_functions(world: World) -> None:
    """[exit-functions] What the versions register runs in the reverse of the order of both."""
    name = world.add_probe(
        """
        import atexit, lib
        def register(step):
            atexit.register(print, lib.VERSION, step)
        """
    )
    register = """
        for step in ("one", "two"):
            for package in packages:
                importlib.import_module(f"{package}.NAME").register(step)
        """.replace("NAME", name)
    start = "        import importlib\n        packages = PACKAGES"
    assert world.program(start.replace("PACKAGES", repr(PACKAGES)) + register).out.splitlines() == [
        *("2 two", "1 two", "2 one", "1 one"),
    ]
    alone = world.plain_program("dep_a", start.replace("PACKAGES", repr(PACKAGES[:1])) + register)
    assert alone.out.splitlines() == ["1 two", "1 one"]


def test_a_registry_for_each(world: World) -> None:
    """[module-state] What is registered with one version is unknown to the other."""
    name = world.add_probe(
        """
        import lib
        def register(entry):
            lib.__dict__.setdefault("limit_registry", []).append(entry)
            return lib.limit_registry
        """
    )
    program = f"""
        import json
        import dep_a.{name}, dep_b.{name}
        print(json.dumps([dep_a.{name}.register("of a"), dep_b.{name}.register("of b")]))
        """
    assert world.answer(program) == [["of a"], ["of b"]]


def test_every_limit_is_shown() -> None:
    """The table and these tests speak of the same limits."""
    documented = [function.__doc__ or "" for name, function in globals().items() if name.startswith("test_")]
    tags = {match[1] for text in documented if (match := re.match(r"\[([a-z-]+)\]", text))}
    assert tags | {tag.partition(" ")[0] for tag in SHARED} == {limit.key for limit in GENERAL}
