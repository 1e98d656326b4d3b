"""One build of a project at a time."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.system.console import Reporter


@contextmanager
def build_lock(root: Path, reporter: Reporter) -> Iterator[None]:
    """Hold the project's build lock; if another build holds it, say which and wait.

    The lock lies outside the project (the user's temporary folder): a project without any conflict has
    nothing but its ``.venv``.
    """
    folder = Path(tempfile.gettempdir()) / f"mvenv-{os.getuid() if hasattr(os, 'getuid') else 'locks'}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:16]
    holder = folder / f"{name}.pid"
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        reporter.say(f"Waiting for {_who(holder)}, which is building this project")
        lock.acquire()
    try:
        holder.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _who(holder: Path) -> str:
    try:
        number = int(holder.read_text("utf-8"))
        os.kill(number, 0)  # only asks whether there is one; a build that was killed leaves its number behind
    except (OSError, ValueError):
        return "another process"
    return f"process {number}"
