"""Limits of libraries that switch between tasks; see `tests.packages.shown`."""

from __future__ import annotations

from tests.packages.shown import ANYTHING_ELSE, Shown

_ORDER = """
def order():
    import time
    log = []
    def work(name):
        for _ in range(2):
            time.sleep(0.05)
            log.append(name)
    spawn_and_wait(work)
    return "".join(log)
"""

_GEVENT = f"""
import gevent, gevent.monkey
def patch():
    try:
        gevent.monkey.patch_all()
    except Exception as error:
        return type(error).__name__
    return "patched"
def spawn_and_wait(work):
    gevent.joinall([gevent.spawn(work, name) for name in "xy"])
{_ORDER}
"""

_EVENTLET = f"""
import eventlet
def patch():
    try:
        eventlet.monkey_patch()
    except Exception as error:
        return type(error).__name__
    return "patched"
def spawn_and_wait(work):
    for thread in [eventlet.spawn(work, name) for name in "xy"]:
        thread.wait()
{_ORDER}
"""

SWITCHING = {
    "gevent": Shown(
        _GEVENT,
        "print(one.patch(), one.order(), other.order(), other.patch())",
        "patched xyxy xyxy patched",
        "patched xyxy xxyy KeyError",
    ),
    "eventlet": Shown(
        _EVENTLET,
        "print(one.patch(), one.order(), other.patch())",
        "patched xyxy patched",
        "patched xyxy NameError",
    ),
    "eventlet: waits forever": Shown(
        _EVENTLET,
        """
        import faulthandler
        faulthandler.dump_traceback_later(10, exit=True)
        print(one.patch(), one.order(), flush=True)
        print(other.order())
        """,
        "patched xyxy xyxy",
        "patched xyxy",
        code=1,
    ),
    "greenlet": Shown(
        "from greenlet import getcurrent, greenlet",
        """
        log = []
        def outer():
            other.greenlet(inner).switch()
            log.append("ended")
        def inner():
            start.switch()
        start = one.getcurrent()
        first = one.greenlet(outer)
        first.switch()
        other.greenlet(lambda: log.append("third")).switch()
        first.switch()
        print(*log, flush=True)
        """,
        "third ended",
        ANYTHING_ELSE,
    ),
    "uvloop": Shown(
        """
        import asyncio, uvloop
        def use():
            asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        async def ours():
            return isinstance(asyncio.get_running_loop(), uvloop.Loop)
        def run():
            return asyncio.run(ours())
        def run_remedy():
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(ours())
        """,
        """
        one.use()
        other.use()
        print(one.run(), other.run(), one.run_remedy(), other.run_remedy())
        """,
        "True True True True",
        "False True True True",
    ),
    "sniffio": Shown(
        """
        import asyncio, sniffio, trio
        async def who():
            try:
                return sniffio.current_async_library()
            except sniffio.AsyncLibraryNotFoundError as error:
                return type(error).__name__
        """,
        """
        import asyncio
        print(one.trio.run(one.who), one.trio.run(other.who), asyncio.run(one.who()), asyncio.run(other.who()))
        """,
        "trio trio asyncio asyncio",
        "trio AsyncLibraryNotFoundError asyncio asyncio",
        beside=("trio==0.22.2", "trio==0.27.0"),
    ),
}
