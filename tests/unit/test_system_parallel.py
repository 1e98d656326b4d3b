from __future__ import annotations

import os
import threading

import pytest

from orchestrator.system import parallel


def test_the_processors_that_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 3, 5})
        assert parallel.processors() == 3
        monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert parallel.processors() == 7
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert parallel.processors() == 1
    monkeypatch.setattr(os, "process_cpu_count", lambda: 2, raising=False)
    assert parallel.processors() == 2


@pytest.mark.parametrize(("processors", "a_processor", "most"), [(1, 1, 1), (2, 2, 4), (64, 2, 8)])
def test_so_many_are_at_work(
    processors: int, a_processor: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "processors", lambda: processors)
    all_there = threading.Barrier(most)

    def work(item: int) -> int:
        all_there.wait(10)
        return -item

    items = range(2 * most)
    assert parallel.in_parallel(work, items, a_processor=a_processor) == [-item for item in items]


def test_what_fails_is_told() -> None:
    with pytest.raises(ZeroDivisionError):
        parallel.in_parallel(lambda item: 1 // item, [1, 0, 2])
    assert parallel.in_parallel(str, []) == []
