"""The folders that a build makes: if it fails, these are removed, and nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.system.files import remove
from orchestrator.system.interruption import held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Of the build at work; environments are made in several threads.
_made: set[Path] = set()


@contextmanager
def removed_if_it_fails() -> Iterator[None]:
    """Remove what is made in the block if that fails before :func:`keep`."""
    _made.clear()
    try:
        yield
    except BaseException:
        with held():
            for folder in sorted(_made, reverse=True):
                remove(folder)
        raise
    finally:
        _made.clear()


def begin(folder: Path) -> None:
    """Note that *folder* is about to be made; what a build that was killed has left there is removed."""
    _made.add(folder)
    remove(folder)


def keep() -> None:
    """Keep all that was made: it is in use from now on."""
    _made.clear()
