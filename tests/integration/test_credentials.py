"""Passwords in URLs: uv gets them, nobody else does."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.support.http_index import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.process import Outcome
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

Way = Callable[[str, str], tuple[list[str], str]]
"""`host:port` and `user:password@` → the project's requirements, and further tables of pyproject.toml."""
USER, PASSWORD = "joe", "s3cret-word"
SHOWING = (
    *(["graph", "--format", "json"], ["tree", "--json"], ["list", "--json"], ["why", "secret"], ["export"]),
)


@pytest.fixture
def host(tmp_path: Path, index: Index) -> Iterator[str]:
    """A server that asks for a password, with one wheel that no index has; `host:port`."""
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("use-low", "1.0", requires=["low<2", "secret"])
    index.add("secret", "1.0")
    hidden = type(index)(tmp_path / "hidden")
    hidden.folder.mkdir()
    shutil.move(index.folder / "secret-1.0-py3-none-any.whl", hidden.folder)
    with served(tmp_path, hidden, f"{USER}:{PASSWORD}") as url:
        yield url.partition("://")[2].partition("/")[0]


def by_requirement(host: str, user: str) -> tuple[list[str], str]:
    return [f"secret @ http://{user}{host}/hidden/secret-1.0-py3-none-any.whl"], ""


def by_source(host: str, user: str) -> tuple[list[str], str]:
    url = f"http://{user}{host}/hidden/secret-1.0-py3-none-any.whl"
    return ["secret"], f'[tool.uv.sources]\nsecret = {{ url = "{url}" }}'


def by_index(host: str, user: str) -> tuple[list[str], str]:
    url = f"http://{user}{host}/simple"
    named = f'[[tool.uv.index]]\nname = "private"\nurl = "{url}"\nexplicit = true'
    return ["secret"], f'[tool.uv.sources]\nsecret = {{ index = "private" }}\n{named}'


def assert_kept(project: ProjectFolder, said: list[Outcome]) -> None:
    """Assert that the password is where the person has written it, and nowhere else."""
    for outcome in said:
        assert PASSWORD not in outcome.out + outcome.err, outcome
    for path in project.root.rglob("*"):
        if path.is_file() and path.name != "pyproject.toml":
            assert PASSWORD.encode() not in path.read_bytes(), path


WAYS = [
    by_source,
    pytest.param(by_requirement, marks=pytest.mark.slow),
    pytest.param(by_index, marks=pytest.mark.slow),
]


@pytest.mark.parametrize("way", WAYS)
def test_in_the_project(way: Way, project: ProjectFolder, host: str, tmp_path: Path) -> None:
    """Built, built again from the lock where uv has cached nothing, and shown in every way."""
    requirements, tables = way(host, f"{USER}:{PASSWORD}@")
    project.pyproject([*requirements, "use-low", "low>=2"], tables)
    said = [project.mvenv("build")]
    project.python("-c", "import secret, use_low")
    lock = (project.root / "mvenv.lock").read_text("utf-8")
    for folder in (".venv", "py_modules"):
        shutil.rmtree(project.root / folder)
    said.append(project.mvenv("build", "--locked", env={"UV_CACHE_DIR": str(tmp_path / "another-cache")}))
    assert (project.root / "mvenv.lock").read_text("utf-8") == lock
    said += [project.mvenv(*command) for command in SHOWING]
    assert_kept(project, said)


@pytest.mark.parametrize("way", WAYS)
def test_where_uv_keeps_them(way: Way, project: ProjectFolder, host: str, tmp_path: Path) -> None:
    """In a netrc."""
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine {host.partition(':')[0]}\nlogin {USER}\npassword {PASSWORD}\n", "utf-8")
    requirements, tables = way(host, "")
    project.pyproject(requirements, tables)
    cold = {"UV_CACHE_DIR": str(tmp_path / "another-cache")}
    refused = project.mvenv("build", env=cold, check=False)
    assert refused.code == 1
    assert "401" in refused.err
    said = project.mvenv("build", env={**cold, "NETRC": str(netrc)})
    assert_kept(project, [refused, said])


def test_errors(project: ProjectFolder, host: str) -> None:
    """What is refused is quoted without them."""
    (requirement,), _ = by_requirement(host, f"{USER}:{PASSWORD}@")
    said = []
    for wrong in (
        requirement.replace("secret-1.0", "other-1.0"),
        requirement + " nonsense",
        requirement.replace(host, "host.invalid"),
    ):
        project.pyproject([wrong])
        said.append(project.mvenv("build", check=False))
        assert said[-1].code == 1
        said.append(project.mvenv("remove", "nothing", check=False))
        said.append(project.mvenv("add", wrong, check=False))
    assert_kept(project, said)
