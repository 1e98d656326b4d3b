"""Turns: one party at a time, no circles without end."""

from __future__ import annotations

import hashlib
import importlib._bootstrap as bootstrap
import os
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from runtime_shim.modules import turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from runtime_shim.modules.turns import Turns


LIMIT = 20.0
"""Seconds; a thread that takes longer hangs."""


class Log:
    """Threads that write down what they do."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._threads: list[threading.Thread] = []

    def start(self, function: Any, *arguments: Any) -> threading.Thread:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()
        return thread

    def join(self) -> None:
        for thread in self._threads:
            thread.join(LIMIT)
            assert not thread.is_alive(), self.lines

    def visit(self, place: Turns, party: object, seconds: float = 0.0) -> None:
        visit = place.begin(place.wait(party))
        self.lines.append(f"{party} in")
        time.sleep(seconds)
        self.lines.append(f"{party} out")
        place.leave(visit)


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Turns:
    monkeypatch.setattr(turns, "_by_name", {})
    return turns.of("lib")


def test_one_party_at_a_time(log: Log, place: Turns) -> None:
    for number in range(12):
        log.start(log.visit, place, f"party {number}", 0.001)
    log.join()
    entered = [line for line in log.lines if line.endswith(" in")]
    assert log.lines == [f"{line.removesuffix(' in')} {what}" for line in entered for what in ("in", "out")]


def test_threads_of_one_party_are_in_together(log: Log, place: Turns) -> None:
    """One may wait for the other: it joins it."""
    visit = place.begin(place.wait("a"))
    log.start(log.visit, place, "b")
    log.start(log.visit, place, "a").join(LIMIT)
    assert log.lines == ["a in", "a out"]
    place.leave(visit)
    log.join()
    assert log.lines[2:] == ["b in", "b out"]


def test_who_has_joined_those_inside_is_waited_for(log: Log, place: Turns) -> None:
    """Although it has come later than who waits, and those that it has joined are gone."""
    visit = place.begin(place.wait("a"))
    log.start(log.visit, place, "b")
    while not any(other.gate for other in place._visits):
        time.sleep(0.001)
    joined, done = threading.Event(), threading.Event()

    def stay() -> None:
        stays = place.begin(place.wait("a"))
        joined.set()
        done.wait(LIMIT)
        log.lines.append("a is done")
        place.leave(stays)

    log.start(stay)
    assert joined.wait(LIMIT)
    place.leave(visit)
    time.sleep(4 * turns.INTERVAL)
    done.set()
    log.join()
    assert log.lines == ["a is done", "b in", "b out"]


def test_a_thread_that_is_inside_goes_further_in_as_another(log: Log, place: Turns) -> None:
    visit = place.begin(place.wait("a"))
    log.start(log.visit, place, "b")
    log.visit(place, "c")
    assert (place.here(), place.elsewhere()) == ("a", [])
    place.leave(visit)
    log.join()
    assert log.lines == ["c in", "c out", "b in", "b out"]


def test_who_holds_an_import_lock_that_is_waited_for_goes_ahead(log: Log, place: Turns) -> None:
    private: Any = bootstrap
    lock, held, inside = private._ModuleLock("module"), threading.Event(), threading.Event()

    def a() -> None:
        visit = place.begin(place.wait("a"))
        inside.set()
        assert held.wait(LIMIT)
        lock.acquire()
        log.lines.append("a has the lock")
        lock.release()
        place.leave(visit)

    def b() -> None:
        assert inside.wait(LIMIT)
        lock.acquire()
        held.set()
        log.visit(place, "b")
        lock.release()

    started = time.monotonic()
    log.start(a)
    log.start(b)
    log.join()
    assert log.lines == ["b in", "b out", "a has the lock"]
    assert time.monotonic() - started < turns.LONGEST_HALT / 2


def test_of_two_that_wait_for_each_other_one_goes_ahead(log: Log, place: Turns) -> None:
    other, met = turns.of("other"), threading.Barrier(2)

    def work(party: str, first: Turns, second: Turns) -> None:
        visit = first.begin(first.wait(party))
        met.wait(LIMIT)
        log.visit(second, party, 0.2)
        log.lines.append(f"{party} is done")
        first.leave(visit)

    log.start(work, "a", place, other)
    log.start(work, "b", other, place)
    log.join()
    first, second = log.lines[0][0], log.lines[3][0]
    assert {first, second} == {"a", "b"}
    assert log.lines == [f"{party} {what}" for party in (first, second) for what in ("in", "out", "is done")]


def test_waiting_ends(log: Log, place: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is inside waits for another in a way that nobody sees; the next ones wait for it no more."""
    monkeypatch.setattr(turns, "LONGEST_HALT", 0.2)
    visit = place.begin(place.wait("a"))
    log.start(log.visit, place, "b").join(LIMIT)
    started = time.monotonic()
    monkeypatch.setattr(turns, "LONGEST_HALT", LIMIT)
    log.start(log.visit, place, "c").join(LIMIT)
    assert log.lines == ["b in", "b out", "c in", "c out"]
    assert time.monotonic() - started < LIMIT / 2
    place.leave(visit)


def assert_waited_for(log: Log, place: Turns, work: Callable[[], object]) -> None:
    inside = threading.Event()

    def visit() -> None:
        visit = place.begin(place.wait("a"))
        inside.set()
        work()
        log.lines.append("a is done")
        place.leave(visit)

    log.start(visit)
    assert inside.wait(LIMIT)
    log.visit(place, "b")
    log.join()
    assert log.lines == ["a is done", "b in", "b out"]


def test_who_goes_on_is_waited_for_longer(log: Log, place: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_HALT", 0.2)

    def work() -> None:
        for _ in range(8):
            time.sleep(0.06)
            time.sleep(0.07)

    assert_waited_for(log, place, work)


@pytest.mark.skipif(not hasattr(time, "pthread_getcpuclockid"), reason="no clock of a thread")
def test_who_works_in_one_call_of_c_code_is_waited_for_longer(
    log: Log, place: Turns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a large library that is loaded on a slow machine: the line of code stays the same."""
    monkeypatch.setattr(turns, "LONGEST_HALT", 0.5)
    assert_waited_for(log, place, lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_has_this_thread_alone(place: Turns) -> None:
    inside, done = threading.Event(), threading.Event()

    def stay() -> None:
        visit = place.begin(place.wait("a"))
        inside.set()
        done.wait(LIMIT)
        place.leave(visit)

    thread = threading.Thread(target=stay)
    thread.start()
    assert inside.wait(LIMIT)
    child = os.fork()
    if child == 0:  # pragma: no cover - not seen from here
        place.begin(place.wait("b"))
        os._exit(7 if place.elsewhere() == [] else 8)
    done.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
