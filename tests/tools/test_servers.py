"""HTTP servers: what they run is the application's code, wherever they are installed themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tools import answers, universe
from tests.tools.serving import free_port, serving

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

SERVERS = ("gunicorn==23.0.0", "uvicorn", "hypercorn", "flask", "watchfiles", "a2wsgi")
ISOLATED = tuple(name.partition("==")[0] for name in SERVERS[:4])
# What each server needs, and the application has in another version.
OTHER_VERSIONS = ("click==8.1.7", "packaging==24.0", "h11==0.14.0")
NEEDS_OTHERS = """
    [tool.mvenv.constraints]
    gunicorn = ["packaging>=25"]
    uvicorn = ["click>=8.2"]
    hypercorn = ["h11>=0.16"]
    flask = ["click>=8.2"]
    """


@pytest.fixture(params=["shared", "isolated", "of other versions"])
def servers(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """Servers for everybody, in environments of their own, or in need of other versions than the application's."""
    if request.param == "shared":
        project = tool_project(*SERVERS)
    elif request.param == "isolated":
        project = tool_project(*SERVERS, isolate=ISOLATED, extra=universe.beside_other_lib(*ISOLATED))
    else:
        project = tool_project(*SERVERS, *OTHER_VERSIONS, extra=NEEDS_OTHERS)
    answers.write(project)
    project.write(
        "application.py",
        """
        import json

        import answers


        def of_path(path):
            name, _, argument = path.strip("/").partition("/")
            return json.dumps(answers.pooled(argument) if name == "pooled" else answers.answer()).encode()


        def wsgi(environ, start_response):
            body = of_path(environ["PATH_INFO"])
            start_response("200 OK", [("Content-Type", "application/json")])
            return [body]


        async def asgi(scope, receive, send):
            if scope["type"] == "lifespan":
                return
            body = of_path(scope["path"])
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})


        def make():
            return wsgi
        """,
    )
    project.write(
        "gunicorn.conf.py",
        """
        import lib

        forwarder_headers = "SCRIPT_NAME"


        def post_worker_init(worker):
            import answers

            worker.log.info("configured with %s %s", lib.VERSION, answers.each_side())
        """,
    )
    project.write(
        "flask_application.py",
        """
        import click
        import flask
        import answers

        app = flask.Flask(__name__)


        @app.route("/")
        def index():
            return answers.answer()


        @app.route("/pooled/<method>")
        def pooled(method):
            return answers.pooled(method)


        @app.cli.command("sides")
        def sides():
            click.echo(answers.each_side())
        """,
    )
    return project


@pytest.mark.tool(
    "gunicorn", how="`mvenv run gunicorn app:app`, `--preload`, `--reload`, threads, several workers"
)
@pytest.mark.parametrize(
    "options", ["--preload", "--workers=2 --threads=2", "--worker-class=gthread --reload"]
)
def test_gunicorn(servers: ProjectFolder, options: str) -> None:
    port = free_port()
    command = ("gunicorn", *options.split(), f"--bind=127.0.0.1:{port}", "application:make()")
    with serving(servers, port, *command) as server:
        answers.all_right(server)
        assert f"configured with 1 {answers.EACH_SIDE}" in server.log()
        if "--reload" in options:
            answers.reloads(servers, server)


@pytest.mark.tool("uvicorn", how="`mvenv run uvicorn app:app`, `--reload`, `--workers 2`")
@pytest.mark.parametrize("options", ["", "--workers=2", "--reload"])
def test_uvicorn(servers: ProjectFolder, options: str) -> None:
    port = free_port()
    with serving(servers, port, "uvicorn", *options.split(), f"--port={port}", "application:asgi") as server:
        answers.all_right(server)
        if "--reload" in options:
            answers.reloads(servers, server)


@pytest.mark.tool(
    "hypercorn",
    how="`mvenv run hypercorn app:app`, `--reload`, `--workers 2`",
    limit="its workers are daemonic, with mvenv and without: no pools of `multiprocessing` but with `--workers 0`",
)
@pytest.mark.parametrize("options", ["--workers=0", "--workers=2", "--reload"])
def test_hypercorn(servers: ProjectFolder, options: str) -> None:
    port = free_port()
    command = ("hypercorn", *options.split(), f"--bind=127.0.0.1:{port}", "application:asgi")
    with serving(servers, port, *command) as server:
        answers.all_right(server, pools=options == "--workers=0")
        if "--reload" in options:
            answers.reloads(servers, server)


@pytest.mark.tool(
    "Flask", how="`mvenv run flask --app app run`, `--debug`, `flask shell`, commands of the application"
)
@pytest.mark.parametrize("options", ["", "--debug"])
def test_flask(servers: ProjectFolder, options: str) -> None:
    port = free_port()
    command = ("flask", "--app=flask_application", *options.split(), "run", f"--port={port}")
    with serving(servers, port, *command) as server:
        answers.all_right(server)
        if options == "--debug":
            answers.reloads(servers, server)


@pytest.mark.tool("Flask")
def test_flask_commands(servers: ProjectFolder) -> None:
    """A command of the application, and lines typed into a shell, have the application's view."""
    flask = ("run", "flask", "--app=flask_application")
    assert servers.mvenv(*flask, "sides").out == f"{answers.EACH_SIDE}\n"
    lines = (
        "import lib, dep_b, importlib\nprint('typed', lib.VERSION, importlib.import_module('lib').VERSION)\n"
    )
    shell = servers.mvenv(*flask, "shell", stdin=lines)
    assert "typed 1 1" in shell.out, shell
