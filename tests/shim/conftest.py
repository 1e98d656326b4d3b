"""The world of the shim's tests, built once per Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim import extensions, mixing, universe
from tests.shim.world import build_world
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter


@pytest.fixture(scope="session")
def world(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    """`dep_a` on `lib` 1 and `dep_b` on `lib` 2; the application has declared both, and `lib` 2."""
    folder = tmp_path_factory.mktemp(f"world-{interpreter}-")
    index = Index(folder / "index")
    universe.publish(index)
    # Venvs of its own: probes are added to them.
    venvs = PlainVenvs(folder)
    plain = {package: [package.replace("_", "-")] for package in ("dep_a", "dep_b", "dep_c")}
    return build_world(folder, index, interpreter, venvs, universe.DIRECT, plain)


@pytest.fixture(scope="session")
def compiled(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    """`dep_a` and `dep_b` with `lib` and the extension modules in two versions."""
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(f"compiled-{interpreter}-")
    index = Index(folder / "index")
    extensions.publish(index, interpreter)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(
        folder, index, interpreter, PlainVenvs(folder), ["dep-a", "dep-b", "cext==2", "shared"], plain
    )


@pytest.fixture(scope="session")
def mixing_world(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    """`dep_a` and `dep_c` on `shapes` 1, `dep_b` on `shapes` 2: objects of one come to the other."""
    folder = tmp_path_factory.mktemp(f"mixing-{interpreter}-")
    index = Index(folder / "index")
    mixing.publish(index)
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(folder, index, interpreter, PlainVenvs(folder), mixing.DIRECT, plain)
