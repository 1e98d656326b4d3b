"""Environments take turns: while one executes modules of a top-level name, those of another's version wait.

In between a module may stand in ``sys.modules`` under a plain name, which everybody finds: C code puts it there while
an extension module is initialised (``PyImport_AddModule``, ``_PyImport_FixupExtensionObject``), Python code by
assigning. Another version that is imported at that moment, in another thread, would take it for its own.

Threads that hold import locks wait here, and threads in here wait for import locks. importlib ends such circles by
looking who waits for whom (``_ModuleLock.has_deadlock`` in CPython's Lib/importlib/_bootstrap.py), and so does this: a
thread that those in front wait for goes ahead. They are at a halt until it has come out again, so it is alone all the
same. Waiting of other kinds cannot be seen (who is in front joins the thread behind); it ends after a time.
"""

from __future__ import annotations

import contextlib
import importlib._bootstrap as bootstrap
import os
import sys
import time
from _thread import RLock, allocate_lock, get_ident

from runtime_shim.model import exclusion
from runtime_shim.model.exclusion import exclusively
from runtime_shim.model.inspection import FREE_THREADED

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

LONGEST_HALT = 10.0
"""Seconds for which those who are inside may stand still until a thread no longer waits for them."""
LONGEST_WAIT = 120.0
"""The same, whatever they do."""
STEP_OF_WORK = 0.05
"""Seconds of processor time that are work: a thread that waits, and looks around meanwhile, has less in a halt."""
INTERVAL = 0.05
"""Seconds between two looks for circles; who leaves wakes those whose turn it is at once."""
LONGEST_INTERVAL = 0.8
"""The same for those who are not next: there may be many of them, and each looks at those in front of it."""


class Visit:
    """One thread's stay; it waits until it is inside."""

    __slots__ = ("clock", "gate", "is_admitted", "is_inside", "is_overdue", "party", "thread")

    def __init__(self, party: Any) -> None:
        self.thread = get_ident()
        # Of this thread's processor time. Asked for by the thread itself: of one that has ended it would be a crash.
        self.clock = _clock_of(self.thread)
        self.party = party
        self.is_admitted = False  # nobody else's turn comes before it has ended
        self.is_inside = False
        self.is_overdue = False  # somebody has given up waiting for it
        self.gate: Any = None  # a lock that is held while it waits

    def work(self) -> int:
        """Return the processor time that the thread has had, in steps too long for whoever only looks around.

        The line of code tells nothing of a thread that loads a large library on a machine with other work.
        """
        try:
            return int(_time_of(self.clock) / STEP_OF_WORK)
        except OSError:  # it has ended, or the system does not tell
            return 0


def _no_clock(thread: int) -> int:  # noqa: ARG001 - the signature of the other one
    return -1


def _no_time(clock: int) -> float:  # noqa: ARG001 - as above
    return 0.0


_time_of: Callable[[int], float] = getattr(time, "clock_gettime", _no_time)
_clock_of: Callable[[int], int] = getattr(time, "pthread_getcpuclockid", _no_clock)


class Turns:
    """Lets one party in at a time, and further in whoever is inside; mostly an environment, with all its threads."""

    def __init__(self) -> None:
        # In the order of arrival. Changes are single steps of C code.
        self._visits: list[Visit] = []

    def wait(self, party: Any) -> Visit:
        """Wait for the party's turn; the visit begins with :meth:`begin`, and :meth:`leave` ends it."""
        visit = Visit(party)
        self._visits.append(visit)
        # Who is the first one there need not look; that somebody joins those inside and that these leave exclude each
        # other.
        if len(self._visits) > 1 and not self._admit(visit):
            try:
                exclusion.without_import_lock(lambda: self._wait(visit))
            except BaseException:  # KeyboardInterrupt
                self.leave(visit)
                raise
        return visit

    def begin(self, visit: Visit) -> Visit:
        """Be inside."""
        visit.is_admitted = visit.is_inside = True
        return visit

    def leave(self, visit: Visit) -> None:
        """End a visit."""
        if visit in self._visits:  # else the process was forked meanwhile, by another thread
            self._visits.remove(visit)
        if self._visits and (waiting := self._waiting()):
            self._wake(waiting[0].party)

    def here(self) -> Any:
        """Return the party whose turn it is in this thread, None if the thread is not inside."""
        thread = get_ident()
        for visit in reversed(self._visits):
            if visit.is_inside and visit.thread == thread:
                return visit.party
        return None

    def elsewhere(self) -> list[Any]:
        """Return the parties whose turn it is in other threads, the one that came last first."""
        thread = get_ident()
        return [visit.party for visit in reversed(self._visits) if visit.is_inside and visit.thread != thread]

    def waited_for_by(self, thread: int) -> Iterator[int]:
        """Yield the threads that a thread waits for here."""
        for visit in list(self._visits):
            if visit.thread == thread and visit.gate is not None:
                for other in self._in_front_of(visit):
                    yield other.thread

    def keep_only(self, thread: int) -> None:
        """Forget all other threads."""
        self._visits[:] = [visit for visit in self._visits if visit.thread == thread]

    def _admit(self, visit: Visit) -> bool:
        """Let a visit in if nobody is in front of it: in one step, so that two do not let each other in."""
        exclusively(_looking, self._look, visit)
        return visit.is_admitted

    def _look(self, visit: Visit) -> None:
        visit.is_admitted = not self._in_front_of(visit)

    def _in_front_of(self, visit: Visit) -> list[Visit]:
        """Return whom a visit has to wait for: nobody, if its thread or none but its own party is inside."""
        visits = list(self._visits)
        inside = [other for other in visits if other.is_admitted and other is not visit]
        if any(other.thread == visit.thread for other in inside):
            return []
        if inside and all(other.party is visit.party for other in inside):
            return []
        before = visits[: visits.index(visit)]
        # Also who has come later, and has joined those that were inside then.
        front = [*before, *(one for one in inside if one not in before)]
        return [one for one in front if one.party is not visit.party and not one.is_overdue]

    def _waiting(self) -> list[Visit]:
        return [visit for visit in list(self._visits) if visit.gate is not None]

    def _wake(self, party: Any) -> None:
        """Let those of a party look whether they can go in."""
        for visit in self._waiting():
            gate = visit.gate
            if gate is not None and visit.party is party:
                _open(gate)

    def _wait(self, visit: Visit) -> None:
        visit.gate = allocate_lock()
        places: Any = None
        pause = INTERVAL
        now = moved = time.monotonic()
        end = now + LONGEST_WAIT
        while now < end and now - moved < LONGEST_HALT:
            visit.gate.acquire(timeout=0)  # shut before looking: who leaves from now on opens it
            with _looking:
                if all(visit.thread in _waited_for(other.thread) for other in self._in_front_of(visit)):
                    visit.gate, visit.is_admitted = None, True
                    self._wake(visit.party)  # the others may join it
                    return
            if visit in self._waiting()[:1]:
                before, places = places, _places([one for one in list(self._visits) if one.is_inside])
                moved = moved if places == before else now
                pause = INTERVAL
            else:
                moved = now  # who is next sees to it
                pause = min(2 * pause, LONGEST_INTERVAL)
            visit.gate.acquire(timeout=pause)
            now = time.monotonic()
        visit.gate, visit.is_admitted = None, True
        for other in self._in_front_of(visit):
            other.is_overdue = True


def _open(gate: Any) -> None:
    with contextlib.suppress(RuntimeError):  # it is open
        gate.release()


def _waited_for(thread: int) -> set[int]:
    """Return a thread and those that it waits for: for their import locks, or for their turn to end."""
    found: set[int] = set()
    coming = [thread]
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += _owners_of_locks(one)
            for turns in list(_by_name.values()):
                coming += turns.waited_for_by(one)
    return found


def _places(visits: Iterable[Visit]) -> dict[int, tuple[int, int, int]]:
    """Return where in their code these threads are, and those that they wait for, and how much has been done."""
    work = {visit.thread: visit.work() for visit in visits}
    frames = sys._current_frames()  # noqa: SLF001 - documented, for debuggers
    places = {0: (len(sys.modules), 0, 0)}
    for one in {one for thread in work for one in _waited_for(thread)}:
        frame = frames.get(one)
        if frame is not None:
            # Where threads run at the same time, what frames of others hold may be gone while it is read.
            instruction = 0 if FREE_THREADED else frame.f_lasti
            places[one] = (id(frame), instruction, work.get(one, 0))
    return places


def _owners_of_locks(thread: int) -> Iterable[int]:
    """Return the threads that hold the import locks for which *thread* waits."""
    private: Any = bootstrap
    waiting: Any = private._blocking_on.get(thread)  # noqa: SLF001
    locks = () if waiting is None else (waiting,) if sys.version_info < (3, 12) else list(waiting)
    return [lock.owner for lock in locks if lock.owner is not None]


def _after_fork() -> None:
    """Forget the threads that are not in the child."""
    global _looking
    _looking = RLock()
    for turns in list(_by_name.values()):
        turns.keep_only(get_ident())


# Of the module and not of an object: every module that is executed comes by here.
_by_name: dict[str, Turns] = {}
_looking = RLock()  # of two threads in a circle one goes ahead

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def of(top: str) -> Turns:
    """Return the turns of a top-level module name."""
    return _by_name.get(top) or _by_name.setdefault(top, Turns())


extensions = of("")
"""Who initialises extension modules, whatever their names."""
