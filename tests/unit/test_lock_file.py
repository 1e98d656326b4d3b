from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.lock import FILE, file
from orchestrator.lock.error import LockError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("before", ["before\r\n", None])
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_commit_that_fails_leaves_the_lock_as_it_was(
    before: str | None, error: type[BaseException], tmp_path: Path
) -> None:
    path = tmp_path / FILE
    if before is not None:
        path.write_bytes(before.encode())
    with pytest.raises(error), file.replaced(tmp_path, "after\n"):
        assert path.read_text() == "after\n"
        raise error
    assert [each.name for each in tmp_path.iterdir()] == ([] if before is None else [FILE])
    if before is not None:
        assert path.read_bytes() == before.encode()


def test_a_commit_that_succeeds(tmp_path: Path) -> None:
    with file.replaced(tmp_path, None):
        pass
    assert not (tmp_path / FILE).exists()
    with file.replaced(tmp_path, "after\n"):
        pass
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [(FILE, "after\n")]


def test_reading(tmp_path: Path) -> None:
    assert file.read(tmp_path) is None
    (tmp_path / FILE).write_bytes(b"\xff")
    with pytest.raises(LockError, match="is not UTF-8"):
        file.read(tmp_path)
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    with pytest.raises(LockError, match="cannot be read"):
        file.read(tmp_path)
