"""State that a process has once: what a library does to change it, and how to ask which version decided."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, LAST = "1", "2"
"""`dep_a` with `lib` 1 acts first, `dep_b` with `lib` 2 last."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A piece of state with two functions of a library that uses it; VERSION is the library's own."""

    change: str
    ask: str
    """Ends by returning the version that decided."""
    winner: str = LAST


# The first word of a tag is a key of `scripts/known_limits/general.py`.
SHARED = {
    "signal-handlers": Shared(
        """
        import signal
        def change():
            signal.signal(signal.SIGUSR1, lambda *_: CALLED.append(VERSION))
        """,
        """
            CALLED.clear()
            signal.raise_signal(signal.SIGUSR1)
            return CALLED[0] if CALLED else OTHER
        """,
    ),
    "codecs": Shared(
        """
        import codecs
        def encode(text, errors="strict"):
            return VERSION.encode(), len(text)
        def change():
            codecs.register(lambda name: codecs.CodecInfo(encode, None, name=name) if name == "limit" else None)
        """,
        "return 'x'.encode('limit').decode()",
        FIRST,
    ),
    "warning-filters": Shared(
        """
        import warnings
        def change():
            warnings.filterwarnings({"1": "error", "2": "ignore"}[VERSION], "known limit")
        """,
        """
            try:
                warnings.warn("known limit")
            except UserWarning:
                return "1"
            return "2"
        """,
    ),
    "caches-on-disk": Shared(
        """
        import pathlib
        CACHE = pathlib.Path("limit.cache").absolute()
        def change():
            CACHE.write_text(VERSION)
        """,
        "return CACHE.read_text()",
    ),
    "logging root": Shared(
        """
        import logging
        def change():
            logging.basicConfig(level=int(VERSION))
        """,
        "return str(logging.getLogger().level)",
        FIRST,
    ),
    "logging names": Shared(
        """
        import logging
        def change():
            logging.getLogger("lib").setLevel(int(VERSION))
        """,
        "return str(logging.getLogger('lib').level)",
    ),
    "monkey-patches": Shared(
        """
        import platform
        def change():
            platform.node = lambda: VERSION
        """,
        "return platform.node()",
    ),
    "builtins": Shared(
        """
        import builtins
        def change():
            builtins._ = lambda text: VERSION
        """,
        "return _('text')",
    ),
    "registries copyreg": Shared(
        """
        import copyreg, pickle, types
        def change():
            copyreg.pickle(types.CellType, lambda cell: (str, (VERSION,)))
        """,
        "return pickle.loads(pickle.dumps(types.CellType()))",
    ),
    "registries mimetypes": Shared(
        """
        import mimetypes
        def change():
            mimetypes.add_type("limit/" + VERSION, ".limit")
        """,
        "return mimetypes.guess_type('a.limit')[0].removeprefix('limit/')",
    ),
    "registries csv": Shared(
        """
        import csv
        def change():
            csv.register_dialect("limit", delimiter=VERSION)
        """,
        "return csv.get_dialect('limit').delimiter",
    ),
    "registries sqlite3": Shared(
        """
        import sqlite3
        def change():
            sqlite3.register_converter("limit", lambda value: VERSION)
        """,
        """
            connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_COLNAMES)
            return connection.execute("select 'x' as 'a [limit]'").fetchone()[0]
        """,
    ),
    "registries xml": Shared(
        """
        import xml.etree.ElementTree as etree
        def change():
            etree.register_namespace("limit" + VERSION, "urn:limit")
        """,
        "return etree.tostring(etree.Element('{urn:limit}a')).decode()[len('<limit')]",
    ),
    "event-loop-policy": Shared(
        """
        import asyncio
        class Policy(asyncio.DefaultEventLoopPolicy):
            version = VERSION
        def change():
            asyncio.set_event_loop_policy(Policy())
        """,
        "return asyncio.get_event_loop_policy().version",
    ),
    "start-method": Shared(
        """
        import multiprocessing
        def change():
            try:
                multiprocessing.set_start_method({"1": "spawn", "2": "forkserver"}[VERSION])
            except RuntimeError as error:
                assert "context has already been set" in str(error)
        """,
        'return {"spawn": "1", "forkserver": "2"}[multiprocessing.get_start_method()]',
        FIRST,
    ),
    "working-directory": Shared(
        """
        import os
        def change():
            os.chdir(os.path.dirname(__file__))
        """,
        "return VERSION if os.path.samefile('.', os.path.dirname(__file__)) else OTHER",
    ),
    "environment-variables": Shared(
        """
        import os
        def change():
            os.environ["LIMIT"] = VERSION
        """,
        "return os.environ['LIMIT']",
    ),
    "interpreter-settings": Shared(
        """
        import sys
        def change():
            sys.setrecursionlimit(2000 + int(VERSION))
        """,
        "return str(sys.getrecursionlimit() - 2000)",
    ),
    "interpreter-settings threads": Shared(
        """
        import sys
        def change():
            sys.setswitchinterval(int(VERSION))
        """,
        "return str(int(sys.getswitchinterval()))",
    ),
    "interpreter-settings collector": Shared(
        """
        import gc
        def change():
            gc.set_threshold(700, int(VERSION))
        """,
        "return str(gc.get_threshold()[1])",
    ),
    "locale": Shared(
        """
        import locale
        def change():
            locale.setlocale(locale.LC_CTYPE, {"1": "C", "2": "C.UTF-8"}[VERSION])
        """,
        'return {"C": "1", "C.UTF-8": "2"}[locale.setlocale(locale.LC_CTYPE)]',
    ),
    "socket-timeout": Shared(
        """
        import socket
        def change():
            socket.setdefaulttimeout(int(VERSION))
        """,
        "return str(int(socket.getdefaulttimeout()))",
    ),
    "decimal-context": Shared(
        """
        import decimal
        def change():
            decimal.getcontext().prec = int(VERSION)
        """,
        "return str(len(str(decimal.Decimal(2) / 3)) - len('0.'))",
    ),
    "random-state": Shared(
        """
        import random
        def change():
            random.seed(int(VERSION))
        """,
        "return {random.Random(seed).getstate(): str(seed) for seed in (1, 2)}[random.getstate()]",
    ),
    # These last: they get in the way of whatever follows.
    "sys-hooks stdout": Shared(
        """
        import io, sys
        class Stream(io.StringIO):
            version = VERSION
        def change():
            sys.stdout = Stream()
        """,
        "return sys.stdout.version",
    ),
    "sys-hooks trace": Shared(
        """
        import sys
        def change():
            def trace(frame, event, argument):
                TRACED.append(VERSION)
            sys.setprofile(trace)
        TRACED = []
        """,
        """
            TRACED.clear()
            abs(1)
            return TRACED[0] if TRACED else OTHER
        """,
    ),
    "sys-hooks": Shared(
        """
        import sys
        def change():
            sys.excepthook = lambda *_: VERSION
        """,
        "return sys.excepthook(None, None, None)",
    ),
}
