"""Which command lines run a host of a person's code."""

from __future__ import annotations

import pytest

from runtime_shim.model.hosts import host_of, is_of_host

FOLDERS = ("/project/py_modules/a/site/", "/project/.venv/site/")


@pytest.mark.parametrize(
    ("kind", "program", "host"),
    [
        ("-m", "pytest", "pytest"),
        ("-m", "ipykernel_launcher", "ipykernel_launcher"),
        ("-m", "debugpy.adapter", "debugpy"),
        ("-m", "distributed.cli.dask_worker", "distributed"),
        ("-m", "lib", None),
        ("-c", "pytest", None),
        ("", "", None),
        ("", "/project/py_modules/a/site/debugpy", "debugpy"),
        ("", "/project/.venv/site/ipykernel_launcher.py", "ipykernel_launcher"),
        ("", "/project/.venv/site/debugpy/_vendored/pydevd/pydevd.py", "debugpy"),
        ("", "/project/.venv/site/lib/pytest.py", None),
        ("", "/project/.venv/bin/coverage", "coverage"),
        ("", "/project/coverage", None),
        ("", "/project/pytest.py", None),
    ],
)
def test_hosts(kind: str, program: str, host: str | None) -> None:
    assert host_of(kind, program, FOLDERS) == host


def test_whose_file() -> None:
    assert is_of_host("/project/.venv/site/_pytest/python.py", FOLDERS)
    assert is_of_host("/project/.venv/site/pyspark/python/lib/pyspark.zip/pyspark/worker.py", FOLDERS)
    assert not is_of_host("/project/.venv/site/lib/_pytest/python.py", FOLDERS)
    assert not is_of_host("/elsewhere/_pytest/python.py", FOLDERS)
