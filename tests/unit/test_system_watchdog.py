"""What watches over children takes no time where none is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from orchestrator.system.watchdog import Watchdog

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no process groups there")


def seconds_to_stop(watchdog: Watchdog) -> float:
    begin = time.perf_counter()
    watchdog.stop()
    return time.perf_counter() - begin


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_all_have_ended(order: tuple[int, ...]) -> None:
    numbers = [10**8 + number for number in (1, 2, 3)]  # no process has such a number
    at_once, one_by_one = Watchdog(), Watchdog()
    for number in numbers:
        at_once.began(number)
        one_by_one.began(number)
        one_by_one.ended(number)
    for position in order:
        at_once.ended(numbers[position - 1])
    assert seconds_to_stop(at_once) < 0.4
    assert seconds_to_stop(one_by_one) < 0.4


def test_thousands_of_children() -> None:
    """A search for groups can take so many; noting each must not take longer the more there were."""
    watchdog = Watchdog()
    begin = time.perf_counter()
    for number in range(10**8, 10**8 + 4000):
        watchdog.began(number)
        watchdog.ended(number)
    watchdog.stop()
    assert time.perf_counter() - begin < 5


def test_what_is_left_is_ended() -> None:
    watchdog = Watchdog()
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as left:
        watchdog.began(10**8)
        watchdog.began(left.pid)
        watchdog.ended(10**8)
        watchdog.stop()
        assert left.wait(5) < 0
    assert not os.path.exists(f"/proc/{left.pid}/cwd")
