"""Threads that import the modules of several environments, all begun at once: seconds until the last has ended."""

# mypy: ignore-errors
import importlib
import json
import sys
import threading
import time

COUNT, SIDE_COUNT, MODULE_COUNT = THREADS, SIDES, MODULES  # noqa: F821 - numbers are put in
IN_ALL = 64000


def together(function):
    """Call a function in all threads, with their number; return the seconds until the last has ended."""
    barrier = threading.Barrier(COUNT + 1)

    def work(number):
        barrier.wait()
        function(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(COUNT)]
    for thread in threads:
        thread.start()
    start = time.perf_counter()
    barrier.wait()
    for thread in threads:
        thread.join()
    return time.perf_counter() - start


NAMES = [f"side_{side}.module_{each}" for each in range(MODULE_COUNT) for side in range(SIDE_COUNT)]


def first(number):
    """Import a share of the modules."""
    for name in NAMES[number::COUNT]:
        importlib.import_module(name)


def again(number):
    """Import again and again, as code of an environment."""
    sys.modules[f"side_{number % SIDE_COUNT}"].again(IN_ALL // COUNT)


found = {"first": together(first)}
for _ in range(SIDE_COUNT):
    importlib.import_module(f"side_{_}")
sys.stdout.write(json.dumps({**found, "again": together(again)}))
