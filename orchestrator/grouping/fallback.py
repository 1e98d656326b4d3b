"""What to return when the time is up: not the fewest groups, but groups that are verified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.grouping.group import Group, by_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.grouping.inquiry import Inquiry


def greedy_cover(count: int, sets: Iterable[frozenset[int]]) -> tuple[list[frozenset[int]], frozenset[int]]:
    """Cover the requirements with parts of satisfiable sets, the one that adds most first.

    :return: the parts, which don't overlap, and the requirements that are in no set.
    """
    remaining = frozenset(range(count))
    parts: list[frozenset[int]] = []
    while gains := [gain for each in sets if (gain := each & remaining)]:
        part = min(gains, key=lambda each: by_size(tuple(sorted(each))))
        parts.append(part)
        remaining -= part
    return parts, remaining


def verified_groups(count: int, classes: Iterable[frozenset[int]], inquiry: Inquiry) -> list[Group]:
    """Make groups out of what is known; ask about the rest, at most about two questions for a requirement.

    :param classes: a partition that respects the conflicts known.
    :raises Unsatisfiable: if a requirement turns out to be unsatisfiable alone.
    """
    parts, remaining = greedy_cover(count, inquiry.memo.satisfiable_sets)
    parts += _halve_until_satisfiable([each & remaining for each in classes], count, inquiry)
    return [group for pieces in _merge(parts, inquiry) for group in _confirm(pieces, count, inquiry)]


def _halve_until_satisfiable(
    sets: Iterable[frozenset[int]], count: int, inquiry: Inquiry
) -> Iterator[frozenset[int]]:
    """Take sets apart until every part is satisfiable."""
    waiting = [members for members in sets if members]
    while waiting:
        unknown = [members for members in waiting if inquiry.memo.infer(members) is None]
        if unknown:
            inquiry.ask(unknown)
        halves: list[frozenset[int]] = []
        for members in waiting:
            if inquiry.memo.infer(members):
                yield members
            elif len(members) == 1:
                raise inquiry.failures_alone(count)
            else:
                half = frozenset(sorted(members)[: len(members) // 2])
                halves += [half, members - half]
        waiting = halves


def _merge(parts: Iterable[frozenset[int]], inquiry: Inquiry) -> list[list[frozenset[int]]]:
    """Collect parts that seem to go together, large ones first."""
    merged: list[list[frozenset[int]]] = []
    for part in sorted(parts, key=lambda each: by_size(tuple(sorted(each)))):
        for pieces in merged:
            union = part.union(*pieces)
            if inquiry.memo.infer(union) is not False and inquiry.memo.certify(union):
                pieces.append(part)
                break
        else:
            merged.append([part])
    return merged


def _confirm(pieces: list[frozenset[int]], count: int, inquiry: Inquiry) -> Iterator[Group]:
    """Get the oracle's own verdict on the union of some pieces; where that is no, on the pieces."""
    members = frozenset[int]().union(*pieces)
    verdict = inquiry.memo.verdict(members)
    if verdict is None:
        [verdict] = inquiry.ask([members])
    if verdict.satisfiable:
        yield Group(tuple(sorted(members)), verdict)
    elif len(members) == 1:
        raise inquiry.failures_alone(count)
    else:
        for piece in pieces if len(pieces) > 1 else [frozenset({member}) for member in sorted(members)]:
            yield from _confirm([piece], count, inquiry)
