"""One list with a view for each of several: entries that everybody sees, and entries that one viewer alone sees.

The views cannot get out of step, because there is one sequence of entries and a view is a part of it. A change that a
viewer makes is made on its view as on any list. What that did to the entries is then known exactly: the view is
changed with *marks* in place of its strings, which say where each came from, so an equal entry is never taken for
another. Only where a whole list of new strings is given (``path[:] = …``, an assignment) are the old and the new
compared, by their longest common subsequence.

What the viewer does not see stays where it is between what stays. New entries stand where those they replace stood, or
right behind the entry that they follow; at the end they are behind everything. Reversing and sorting is done to what is
not seen, too: it is what each viewer's own list would look like afterwards. This is `list` as CPython has it, and
nothing here touches the interpreter.
"""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any


class Entry:
    """One place in the list."""

    __slots__ = ("unseen_by", "value", "viewer")

    def __init__(self, value: Any, viewer: object = None) -> None:
        self.value = value
        self.viewer = viewer  # who alone sees it; None: everybody
        self.unseen_by: tuple[object, ...] = ()  # but for these, who have taken it out of their views

    def is_seen_by(self, viewer: object) -> bool:
        """Whether it is in a viewer's list."""
        return self.viewer in (None, viewer) and viewer not in self.unseen_by


class _Mark(str):
    """A string that remembers which entry it is the value of."""

    __slots__ = ("entry",)
    entry: Entry


class SharedList:
    """The entries, the storage that shows what all see, and a live list for each viewer who has asked for one.

    :param storage: a list (its class may have methods of its own) that holds what everybody sees. C code may change it
        without a word; so it is looked at before each use.
    :param anchor: the value that the entries :meth:`add_viewer` is given stand before, and go with.
    :param apart: what a viewer takes out is gone for that viewer alone.
    :param like: another one whose contents and viewers this one begins with, whatever the storage holds.
    """

    def __init__(
        self, storage: list[Any], anchor: Any, *, apart: bool = False, like: SharedList | None = None
    ) -> None:
        self.storage = storage
        self._anchor = anchor
        self._apart = apart
        self._public = list(list.__iter__(storage))  # the storage's contents when it was last in step
        self._entries = [Entry(value) for value in self._public]
        self._views: dict[object, list[Any]] = {}
        self._attached: dict[object, tuple[Any, ...]] = {}  # viewer → what goes with the anchor
        if like is not None:
            like.follow()
            self._entries = list(like._entries)  # noqa: SLF001 - of this class
            self._views = {viewer: [] for viewer in like._views}  # noqa: SLF001 - as above
            self._attached = dict(like._attached)  # noqa: SLF001 - as above
            self._publish()

    def view(self, viewer: object) -> list[Any]:
        """Return the live list of a viewer; whoever has not been added sees what everybody sees."""
        self.follow()
        return self._views.get(viewer, self._public)

    def has(self, viewer: object) -> bool:
        """Whether a viewer has been added."""
        return viewer in self._views

    def add_viewer(self, viewer: object, values: Iterable[Any]) -> None:
        """Let *viewer* see these before the anchor, or at the end where there is none."""
        self.follow()
        position = self._position_of_anchor()
        self._attached[viewer] = tuple(values)
        self._entries[position:position] = [Entry(value, viewer) for value in self._attached[viewer]]
        self._views[viewer] = []
        self._publish()

    def follow(self) -> None:
        """Take over what has been done to the storage itself."""
        if list.__ne__(self.storage, self._public):
            self.replace(None, list(list.__iter__(self.storage)), bool)

    def replace(self, viewer: object, values: Sequence[Any], is_private: Callable[[Any], bool]) -> None:
        """Make *values* what *viewer* sees (None: somebody who sees what all see).

        :param is_private: whether an entry that is new is for this viewer alone.
        """
        self._carry_over(viewer, [(None, value) for value in values], is_private)

    def change(
        self,
        viewer: object,
        name: str,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        is_private: Callable[[Any], bool],
    ) -> Any:
        """Call a method of `list` on what *viewer* sees, and return what it returns.

        :raises: what the method raises; then nothing has changed.
        """
        self.follow()
        if name == "sort":
            return self._sort(viewer, *arguments, **keywords)
        seen = [_marked(entry) for entry in self._entries if entry.is_seen_by(viewer)]
        result = getattr(list, name)(seen, *arguments, **keywords)
        if name == "reverse":
            self._entries.reverse()
            self._publish()
        else:
            self._carry_over(viewer, [_taken_apart(item) for item in seen], is_private)
        return _taken_apart(result)[1]

    def _sort(
        self, viewer: object, *, key: Callable[[Any], Any] | None = None, reverse: bool = False
    ) -> None:
        keys: dict[int, Any] = {}

        def key_of(entry: Entry) -> Any:
            if key is None:
                return entry.value
            if id(entry) not in keys:
                keys[id(entry)] = key(entry.value)
            return keys[id(entry)]

        seen = [entry for entry in self._entries if entry.is_seen_by(viewer)]
        in_order = sorted(seen, key=key_of, reverse=bool(reverse))
        try:
            entries = sorted(self._entries, key=key_of, reverse=bool(reverse))
        except Exception:  # noqa: BLE001 - a key that knows only what its author sees, and may fail in any way
            hidden = iter(in_order)
            entries = [
                entry if entry.viewer not in (None, viewer) else next(hidden) for entry in self._entries
            ]
        self._entries = entries
        self._publish()

    def _carry_over(
        self, viewer: object, after: Sequence[tuple[Entry | None, Any]], is_private: Callable[[Any], bool]
    ) -> None:
        """Make *after* what *viewer* sees: entries that have stayed, in their order, and values that are new."""
        seen = [entry for entry in self._entries if entry.is_seen_by(viewer)]
        stayed: set[int] = set()
        added: list[list[Entry]] = [
            []
        ]  # what is new in front of each entry that has stayed, and behind the last
        for entry, value in _matched(seen, after):
            if entry is None:
                private = viewer is not None and is_private(value)
                added[-1].append(Entry(value, viewer if private else None))
            else:
                stayed.add(id(entry))
                added.append([])
        changed = {id(entry) for entry in seen}
        for entry in seen:
            if self._apart and viewer is not None and entry.viewer is None and id(entry) not in stayed:
                entry.unseen_by += (viewer,)
                changed.discard(id(entry))
        self._entries = _merged(self._entries, changed, stayed, added)
        self._take_along(viewer, stayed)
        self._publish()

    def _take_along(self, viewer: object, stayed: set[int]) -> None:
        """Put what is attached to the anchor before it, where it has just been put there (moved, or put back)."""
        anchors = [one for one in self._entries if one.viewer is None and one.value == self._anchor]
        if not anchors or any(id(one) in stayed for one in anchors):
            return
        position = self._entries.index(anchors[0])
        attached = [
            one
            for one in self._entries
            if one.viewer not in (None, viewer) and one.value in self._attached[one.viewer]
        ]
        before, behind = (
            [one for one in part if one not in attached]
            for part in (self._entries[:position], self._entries[position:])
        )
        self._entries = [*before, *attached, *behind]

    def _position_of_anchor(self) -> int:
        return next(
            (
                position
                for position, entry in enumerate(self._entries)
                if entry.viewer is None and entry.value == self._anchor
            ),
            len(self._entries),
        )

    def _publish(self) -> None:
        """Bring the storage and the live lists into step; loops that run over them go on as over any list."""
        self._public = [entry.value for entry in self._entries if entry.viewer is None]
        if list.__ne__(self.storage, self._public):
            list.__setitem__(self.storage, slice(None), self._public)
        for viewer, live in self._views.items():
            seen = [entry.value for entry in self._entries if entry.is_seen_by(viewer)]
            if live != seen:
                live[:] = seen


def _marked(entry: Entry) -> Any:
    if type(entry.value) is not str:
        return entry.value
    mark = _Mark(entry.value)
    mark.entry = entry
    return mark


def _taken_apart(item: Any) -> tuple[Entry | None, Any]:
    return (item.entry, item.entry.value) if type(item) is _Mark else (None, item)


def _matched(
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


def _merged(
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
