"""Limits of certain distributions: ``mvenv build`` warns when a plan holds two copies of one.

Every pair in `seen_with` was installed in one project and used in one process. Only what then failed is here.
"""

from __future__ import annotations

from orchestrator.limits.model import Limit

_ONE_VERSION = "let one version do for all: relax a bound, or add one in `[tool.mvenv.constraints]`"

PARTICULAR = (
    Limit(
        "gevent",
        "its patches of the standard library",
        "the second `monkey.patch_all()` fails, and greenlets of the version that did not patch block each other",
        f"patch with one version, and use the other without greenlets; or {_ONE_VERSION}",
        distributions=("gevent",),
        seen_with=("23.9.1, 24.11.1",),
    ),
    Limit(
        "eventlet",
        "its patches of the standard library",
        "the second `monkey_patch()` fails, and what runs under the other version waits forever",
        _ONE_VERSION,
        distributions=("eventlet",),
        seen_with=("0.35.2, 0.39.0",),
    ),
    Limit(
        "greenlet",
        "the C stack of a thread",
        "the interpreter crashes (SIGSEGV) when a greenlet of one is left from inside a greenlet of the other",
        f"{_ONE_VERSION}; or run the two in different threads",
        distributions=("greenlet",),
        seen_with=("2.0.2, 3.1.1",),
    ),
    Limit(
        "coverage",
        "the trace function (`sys.settrace`)",
        "while both measure, only the one that was started last sees what runs",
        "measure with one of them",
        distributions=("coverage",),
        seen_with=("6.5.0, 7.6.1",),
    ),
    Limit(
        "uvloop",
        "the `asyncio` event loop policy",
        "`asyncio.run` gives both the loops of the policy that was set last, "
        "which are no `uvloop.Loop` for the other",
        "make the loop that is meant: `asyncio.Runner(loop_factory=uvloop.new_event_loop)`",
        distributions=("uvloop",),
        seen_with=("0.19.0, 0.21.0",),
    ),
    Limit(
        "sentry-sdk",
        "its hooks in `logging`, `sys` and `http.client`",
        "when both are initialised, every event is sent twice",
        "call `sentry_sdk.init` in one of them",
        distributions=("sentry-sdk",),
        seen_with=("1.45.0, 2.19.0",),
    ),
    Limit(
        "h5py",
        "HDF5's locks on files",
        "a file that one has open for writing cannot be opened by the other: "
        "`BlockingIOError: … unable to lock file`",
        "close the file before the other side opens it",
        distributions=("h5py",),
        seen_with=("3.9.0, 3.12.1",),
    ),
    Limit(
        "opentelemetry-api",
        "the reverse: the tracer provider and the current span",
        "a provider set for one is unknown to the other, and its spans belong to no trace of the other's",
        "set the provider for both; pass the trace context on as headers, as between processes",
        distributions=("opentelemetry-api",),
        seen_with=("1.20.0, 1.28.0",),
    ),
    Limit(
        "prometheus-client",
        "the reverse: the registry of metrics",
        "`generate_latest()` of one leaves out the metrics of the other",
        "join the output of both, or serve each on a port of its own",
        distributions=("prometheus-client",),
        seen_with=("0.16.0, 0.21.0",),
    ),
    Limit(
        "sniffio",
        "the reverse: the name of the async library at work",
        "under the `trio` of one, code of the other finds none: `AsyncLibraryNotFoundError`",
        "await a side's coroutines under that side's own event loop; asyncio's is found by both",
        distributions=("sniffio",),
        seen_with=("1.2.0, 1.3.1",),
    ),
)
