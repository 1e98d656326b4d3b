"""The tests of this folder run on Pythons of other platforms; they are slow: one of them is emulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.conftest import compiled, world  # noqa: F401 - fixtures
from tests.support import foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.interpreters import Interpreter


_SECONDS = 3600  # an emulated interpreter takes twenty times as long


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/platforms/" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(_SECONDS))


@pytest.fixture(scope="session", params=foreign.PLATFORMS)
def interpreter(request: pytest.FixtureRequest) -> Iterator[Interpreter]:
    """The Python of each other platform, in turn."""
    found = foreign.find(request.param)
    if found is None:
        pytest.skip(f"no Python for {request.param} here: run `scripts/foreign-pythons {request.param}`")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CC", found.compiler)
        patch.setenv("MVENV_TEST_PATIENCE", "10")
        yield found.interpreter
