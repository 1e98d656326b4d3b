"""Programs that run what a person has written: whoever starts one of them, what it runs is the application's.

A notebook server starts a kernel, a debugger's adapter the program to debug, a test runner its workers. Such a child
is no worker of a library's.
"""

from __future__ import annotations

import os

from runtime_shim.model.paths import comparable

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Iterable

# Top-level import names, which are what `python -m` takes, and names of commands where these are others.
PROGRAMS = frozenset(
    {
        *(
            "ipykernel",
            "ipykernel_launcher",
            "IPython",
            "ipython",
            "ipython3",
            "marimo",
            "bpython",
            "ptpython",
        ),
        *(
            "jupyter",
            "jupyter_client",
            "jupyter_server",
            "jupyterlab",
            "notebook",
            "nbclient",
            "nbconvert",
            "papermill",
        ),
        *("debugpy", "pudb", "ipdb"),
        *("pytest", "_pytest", "py.test", "xdist", "execnet", "behave", "robot", "nose2", "nox", "locust"),
        *("coverage", "kernprof", "line_profiler", "scalene", "pyinstrument", "memray", "viztracer"),
        *("gunicorn", "uvicorn", "hypercorn", "daphne", "waitress", "granian", "flask", "django", "fastapi"),
        *("celery", "rq", "dramatiq", "huey", "arq", "streamlit", "gradio"),
        *("dask", "distributed", "dask-scheduler", "dask-worker", "dask-ssh", "pyspark"),
        *("alembic", "sphinx", "scrapy"),
    }
)

# The folders of commands in environments.
_COMMANDS = ("bin", "Scripts")


def host_of(kind: str, program: str, folders: Iterable[str]) -> str | None:
    """Return the import name of the host that a command line runs; None if it runs none.

    :param kind: ``-m``, ``-c``, or nothing for a file.
    :param folders: where distributions are installed, each ending in a separator.
    """
    if kind == "-c" or not program:
        return None
    if kind == "-m":
        name: str | None = program.partition(".")[0]
    else:
        path = os.path.abspath(program)
        name = _top(path, folders)
        if name is None and os.path.basename(os.path.dirname(path)) in _COMMANDS:
            name = os.path.basename(path).removesuffix(".exe")
    return name if name in PROGRAMS else None


def is_of_host(file: str, folders: Iterable[str]) -> bool:
    """Whether a code file is a host's.

    :param folders: where distributions are installed, each ending in a separator.
    """
    return _top(file, folders) in PROGRAMS


def _top(file: str, folders: Iterable[str]) -> str | None:
    path = comparable(file)
    below = next((file[len(folder) :] for folder in folders if path.startswith(comparable(folder))), None)
    return None if below is None else below.partition(os.sep)[0].removesuffix(".py")
