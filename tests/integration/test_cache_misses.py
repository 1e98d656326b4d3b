"""What uv's cache does not hold must not be taken for what does not exist."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

from orchestrator.uv import run as uv
from tests.support.http_index import served, write_pages
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def publish(index: Index) -> None:
    """`dep-a` and `dep-b` exclude each other at once, and both lead to `mid`."""
    for version in ("1.0", "2.0"):
        index.add("low", version)
        index.add("mid", version)
    index.add("via", "1.0", requires=["mid"])
    index.add("dep-a", "1.0", requires=["low<2", "via"])
    index.add("dep-b", "1.0", requires=["low>=2", "via"])


def asking(url: str, cache: Path) -> dict[str, str]:
    """Return the variables with which uv asks that index, and no other."""
    nothing = dict.fromkeys(("UV_FIND_LINKS", "UV_NO_INDEX", "UV_INDEX_URL"), "")
    return {**nothing, "UV_DEFAULT_INDEX": url, "UV_CACHE_DIR": str(cache), "UV_OFFLINE": "0"}


def forget(name: str, env: dict[str, str]) -> None:
    """Take out of uv's cache all that is known of a distribution."""
    subprocess.run([uv.binary(), "cache", "clean", "--quiet", name], env={**os.environ, **env}, check=True)


def shared(project: ProjectFolder) -> list[str]:
    drawn = json.loads(project.mvenv("graph", "--format", "json").out)
    return [f"{entry['name']} {entry['version']}" for entry in drawn["application"]["distributions"]]


def test_an_offline_answer_is_not_an_old_one(project: ProjectFolder, tmp_path: Path) -> None:
    """Everything is in the cache but what `mid` 2.0 says of itself; uv alone would go back to 1.0, and not say so."""
    index = Index(tmp_path / "files")
    publish(index)
    with served(tmp_path, index) as url:
        env = asking(url, tmp_path / "cache")
        for known in (["low<2", "via", "mid<2"], ["low>=2"], ["dep-a", "dep-b"]):
            project.pyproject(known)
            (project.root / "mvenv.lock").unlink(missing_ok=True)
            project.mvenv("lock", env=env)
        project.mvenv("build", env=env)
    assert shared(project) == ["mid 2.0", "via 1.0"]


def test_an_upgrade_looks_everything_up(project: ProjectFolder, tmp_path: Path) -> None:
    """The first question ends where `dep-a` and `dep-b` exclude each other; `mid` is not looked up by it."""
    index = Index(tmp_path / "files")
    publish(index)
    with served(tmp_path, index) as url:
        env = asking(url, tmp_path / "cache")
        project.pyproject(["dep-a", "dep-b"])
        project.mvenv("build", env=env)
        index.add("mid", "3.0")
        write_pages(tmp_path, index)
        project.mvenv("build", env=env)
        assert shared(project) == ["mid 2.0", "via 1.0"]
        project.mvenv("build", "--upgrade", env=env)
        assert shared(project) == ["mid 3.0", "via 1.0"]


def test_an_offline_no_is_not_a_no(project: ProjectFolder, tmp_path: Path) -> None:
    """Of a missing page that an extra leads to, uv says that there is no such version, and no word of the cache.

    The first question ends where `dep-b` and `extended` exclude each other, and does not bring that page back.
    """
    index = Index(tmp_path / "files")
    publish(index)
    index.add("needed", "1.0", extras={"more": ["mid"]})
    index.add("leads", "1.0", requires=["needed[more]==1.0"])
    index.add("extended", "1.0", requires=["low<2", "leads"])
    with served(tmp_path, index) as url:
        env = asking(url, tmp_path / "cache")
        project.pyproject(["dep-b", "extended"])
        project.mvenv("lock", env=env)
        forget("needed", env)
        (project.root / "mvenv.lock").unlink()
        drawn = json.loads(project.mvenv("lock", "--json", env=env).out)
    assert [group["requirements"] for group in drawn["groups"]] == [["dep-b"], ["extended"]]
