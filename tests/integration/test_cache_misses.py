"""What uv's cache does not hold must not be taken for what does not exist."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.support.http_index import served
from tests.support.wheels import Index

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.project import ProjectFolder


def test_an_offline_answer_is_not_an_old_one(project: ProjectFolder, tmp_path: Path) -> None:
    """Everything is in the cache but what `mid` 2.0 says of itself; uv alone would go back to 1.0, and not say so."""
    index = Index(tmp_path / "files")
    index.add("low", "1.0")
    index.add("low", "2.0")
    index.add("mid", "1.0")
    index.add("mid", "2.0")
    index.add("via", "1.0", requires=["mid"])
    index.add("dep-a", "1.0", requires=["low<2", "via"])
    index.add("dep-b", "1.0", requires=["low>=2", "via"])
    with served(tmp_path, index) as url:
        env = {"UV_DEFAULT_INDEX": url, "UV_CACHE_DIR": str(tmp_path / "cache"), "UV_OFFLINE": "0"}
        env |= dict.fromkeys(("UV_FIND_LINKS", "UV_NO_INDEX", "UV_INDEX_URL"), "")
        for known in (["low<2", "via", "mid<2"], ["low>=2"], ["dep-a", "dep-b"]):
            project.pyproject(known)
            (project.root / "mvenv.lock").unlink(missing_ok=True)
            project.mvenv("lock", env=env)
        project.mvenv("build", env=env)
    drawn = json.loads(project.mvenv("graph", "--format", "json").out)
    assert {"name": "mid", "version": "2.0"} in drawn["application"]["distributions"]
