"""Finished environments are sent to a place that other machines reach, and taken from there.

[again] Another machine, with nothing of its own. [part] An environment alone. [local] Folders of the user's stay here.
[damaged] [down] A build goes on without. [offline] [wrong] A setting that means nothing. [http] From a server.
"""

from __future__ import annotations

import dataclasses
import functools
import http.server
import shutil
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.integration.local_projects import write_local_project
from tests.integration.workshop import APP, APP_PRINTS, CONFLICT, publish_conflict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.workshop import Workshop
    from tests.support.project import ProjectFolder

REMOTE = "MVENV_REMOTE_ENVIRONMENT_CACHE"


def on_a_machine(project: ProjectFolder, name: str, url: str, **variables: str) -> ProjectFolder:
    """Return the project on another machine: its lock, and empty caches."""
    root = project.root.parent / name / "app"
    root.mkdir(parents=True)
    for file in ("pyproject.toml", "app.py", "mvenv.lock"):
        if (project.root / file).exists():
            shutil.copy(project.root / file, root)
    environment = {
        **project.environment,
        "UV_CACHE_DIR": str(root.parent / "uv"),
        "MVENV_ENVIRONMENT_CACHE": "",
        REMOTE: url,
        **variables,
    }
    return dataclasses.replace(project, root=root, environment=environment)


@pytest.fixture(scope="module")
def sent(workshop: Workshop) -> ProjectFolder:
    """A project that was built on a machine which sends what it builds; the tests leave it as it is."""
    index, project = workshop.new("sent")
    publish_conflict(index)
    project.pyproject(CONFLICT)
    project.write("app.py", APP)
    made = on_a_machine(project, "first", f"file://{project.root.parent}/remote")
    said = made.mvenv("build").err
    assert f"Sent to file://{project.root.parent}/remote: .venv, py_modules/" in said
    shutil.copy(made.root / "mvenv.lock", project.root)
    return project


@pytest.fixture
def remote(sent: ProjectFolder, tmp_path: Path) -> Path:
    """A copy of what was sent."""
    shutil.copytree(sent.root.parent / "remote", tmp_path / "remote")
    return tmp_path / "remote"


@pytest.fixture
def project(sent: ProjectFolder, tmp_path: Path) -> ProjectFolder:
    """The same project at a place of the test's."""
    root = tmp_path / "project"
    shutil.copytree(sent.root, root)
    return dataclasses.replace(sent, root=root)


def test_another_machine(project: ProjectFolder, remote: Path) -> None:
    """[again] As if it had been built there."""
    before = sorted(remote.rglob("*"))
    other = on_a_machine(project, "other", f"file://{remote}")
    assert f"Taken from file://{remote}: .venv, py_modules/" in other.mvenv("build", "--locked").err
    assert other.python("app.py").out == APP_PRINTS
    assert "nothing is wrong" in other.mvenv("doctor").out
    assert other.mvenv("build").err.startswith("Up to date")
    other.mvenv("clean")
    shutil.rmtree(remote)
    assert "Taken from the cache: " in other.mvenv("build").err, "it is here from now on"
    assert before != sorted(remote.rglob("*"))


def test_an_environment_alone(project: ProjectFolder, remote: Path) -> None:
    """[part] The application is another. Nothing is sent where that is not wanted."""
    other = on_a_machine(project, "other", f"file://{remote}")
    other.pyproject((*CONFLICT, "low>=2"))
    count = len(list((remote / "environments-1").iterdir()))
    said = other.mvenv("build", env={f"{REMOTE}_ACCESS": "read"}).err
    assert "Sent" not in said and len(list((remote / "environments-1").iterdir())) == count
    kept = (other.root.parent / "mvenv-environments/environments-1").glob("*/lib/*/site-packages/dep_b.py")
    assert next(kept).stat().st_mtime_ns % 1_000_000_000 == 0, "a time of the archive"


def test_folders_of_the_users(project: ProjectFolder, remote: Path) -> None:
    """[local]"""
    before = sorted(remote.rglob("*"))
    other = on_a_machine(project, "other", f"file://{remote}")
    write_local_project(other.root / "copied", "copied", "copied", "import low\n", requires=["low<2"])
    other.pyproject(["copied"], '[tool.uv.sources]\ncopied = { path = "copied" }\n')
    said = other.mvenv("build").err
    assert "Sent" not in said and sorted(remote.rglob("*")) == before


def test_damaged(project: ProjectFolder, remote: Path) -> None:
    """[damaged] What is wrong there is told once, made here, and sent again."""
    for file in (remote / "archives-1").iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    other = on_a_machine(project, "other", f"file://{remote}")
    said = other.mvenv("build").err
    assert said.count("warning: ") == 1 and "its archive is not the one that its note names" in said
    assert f"Sent to file://{remote}: .venv" in said
    assert other.python("app.py").out == APP_PRINTS
    third = on_a_machine(project, "third", f"file://{remote}")
    assert f"Taken from file://{remote}: .venv" in third.mvenv("build").err


def test_down(project: ProjectFolder, remote: Path) -> None:
    """[down] A file stands where the folder was."""
    shutil.rmtree(remote)
    remote.touch()
    said = on_a_machine(project, "other", f"file://{remote}").mvenv("build").err
    assert said.count("warning: ") == 1
    assert f"warning: this build goes on without the remote cache file://{remote}: " in said
    assert "Built 6 distributions" in said


def test_wrong(project: ProjectFolder, remote: Path) -> None:
    """[wrong] Before anything is done."""
    other = on_a_machine(project, "other", str(remote))
    outcome = other.mvenv("build", check=False)
    assert outcome.code == 1 and outcome.err == (
        f"error: finished environments cannot be kept at `{remote}`\n"
        f"  cause: {REMOTE}: it is no URL\n\n"
        "hint: for a folder write `file:///absolute/path`\n"
        f"hint: or unset {REMOTE}: builds need none\n"
    )
    assert not (other.root / ".venv").exists()


@pytest.fixture
def server(remote: Path) -> Iterator[str]:
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(remote))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


@pytest.mark.index
def test_http(project: ProjectFolder, server: str, tmp_path: Path) -> None:
    """[http] fsspec's needs more, which is told where it is missing."""
    other = on_a_machine(project, "other", server)
    outcome = other.mvenv("build", check=False)
    assert outcome.code == 1 and '"aiohttp"' in outcome.err
    packages = tmp_path / "packages"
    command = [
        "uv",
        "pip",
        "install",
        "-q",
        "--python",
        sys.executable,
        "--target",
        str(packages),
        "aiohttp",
        "requests",
    ]
    subprocess.run(command, check=True)
    variables = {"PYTHONPATH": str(packages)}
    assert f"Taken from {server}: .venv, py_modules/" in other.mvenv("build", env=variables).err
    assert other.python("app.py").out == APP_PRINTS
    other.mvenv("clean")
    other.mvenv("cache", "clean")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    said = other.mvenv("build", env={**variables, REMOTE: f"http://127.0.0.1:{port}/"}).err
    assert f"warning: this build goes on without the remote cache http://127.0.0.1:{port}/: " in said
    offline = {**variables, REMOTE: f"http://127.0.0.1:{port}/"}
    other.mvenv("clean")
    assert "Taken from the cache: " in other.mvenv("build", "--offline", env=offline).err
