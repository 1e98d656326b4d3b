"""Instrumentation of libraries: OpenTelemetry and ddtrace, over two versions of what they instrument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import answers

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

# The application's requests, and the other one's, which `dep-requests` requires.
REQUESTS = ("dep-requests", "requests==2.31.0")
PROGRAM = """
    import http.server
    import json
    import threading
    import answers, dep_requests, requests

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            marks = {"traceparent", "x-datadog-trace-id"} & {name.lower() for name in self.headers}
            seen.append([self.path, bool(marks)])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    seen = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    requests.get(url + "/ours")
    dep_requests.get(url + "/theirs")
    print(json.dumps([requests.__version__, dep_requests.version(), *seen]))
    print(json.dumps(answers.answer() == RIGHT))
    """
LIMIT = (
    "a library that is there in two versions is instrumented in one: the application's; calls through the other one "
    "leave no trace"
)
EXPECTED = '["2.31.0", "2.32.3", ["/ours", true], ["/theirs", false]]\ntrue\n'


def traced(project: ProjectFolder, *command: str, env: dict[str, str] | None = None) -> str:
    """Run the program under a command, and return what the program has printed."""
    answers.write(project)
    project.write("program.py", PROGRAM.replace("RIGHT", repr(answers.RIGHT)))
    said = project.mvenv("run", *command, "python", "program.py", env=env)
    return "".join(
        line for line in said.out.splitlines(keepends=True) if line.startswith(('["2', "true", "false"))
    )


@pytest.mark.tool(
    "OpenTelemetry",
    distribution="opentelemetry-distro",
    how="`mvenv run opentelemetry-instrument python app.py`",
    limit=LIMIT,
)
def test_opentelemetry(tool_project: ToolProject) -> None:
    project = tool_project("opentelemetry-distro", "opentelemetry-instrumentation-requests", *REQUESTS)
    exporters = ("--traces_exporter=none", "--metrics_exporter=none", "--logs_exporter=none")
    assert traced(project, "opentelemetry-instrument", *exporters) == EXPECTED


@pytest.mark.tool("ddtrace", how="`mvenv run ddtrace-run python app.py`", limit=LIMIT)
def test_ddtrace(tool_project: ToolProject) -> None:
    project = tool_project("ddtrace", *REQUESTS)
    variables = {"DD_TRACE_STARTUP_LOGS": "0", "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "0"}
    assert traced(project, "ddtrace-run", env=variables) == EXPECTED
