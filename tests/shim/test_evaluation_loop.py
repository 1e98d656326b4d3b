"""The evaluation loop is found on the C stack by whatever instruction it calls back, however it was compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.loops import PROGRAM

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python


def test_by_every_instruction(world: World) -> None:
    """[loops] Compilers put rare instructions, or most of them, into a part of the loop that has no name."""
    wrong, ways = world.answer(PROGRAM)
    assert wrong == []
    assert ways > 80
