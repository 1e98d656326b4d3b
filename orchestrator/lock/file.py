"""Reading and replacing the file itself."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.lock import FILE
from orchestrator.lock.error import LockError
from orchestrator.system.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.lock.model import Lock


def read(root: Path) -> Lock | None:
    """Return the lock of the project at *root*, None if it has none.

    :raises LockError: it cannot be read.
    """
    path = root / FILE
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise LockError(
            f"`{FILE}` is not UTF-8 text",
            causes=(f"{path}: byte {error.start}",),
            hints=(f"restore `{FILE}`",),
        ) from None
    except OSError as error:
        raise LockError(f"`{FILE}` cannot be read", causes=(f"{path}: {error.strerror}",)) from None
    from orchestrator.lock.text import from_text  # pydantic, tomlkit

    return from_text(text, root, FILE)


@contextmanager
def replaced(root: Path, text: str | None) -> Iterator[None]:
    """Let *text* be the lock's from now on; put back what was there if the block fails.

    A process that is killed in the block leaves a lock that is newer than the environments. That is harmless: the
    next build sees it and makes what it says.

    :param text: None changes nothing.
    """
    if text is None:
        yield
        return
    path = root / FILE
    before = path.read_bytes() if path.exists() else None
    write_text(path, text, durably=True)
    try:
        yield
    except BaseException:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            write_text(path, before.decode("utf-8"))
        raise
