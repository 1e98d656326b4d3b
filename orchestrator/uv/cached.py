"""Asking uv's cache alone, and telling whether what it says is what the index would say.

Offline, uv takes what it knows nothing of for something that does not exist. It then answers with an older release
as if all was well, or finds no solution; and its explanation need not tell: where the page of ``b`` is missing, and
``a`` wants ``b[extra]==1.0``, it says ``there is no version of b[extra]==1.0``, and not a word of the network. Only
its log tells of everything that was missing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.uv import derivation, failure, misses
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from orchestrator.uv.derivation import Derivation
    from orchestrator.uv.run import UvAnswer


def complete_answer(arguments: Sequence[str], *, cwd: Path) -> UvAnswer | None:
    """Run ``uv ARGUMENTS --offline`` for something that is known to exist.

    None if the cache did not hold all that uv looked for, or if uv says that there is no such thing: a page in the
    cache may be older than what is asked for.
    """
    answer = _ask(arguments, cwd)
    return answer if answer.code == 0 and not misses.missed_the_cache(answer.log) else None


def resolution(
    arguments: Sequence[str],
    *,
    cwd: Path,
    is_proof: Callable[[Derivation], bool],
    loggers: Sequence[str] = (),
) -> UvAnswer | None:
    """Run ``uv ARGUMENTS --offline``, a ``pip compile``; None if the index has to be asked.

    A "no" counts if nothing was missing from the cache. It counts, too, if what uv states of releases whose metadata
    it has is enough to exclude the requirements: what else there may be cannot change that. Most of the conflicts that
    are found while the cache fills are of that kind, and each one asked about again costs seconds.

    :param is_proof: whether what uv says of releases that it knows excludes what was asked for.
    :param loggers: that shall speak besides.
    """
    answer = _ask(arguments, cwd, loggers)
    missed = misses.missed_the_cache(answer.log)
    fell_through = misses.fell_through(answer.log)
    if answer.code == 0:
        return None if missed else answer
    if failure.kind(answer.stderr) is not failure.Kind.UNSATISFIABLE:
        return None
    if not missed or (not fell_through and is_proof(derivation.read(answer.stderr))):
        return answer
    return None


def all_there_is(arguments: Sequence[str], *, cwd: Path, loggers: Sequence[str] = ()) -> UvAnswer:
    """Run ``uv ARGUMENTS --offline`` where the index is not to be asked; a "no" names what the cache does not hold."""
    answer = _ask(arguments, cwd, loggers)
    return (
        answer if answer.code == 0 else replace(answer, stderr=misses.with_misses(answer.stderr, answer.log))
    )


def _ask(arguments: Sequence[str], cwd: Path, loggers: Sequence[str] = ()) -> UvAnswer:
    return run([*arguments, "--offline"], cwd=cwd, loggers=(*misses.TELLING_OF_MISSES, *loggers))
