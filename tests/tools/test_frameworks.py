"""Frameworks and libraries that run, load or look at the application's code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tools import answers, universe

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

FRAMEWORKS = ("fastapi", "httpx", "sqlalchemy", "alembic", "sphinx", "gevent", "sentry-sdk", "pytest")
SHARED, ISOLATED = "shared", "isolated"
both = pytest.mark.parametrize("frameworks", [SHARED, ISOLATED], indirect=True)

pytestmark = pytest.mark.slow


@pytest.fixture
def frameworks(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """Frameworks that are everybody's, or in environments of their own."""
    isolate = ("fastapi", "alembic", "sphinx", "gevent", "sentry-sdk") if request.param == ISOLATED else ()
    project = tool_project(*FRAMEWORKS, isolate=isolate, extra=universe.beside_other_lib(*isolate))
    answers.write(project)
    return project


@pytest.mark.tool(
    "FastAPI", how="`TestClient`, dependencies and lifespan; forward references in the application's modules"
)
@both
def test_fastapi(frameworks: ProjectFolder) -> None:
    frameworks.write(
        "service.py",
        """
        from __future__ import annotations

        from contextlib import asynccontextmanager
        from typing import Annotated
        from fastapi import BackgroundTasks, Depends, FastAPI
        from pydantic import BaseModel
        import answers
        import lib

        done = []

        @asynccontextmanager
        async def lifespan(app):
            done.append(lib.VERSION)
            yield

        app = FastAPI(lifespan=lifespan)

        def version():
            import lib

            return lib.VERSION

        class Item(BaseModel):
            side: float
            version: str = ""

        @app.get("/")
        def index():
            return answers.answer()

        @app.post("/items")
        async def items(item: Item, found: Annotated[str, Depends(version)], later: BackgroundTasks) -> Item:
            later.add_task(lambda: done.append(version()))
            return Item(side=lib.double(item.side), version=found)
        """,
    )
    frameworks.write(
        "test_service.py",
        """
        from fastapi.testclient import TestClient
        import service

        import answers

        def test_service():
            with TestClient(service.app) as client:
                assert client.get("/").json() == RIGHT
                assert client.post("/items", json={"side": 2}).json() == {"side": 4, "version": "1"}
            assert service.done == ["1", "1"]
        """.replace("RIGHT", repr(answers.RIGHT)),
    )
    assert "1 passed" in frameworks.mvenv("run", "pytest", "-q", "-p", "no:cacheprovider").out


@pytest.mark.tool("Alembic", how="`mvenv run alembic revision --autogenerate`, `upgrade`, `downgrade`")
@both
def test_alembic(frameworks: ProjectFolder) -> None:
    for path, text in ALEMBIC.items():
        frameworks.write(path, text)
    made = frameworks.mvenv("run", "alembic", "revision", "--autogenerate", "-m", "first")
    assert "Detected added table 'items'" in made.err, made
    (revision,) = (frameworks.root / "migrations/versions").glob("*_first.py")
    text = revision.read_text()
    assert "versions.Sided" in text, text
    text = text.replace(
        "def upgrade() -> None:",
        "def upgrade() -> None:\n    import lib\n    print('upgrading', lib.VERSION)",
    )
    revision.write_text(text)
    upgraded = frameworks.mvenv("run", "alembic", "upgrade", "head")
    assert "upgrading 1" in upgraded.out, upgraded
    assert "env 1 ['1', '1', '2']" in upgraded.out, upgraded
    assert "Running downgrade" in frameworks.mvenv("run", "alembic", "downgrade", "base").err


ALEMBIC = {
    "alembic.ini": """
        [alembic]
        script_location = migrations
        sqlalchemy.url = sqlite:///db.sqlite3
        prepend_sys_path = .

        [loggers]
        keys = root,alembic
        [handlers]
        keys = console
        [formatters]
        keys = generic
        [logger_root]
        level = INFO
        handlers = console
        [logger_alembic]
        level = INFO
        handlers =
        qualname = alembic
        [handler_console]
        class = StreamHandler
        args = (sys.stderr,)
        formatter = generic
        [formatter_generic]
        format = %(levelname)s %(message)s
        """,
    "models.py": """
        import lib
        from sqlalchemy import Column, Integer, MetaData, String, Table
        from versions import Sided

        metadata = MetaData()
        items = Table(
            "items", metadata, Column("id", Integer, primary_key=True), Column("lib", Sided(), default=lib.which)
        )
        """,
    "versions.py": """
        import lib
        from sqlalchemy.types import String, TypeDecorator

        class Sided(TypeDecorator):
            impl = String
            cache_ok = True

            def process_bind_param(self, value, dialect):
                return f"{lib.VERSION} {value}"
        """,
    "migrations/script.py.mako": """
        <%! import lib %>
        import sqlalchemy as sa
        from alembic import op
        import versions
        # written with ${lib.VERSION}
        revision = ${repr(up_revision)}
        down_revision = ${repr(down_revision)}

        def upgrade() -> None:
            ${upgrades if upgrades else "pass"}

        def downgrade() -> None:
            ${downgrades if downgrades else "pass"}
        """,
    "migrations/env.py": """
        from logging.config import fileConfig
        from alembic import context
        from sqlalchemy import create_engine
        import answers
        import lib
        import models

        fileConfig(context.config.config_file_name)
        print("env", lib.VERSION, answers.each_side())
        with create_engine(context.config.get_main_option("sqlalchemy.url")).connect() as connection:
            context.configure(connection=connection, target_metadata=models.metadata)
            with context.begin_transaction():
                context.run_migrations()
        """,
    "migrations/versions/.keep": "",
}


@pytest.mark.tool(
    "Sphinx", how="`mvenv run sphinx-build` with autodoc, viewcode, doctest and extensions of one's own"
)
@both
def test_sphinx(frameworks: ProjectFolder) -> None:
    for path, text in SPHINX.items():
        frameworks.write(path, text)
    built = frameworks.mvenv("run", "sphinx-build", "-b", "html", "-W", "docs", "docs/_build")
    assert "extension 1" in built.out, built
    page = (frameworks.root / "docs/_build/index.html").read_text()
    for shown in ("application of 1", "dep_b of 2", "configured with 1", "late 1"):
        assert shown in page
    tested = frameworks.mvenv("run", "sphinx-build", "-b", "doctest", "docs", "docs/_doctest")
    assert "0 failures in tests" in tested.out, tested
    assert "2 tests" in tested.out, tested


SPHINX = {
    "documented.py": """
        import dep_b
        import lib

        def ours():
            pass

        ours.__doc__ = f"application of {lib.VERSION}"

        def theirs():
            pass

        theirs.__doc__ = f"dep_b of {dep_b.version()}"

        class Shape(lib.Shape):
            "late 1"
        """,
    "docs/conf.py": """
        import sys
        from pathlib import Path
        import lib

        sys.path.insert(0, str(Path(__file__).parent.parent))
        sys.path.insert(0, str(Path(__file__).parent))
        project = f"configured with {lib.VERSION}"
        extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx.ext.doctest", "our_extension"]
        """,
    "docs/our_extension.py": """
        import lib

        def setup(app):
            import lib.late

            print("extension", lib.late.VERSION)
            return {"parallel_read_safe": True}
        """,
    "docs/index.rst": """
        Title
        =====

        |project|

        .. automodule:: documented
           :members:
           :undoc-members:
           :show-inheritance:

        .. doctest::

           >>> import lib, dep_b
           >>> lib.VERSION, dep_b.version()
           ('1', '2')
        """.replace("|project|\n", "Text\n"),
}


@pytest.mark.tool("gevent", how="`monkey.patch_all()` before imports; `python -m gevent.monkey app.py`")
@both
def test_gevent(frameworks: ProjectFolder) -> None:
    body = """
        import json
        import threading
        import gevent
        import dep_a, dep_b
        from gevent.pool import Pool
        import answers

        def own(_):
            gevent.sleep(0.001)
            import lib.late
            return [lib.late.VERSION, *answers.each_side()]

        found = [dep_b.call(Pool(4).map, own, range(20)), [dep_b.call(gevent.spawn, own, 0).get()]]
        assert all(one == ["1", "1", "1", "2"] for many in found for one in many), found
        print(json.dumps([answers.answer(), type(threading.current_thread()).__name__]))
        """
    patched = "        from gevent import monkey\n        monkey.patch_all()\n"
    frameworks.write("plain.py", body)
    frameworks.write("patched.py", patched + body)
    wanted = [answers.RIGHT, "_MainThread"]
    assert json.loads(frameworks.mvenv("run", "patched.py").out) == wanted
    assert json.loads(frameworks.mvenv("run", "python", "-m", "gevent.monkey", "plain.py").out) == wanted
    assert json.loads(frameworks.mvenv("run", "plain.py").out) == wanted


@pytest.mark.tool(
    "Sentry",
    distribution="sentry-sdk",
    how="`sentry_sdk.init()`: events, with sources of both versions",
    limit="an event's `modules` are the versions that sentry-sdk sees: where it is isolated, not the application's",
)
@both
def test_sentry(frameworks: ProjectFolder, request: pytest.FixtureRequest) -> None:
    frameworks.write(
        "app.py",
        """
        import json
        import logging
        import threading
        import sentry_sdk
        import answers, dep_a, dep_b, lib

        sent = []

        class Transport(sentry_sdk.transport.Transport):
            def capture_envelope(self, envelope):
                sent.extend(item.payload.json for item in envelope.items if item.type == "event")

        sentry_sdk.init(dsn="https://x@example.invalid/1", transport=Transport, traces_sample_rate=1.0)

        def fails():
            raise LookupError(f"{answers.each_side()}")

        try:
            dep_b.call(dep_a.call, fails)
        except LookupError:
            sentry_sdk.capture_exception()
        thread = threading.Thread(target=fails)
        thread.start()
        thread.join()
        logging.getLogger("app").error("logged by %s", lib.VERSION)
        sentry_sdk.flush()
        first = sent[0]["exception"]["values"][0]
        print(json.dumps({
            "events": len(sent),
            "text": [event["exception"]["values"][0]["value"] for event in sent if "exception" in event],
            "lines": [frame["context_line"].strip() for frame in first["stacktrace"]["frames"]],
            "in app": [frame["in_app"] for frame in first["stacktrace"]["frames"]],
            "module": sent[0]["modules"]["lib"],
            "answer": answers.answer(),
        }))
        """,
    )
    told = json.loads(frameworks.mvenv("run", "app.py").out)
    assert told == {
        "events": 3,
        "text": [str(answers.EACH_SIDE)] * 2,
        "lines": [
            "dep_b.call(dep_a.call, fails)",
            "return function(*arguments, **named)",
            "return function(*arguments, **named)",
            'raise LookupError(f"{answers.each_side()}")',
        ],
        "in app": [True, False, False, True],
        "module": "2" if request.node.callspec.params["frameworks"] == ISOLATED else "1",
        "answer": answers.RIGHT,
    }
