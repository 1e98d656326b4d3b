"""Files of the user's that a command changes: what they will say counts at once, and is written with its build.

``mvenv add`` builds what pyproject.toml is going to say. Written before the build, the text would have to be taken back
if that fails, and a process that is killed takes nothing back. So whoever reads such a file in this process asks here
first, and the commit of the build writes it. Standard library only.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.system.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# File -> its text on disk, None if there is none; and the text that it will have.
_changes: dict[Path, tuple[str | None, str]] = {}


@contextmanager
def pending(path: Path, before: str | None, text: str) -> Iterator[None]:
    """Let *text* count as that of the file at *path* while the block runs.

    :param before: what the file holds, None if there is none.
    """
    _changes[path] = (before, text)
    try:
        yield
    finally:
        _changes.pop(path, None)


def text_of(path: Path) -> str | None:
    """Return the text that a file is going to have, None if it stays as it is on disk."""
    change = _changes.get(path)
    return None if change is None else change[1]


def is_any() -> bool:
    """Whether a file is to be changed."""
    return bool(_changes)


@contextmanager
def written() -> Iterator[None]:
    """Write what is pending; put back what was there if the block fails.

    :raises MvenvError: somebody else has changed a file meanwhile; nothing is written then.
    """
    for path, (before, _) in _changes.items():
        if _on_disk(path) != before:
            raise MvenvError(
                f"`{path.name}` has been changed meanwhile",
                causes=(str(path),),
                hints=("say it again: nothing has changed but what somebody else has written",),
            )
    done: list[Path] = []
    try:
        for path, (_, text) in _changes.items():
            done.append(path)
            replace_text(path, text)
        yield
    except BaseException:
        for path in done:
            before = _changes[path][0]
            if before is None:
                path.unlink(missing_ok=True)
            else:
                replace_text(path, before)
        raise
    _changes.clear()


def replace_text(path: Path, text: str) -> None:
    """Replace the file itself where *path* is a link to it, and keep its permissions."""
    file = path.resolve()
    write_text(file, text, mode=file.stat().st_mode if file.exists() else None, durably=True)


def _on_disk(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""
