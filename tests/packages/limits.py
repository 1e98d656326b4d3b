"""Limits of all other libraries; see `tests.packages.shown`."""

from __future__ import annotations

from tests.packages.shown import Shown

OTHERS = {
    "coverage": Shown(
        """
        import coverage
        def start():
            global measurement
            measurement = coverage.Coverage(data_file=None, include=["*dep_*"])
            measurement.start()
        def work():
            return 1
        def lines():
            measurement.stop()
            return len(measurement.get_data().lines(__file__) or ())
        """,
        """
        one.start()
        if other is not one: other.start()
        one.work()
        print("seen" if one.lines() else "unseen")
        """,
        "seen",
        "unseen",
    ),
    "sentry-sdk": Shown(
        """
        import logging, sentry_sdk
        sent = []
        def start():
            sentry_sdk.init(dsn="http://key@localhost/1", transport=sent.append)
        def fail():
            logging.getLogger("limit").error("failed")
        """,
        """
        one.start()
        if other is not one: other.start()
        one.fail()
        print(len(one.sent) + (len(other.sent) if other is not one else 0))
        """,
        "1",
        "2",
    ),
    "h5py": Shown(
        """
        import h5py
        def open(mode):
            try:
                return h5py.File("limit.h5", mode)
            except BlockingIOError as error:
                assert "unable to lock file" in str(error)
                return None
        """,
        """
        opened = one.open("w")
        print("refused" if other.open("r") is None else "opened")
        """,
        "opened",
        "refused",
        beside=("numpy<2", "numpy<2"),
    ),
    "opentelemetry-api": Shown(
        """
        from opentelemetry import trace
        def provide():
            from opentelemetry.sdk.trace import TracerProvider
            trace.set_tracer_provider(TracerProvider())
        def span():
            return trace.get_tracer("limit").start_as_current_span("span")
        def state():
            known = type(trace.get_tracer_provider()).__name__
            return known, trace.get_current_span().get_span_context().is_valid
        """,
        """
        one.provide()
        with one.span(): print(*one.state(), *other.state())
        """,
        "TracerProvider True TracerProvider True",
        "TracerProvider True ProxyTracerProvider False",
        beside=("opentelemetry-sdk==1.20.0", "opentelemetry-sdk==1.28.0"),
    ),
    "prometheus-client": Shown(
        """
        import prometheus_client
        def count(name):
            prometheus_client.Counter(name, "shown").inc()
        def page():
            return prometheus_client.generate_latest().decode()
        """,
        """
        one.count("limit")
        print("limit_total" in one.page(), "limit_total" in other.page())
        """,
        "True True",
        "True False",
    ),
}
