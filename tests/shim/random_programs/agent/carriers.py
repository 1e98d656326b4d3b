"""The ways in which an action reaches the place where it runs: through C, threads, tasks, other environments."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import ctypes
import functools
import itertools
import json
import operator
import re
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor


def call(function, *arguments):
    """Call a function: what another environment's code uses this one's for."""
    return function(*arguments)


def carry(action, ways, agents):
    """Perform *action* through each of the ways in turn, the first being the innermost; return its result.

    :param agents: actor → its agent, whose `call` a way that is an actor's name goes through.
    """
    for way in ways:
        if way in CARRIERS:
            action = functools.partial(CARRIERS[way], action)
        elif way in agents:
            action = functools.partial(agents[way].call, action)
    return action()


def _thread(action):
    results = []
    thread = threading.Thread(target=lambda: results.append(action()))
    thread.start()
    thread.join()
    return results[0]


def _timer(action):
    results = []
    timer = threading.Timer(0, lambda: results.append(action()))
    timer.start()
    timer.join()
    return results[0]


def _executor(action):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


def _task(action):
    async def work():
        await asyncio.sleep(0)
        return action()

    async def main():
        return await asyncio.create_task(work())

    return _loop(main())


def _to_thread(action):
    return _loop(asyncio.to_thread(action))


def _soon(action):
    async def main():
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(action()))
        return await done

    return _loop(main())


def _loop(coroutine):
    results = []  # in a thread, as a loop may be running in this one
    thread = threading.Thread(target=lambda: results.append(asyncio.run(coroutine)))
    thread.start()
    thread.join()
    return results[0]


def _generator(action):
    def produce():
        yield action()

    return next(produce())


def _finalizer(action):
    class Short:
        pass

    results, short = [], Short()
    weakref.finalize(short, lambda: results.append(action()))
    del short
    return results[0]


def _foreign(action):
    results = []
    ctypes.CFUNCTYPE(None)(lambda: results.append(action()))()
    return results[0]


def _json(action):
    results = []
    json.dumps(object(), default=lambda _: results.append(action()))
    return results[0]


def _substitution(action):
    results = []
    re.sub("x", lambda match: results.append(action()) or "", "x")
    return results[0]


def _exit_stack(action):
    results = []
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: results.append(action()))
    return results[0]


def _descriptor(action):
    return type("Holder", (), {"value": property(lambda self: action())})().value


def _generated(action):
    names = {"action": action}
    exec("result = action()", names)
    return names["result"]


CARRIERS = {
    "functools.partial": lambda action: functools.partial(action)(),
    "map": lambda action: next(action() for _ in [0]),
    "starmap": lambda action: next(itertools.starmap(action, [()])),
    "sorted": lambda action: [results := [], sorted([0], key=lambda _: results.append(action()) or 0)][0][0],
    "lru_cache": lambda action: functools.lru_cache(action)(),
    "operator.call": lambda action: operator.methodcaller("__call__")(action),
    "context": lambda action: contextvars.copy_context().run(action),
    "thread": _thread,
    "timer": _timer,
    "executor": _executor,
    "task": _task,
    "to_thread": _to_thread,
    "call_soon": _soon,
    "generator": _generator,
    "finalizer": _finalizer,
    "ctypes": _foreign,
    "json": _json,
    "re.sub": _substitution,
    "ExitStack": _exit_stack,
    "property": _descriptor,
    "exec": _generated,
}
