"""The entries of a list with several views, and what a change to one view did to them.

See :mod:`runtime_shim.views.shared_list`. Values in, values out: nothing here keeps anything.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Entry:
    """One place in the list."""

    __slots__ = ("unseen_by", "value", "viewer")

    def __init__(self, value: Any, viewer: object = None, unseen_by: tuple[object, ...] = ()) -> None:
        self.value = value
        self.viewer = viewer  # who alone sees it; None: everybody
        self.unseen_by = unseen_by  # but for these, who have taken it out of their views

    def is_seen_by(self, viewer: object) -> bool:
        """Whether it is in a viewer's list."""
        return self.viewer in (None, viewer) and viewer not in self.unseen_by


class _Mark(str):
    """A string that remembers which entry it is the value of."""

    __slots__ = ("entry",)
    entry: Entry


def marked(entry: Entry) -> Any:
    """Return the value of an entry, as a string that remembers the entry where it is one."""
    if type(entry.value) is not str:
        return entry.value
    mark = _Mark(entry.value)
    mark.entry = entry
    return mark


def taken_apart(item: Any) -> tuple[Entry | None, Any]:
    """Return the entry that a value stands for (None for a new one), and the plain value."""
    return (item.entry, item.entry.value) if type(item) is _Mark else (None, item)


def matched(
    seen: Sequence[Entry], after: Sequence[tuple[Entry | None, Any]]
) -> list[tuple[Entry | None, Any]]:
    """Return *after* with the entries that its values are, as far as they keep their order."""
    place = {id(entry): position for position, entry in enumerate(seen)}
    found: list[tuple[Entry | None, Any]] = []
    start = 0
    values: list[Any] = []

    def compare(end: int) -> None:
        """Compare what was and what is between two entries that have stayed."""
        old = seen[start:end]
        same = {new: old[position] for position, new in _common([entry.value for entry in old], values)}
        found.extend((same.get(position), value) for position, value in enumerate(values))
        values.clear()

    for entry, value in after:
        if entry is not None and place.get(id(entry), -1) >= start:  # not one that is there a second time
            compare(place[id(entry)])
            found.append((entry, value))
            start = place[id(entry)] + 1
        else:
            values.append(value)
    compare(len(seen))
    return found


def merged(
    entries: Sequence[Entry], seen: set[int], stayed: set[int], added: Sequence[list[Entry]]
) -> list[Entry]:
    """Return the entries with those that have stayed, those that are not seen, and the new ones in their places.

    :param seen: ids of the entries among which there was a change.
    :param stayed: ids of those of them that are still there.
    :param added: what is new in front of each of these, and behind the last.
    """
    between: list[list[Entry]] = [[]]  # the entries as they were, by the same places
    for entry in entries:
        between[-1].append(entry)
        if id(entry) in stayed:
            between.append([])
    merged: list[Entry] = []
    for place, (before, new) in enumerate(zip(between, added, strict=True)):
        replaced = next(
            (at for at, entry in enumerate(before) if id(entry) in seen and id(entry) not in stayed), None
        )
        if replaced is None:
            replaced = 0 if place + 1 < len(between) else len(before)
        both = [*before[:replaced], *new, *before[replaced:]]
        merged += [one for one in both if id(one) not in seen or id(one) in stayed]
    return merged


def _common(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the positions, in both, of the longest common subsequence.

    Where several are as long, the equal ends are taken first: what is put in is put in front (``[folder] + path``).
    """
    end = 0
    while end < min(len(old), len(new)) and old[-1 - end] == new[-1 - end]:
        end += 1
    rows, columns = len(old) - end, len(new) - end
    tail = [(rows + position, columns + position) for position in range(end)]
    lengths = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows):
        for column in range(columns):
            lengths[row + 1][column + 1] = (
                lengths[row][column] + 1
                if old[row] == new[column]
                else max(lengths[row][column + 1], lengths[row + 1][column])
            )
    found = []
    row, column = rows, columns
    while row and column:
        if old[row - 1] == new[column - 1]:
            row, column = row - 1, column - 1
            found.append((row, column))
        elif lengths[row - 1][column] >= lengths[row][column - 1]:
            row -= 1
        else:
            column -= 1
    return found[::-1] + tail
