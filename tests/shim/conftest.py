"""The worlds of the shim's tests, each built once per Python and worker."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest

from tests.shim import extensions, mixing, universe
from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

    Build = Callable[[Interpreter, Path], World]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Build, Interpreter], World]:
    """`once(build, interpreter)`: the world that `build` makes in a folder of its own, made at the first call.

    pytest lets go of what depends on `interpreter` with each change from one to the next, which every file makes.
    """

    @functools.cache
    def made(build: Build, interpreter: Interpreter) -> World:
        return build(interpreter, tmp_path_factory.mktemp(f"world-{interpreter.name}-"))

    return made


@pytest.fixture(scope="session")
def world(interpreter: Interpreter, once: Callable[[Build, Interpreter], World]) -> World:
    """`dep_a` on `lib` 1 and `dep_b` on `lib` 2; the application has declared both, and `lib` 2."""
    return once(_world, interpreter)


@pytest.fixture(scope="session")
def compiled(interpreter: Interpreter, once: Callable[[Build, Interpreter], World]) -> World:
    """`dep_a` and `dep_b` with `lib` and the extension modules in two versions."""
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    return once(_compiled, interpreter)


@pytest.fixture(scope="session")
def mixing_world(interpreter: Interpreter, once: Callable[[Build, Interpreter], World]) -> World:
    """`dep_a` and `dep_c` on `shapes` 1, `dep_b` on `shapes` 2: objects of one come to the other."""
    return once(_mixing_world, interpreter)


def _world(interpreter: Interpreter, folder: Path) -> World:
    index = Index(folder / "index")
    universe.publish(index)
    # Venvs of its own: probes are added to them.
    venvs = PlainVenvs(folder)
    plain = {package: [package.replace("_", "-")] for package in ("dep_a", "dep_b", "dep_c")}
    return build_world(folder, index, interpreter, venvs, universe.DIRECT, plain)


def _compiled(interpreter: Interpreter, folder: Path) -> World:
    index = Index(folder / "index")
    extensions.publish(index, interpreter)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(
        folder, index, interpreter, PlainVenvs(folder), ["dep-a", "dep-b", "cext==2", "shared"], plain
    )


def _mixing_world(interpreter: Interpreter, folder: Path) -> World:
    index = Index(folder / "index")
    mixing.publish(index)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(folder, index, interpreter, PlainVenvs(folder), mixing.DIRECT, plain)
