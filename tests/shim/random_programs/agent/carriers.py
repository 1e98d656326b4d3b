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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
    from types import ModuleType
    from typing import Any

    from .model import Action


def call(function: Callable[..., object], *arguments: object) -> object:
    """Call a function: what another environment's code uses this one's for."""
    return function(*arguments)


def carry(action: Action, ways: Iterable[str], agents: Mapping[str, ModuleType]) -> object:
    """Perform *action* through each of the ways in turn, the first being the innermost; return its result.

    :param agents: actor → its agent, whose `call` a way that is an actor's name goes through.
    """
    for way in ways:
        if way in CARRIERS:
            action = functools.partial(CARRIERS[way], action)
        elif way in agents:
            action = functools.partial(agents[way].call, action)
    return action()


def _thread(action: Action) -> object:
    results: list[object] = []
    thread = threading.Thread(target=lambda: results.append(action()))
    thread.start()
    thread.join()
    return results[0]


def _timer(action: Action) -> object:
    results: list[object] = []
    timer = threading.Timer(0, lambda: results.append(action()))
    timer.start()
    timer.join()
    return results[0]


def _executor(action: Action) -> object:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(action).result()


def _task(action: Action) -> object:
    async def work() -> object:
        await asyncio.sleep(0)
        return action()

    async def main() -> object:
        return await asyncio.create_task(work())

    return _loop(main())


def _to_thread(action: Action) -> object:
    return _loop(asyncio.to_thread(action))


def _soon(action: Action) -> object:
    async def main() -> object:
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: done.set_result(action()))
        return await done

    return _loop(main())


def _loop(coroutine: Coroutine[Any, Any, object]) -> object:
    results: list[object] = []  # in a thread, as a loop may be running in this one
    thread = threading.Thread(target=lambda: results.append(asyncio.run(coroutine)))
    thread.start()
    thread.join()
    return results[0]


def _generator(action: Action) -> object:
    def produce() -> Iterator[object]:
        yield action()

    return next(produce())


def _finalizer(action: Action) -> object:
    class Short:
        pass

    results: list[object] = []
    short = Short()
    weakref.finalize(short, lambda: results.append(action()))
    del short
    return results[0]


def _foreign(action: Action) -> object:
    results: list[object] = []
    ctypes.CFUNCTYPE(None)(lambda: results.append(action()))()
    return results[0]


def _json(action: Action) -> object:
    results: list[object] = []
    json.dumps(object(), default=lambda _: results.append(action()))
    return results[0]


def _substitution(action: Action) -> object:
    results: list[object] = []

    def replacement(_match: re.Match[str]) -> str:
        results.append(action())
        return ""

    re.sub("x", replacement, "x")
    return results[0]


def _exit_stack(action: Action) -> object:
    results: list[object] = []
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: results.append(action()))
    return results[0]


def _sorted(action: Action) -> object:
    results: list[object] = []

    def key(_: int) -> int:
        results.append(action())
        return 0

    sorted([0], key=key)
    return results[0]


def _descriptor(action: Action) -> object:
    return type("Holder", (), {"value": property(lambda self: action())})().value


def _generated(action: Action) -> object:
    names: dict[str, object] = {"action": action}
    exec("result = action()", names)
    return names["result"]


CARRIERS: dict[str, Callable[[Action], object]] = {
    "functools.partial": lambda action: functools.partial(action)(),
    "map": lambda action: next(action() for _ in [0]),
    "starmap": lambda action: next(itertools.starmap(action, [()])),
    "sorted": _sorted,
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
