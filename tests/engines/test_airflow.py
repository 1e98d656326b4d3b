"""Airflow's LocalExecutor: its workers run tasks that use other versions than Airflow itself.

Airflow 3.3 needs pydantic 2 and SQLAlchemy 2; the application is written for pydantic 1 and SQLAlchemy 1.4.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.interpreters import found_interpreters
from tests.tools.serving import free_port, serving, started

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.project import ProjectFolder
    from tests.tools.conftest import ToolProject

pytestmark = pytest.mark.slow

# On 3.11 Airflow looks for its providers with the backport of importlib.metadata.
PYTHONS = [one for one in found_interpreters() if one.release >= (3, 12)][:1]

PROGRAMS = {
    "orders.py": """
        import pydantic
        import sqlalchemy
        from sqlalchemy.orm import declarative_base

        class Order(pydantic.BaseModel):
            number: int

        class Row(declarative_base()):
            __tablename__ = "orders"
            number = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)

        def versions():
            import pydantic as again
            return [pydantic.VERSION[0], again.VERSION[0], sqlalchemy.__version__[:3]]

        def stored(number):
            engine = sqlalchemy.create_engine("sqlite://")
            Row.metadata.create_all(engine)
            with sqlalchemy.orm.Session(engine) as session:
                session.add(Row(number=Order(number=str(number)).dict()["number"]))
                return session.query(Row).one().number
        """,
    "job.py": """
        import datetime
        import json
        import os
        import pathlib
        import pydantic
        from airflow.providers.standard.operators.bash import BashOperator
        from airflow.providers.standard.operators.python import PythonOperator
        from airflow.sdk import dag, task
        from airflow.sdk.api.datamodels._generated import TaskInstance
        import orders

        FOUND = pathlib.Path(os.environ["FOUND"])

        def failed(context):
            error = context["exception"]
            told = [isinstance(error, pydantic.ValidationError), error.errors()[0]["type"]]
            FOUND.with_name("failed.json").write_text(json.dumps(told))

        @dag(schedule="@once", start_date=datetime.datetime(2026, 1, 1))
        def job():
            @task
            def look():
                import sqlalchemy
                return [pydantic.VERSION[0], sqlalchemy.__version__[:3], orders.versions()]

            @task
            def models():
                return [hasattr(each, "model_validate") for each in (orders.Order, TaskInstance)]

            @task
            def process():
                return os.getppid()

            @task(on_failure_callback=failed)
            def fails():
                orders.Order(number="none")

            @task
            def store(number):
                return orders.stored(number)

            @task(trigger_rule="all_done")
            def write(look, models, again, shell, process):
                found = {"look": look, "models": models, "again": again, "shell": shell, "process": process}
                FOUND.write_text(json.dumps(found))

            stored = PythonOperator(task_id="stored", python_callable=orders.stored, op_args=[3])
            shell = BashOperator(task_id="shell", bash_command="python -c 'import orders; print(*orders.versions())'")
            fails() >> write(look(), models(), store(stored.output), shell.output, process())

        job()
        """,
}
RIGHT = {
    "look": ["1", "1.4", ["1", "1", "1.4"]],
    "models": [False, True],
    "again": 3,
    "shell": "1 1 1.4",
    "failed": [True, "type_error.integer"],
}


@pytest.fixture
def project(tool_project: ToolProject, interpreter: Interpreter) -> ProjectFolder:
    project = tool_project(
        *("apache-airflow>=3.3,<4", "pydantic<2", "sqlalchemy<2"),
        isolate=("importlib-metadata",),
    )
    for path, text in PROGRAMS.items():
        project.write(f"dags/{path}", text)
    return project


@pytest.mark.engine(
    "Airflow",
    distribution="apache-airflow",
    travels="tasks of DAGs by file and name, each sees what the application sees; results through XCom as JSON, errors",
    how="LocalExecutor on SQLite: `airflow db migrate`, then `airflow api-server`, `airflow dag-processor` and "
    "`airflow scheduler`, each under `mvenv run`",
    limit='with `isolate = ["importlib-metadata"]`, from Python 3.12 on: where that is shared it takes the finder of '
    "importlib.metadata away, and on 3.11 Airflow asks it for its providers and finds none",
)
@pytest.mark.parametrize("interpreter", PYTHONS, ids=lambda one: one.name)
def test_airflow(project: ProjectFolder, interpreter: Interpreter) -> None:
    found, port = project.root / "found.json", free_port()
    env = {
        "AIRFLOW_HOME": str(project.root / "airflow"),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API_AUTH__JWT_SECRET": "of this test",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "false",
        "AIRFLOW__CORE__DAGS_FOLDER": str(project.root / "dags"),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "false",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "FOUND": str(found),
        "PYTHONPATH": str(project.root / "dags"),
    }
    project.mvenv("run", "airflow", "db", "migrate", env=env, timeout=300)
    with (
        serving(project, port, "airflow", "api-server", env=env),
        started(project, "airflow", "dag-processor", env=env, log="processor.log"),
        started(
            project, "airflow", "scheduler", "--skip-serve-logs", env=env, log="scheduler.log"
        ) as scheduler,
    ):
        scheduler.wait_for(lambda: "Received executor event" in scheduler.log())
        scheduler.wait_for(found.exists)
    told = {"failed": json.loads(found.with_name("failed.json").read_text()), **json.loads(found.read_text())}
    assert told.pop("process") != scheduler.process.pid
    assert told == RIGHT
