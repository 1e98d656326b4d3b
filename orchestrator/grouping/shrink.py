"""From a refuted set of requirements to a minimal one."""

from __future__ import annotations

from collections.abc import Generator

from orchestrator.grouping.oracle import Verdict

Shrinking = Generator[frozenset[int], Verdict, frozenset[int]]
"""Yields sets to ask about, is sent the verdicts, returns the core."""

_FEW = 4


def shrink(members: frozenset[int], verdict: Verdict) -> Shrinking:
    """Find a minimal unsatisfiable subset of `members`, which `verdict` refuted.

    The suspects of the latest refutation are tried first. Where they don't help, the requirement that
    completes the conflict is found by halving, then the one before it, and so on: about
    ``len(core) * log2(len(members))`` questions. Once found necessary, it stays so in every smaller set.

    The core was itself refuted, and without any one member it is satisfiable, with one exception: a *pair*
    that was suspected and confirmed is returned without asking for its two members. Every requirement is in
    one of the final groups, which are satisfiable, so the proof comes by itself (or the search finds the
    requirement that is unsatisfiable alone, and ends).
    """
    core, suspects = members, verdict.suspects
    necessary: frozenset[int] = frozenset()
    # necessary | pool[:enough] is refuted, necessary | pool[:short] is satisfiable (unknown if short is -1).
    pool, short, enough = sorted(core), 0, len(core)
    confirmed: frozenset[int] = frozenset()
    while core != necessary:
        hint = suspects & core
        suspects = frozenset()
        if hint == core:
            confirmed = core
        if hint and hint < core and necessary <= hint:
            verdict = yield hint
            if not verdict.satisfiable:
                core, suspects, confirmed = hint, verdict.suspects, hint
                if short > 0:
                    short = sum(member in hint for member in pool[:short])
                pool = [member for member in pool if member in hint]
                enough = len(pool)
                # An oracle that is not monotone could have called this very set satisfiable.
                short = min(short, enough - 1)
            continue
        if core == confirmed and len(core) == 2:
            break
        if enough - short > 1:
            if core == confirmed and enough <= _FEW:
                # A small set that was suspected as a whole is probably minimal: leave out one at a time.
                middle = enough - 1
            elif short < 0 and len(necessary) > 1:
                # Most conflicts are between two.
                middle = 0
            else:
                middle = (short + enough) // 2
            question = necessary.union(pool[:middle])
            verdict = yield question
            if verdict.satisfiable:
                short = middle
            else:
                core, suspects, enough = question, verdict.suspects, middle
        else:
            necessary |= {pool[enough - 1]}
            pool = pool[: enough - 1]
            short, enough = -1, len(pool)
    return core
