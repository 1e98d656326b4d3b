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

from runtime_shim.views.list_entries import Entry, marked, matched, merged, taken_apart

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any


class _State:
    """The entries, and what goes with the anchor for each viewer; never changed, but replaced as a whole."""

    __slots__ = ("attached", "entries")

    def __init__(self, entries: Sequence[Entry], attached: Mapping[object, tuple[Any, ...]]) -> None:
        self.entries = entries
        self.attached = attached

    def seen_by(self, viewer: object) -> list[Entry]:
        """Return the entries in a viewer's list."""
        return [entry for entry in self.entries if entry.is_seen_by(viewer)]


class SharedList:
    """The entries, the storage that shows what all see, and a live list for each viewer who has asked for one.

    A trace function, a signal's handler or a finalizer may run between any two lines here, and look at the list, or
    change it. So a change is made of one state and put in its place as a whole; if that has been replaced meanwhile
    the change is made again. What then happens to storage and live lists only repeats what the state says.

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
        self._public = list.copy(storage)  # the storage's contents when it was last in step
        self._state = _State([Entry(value) for value in self._public], {})
        self._views: dict[object, list[Any]] = {}
        self._publishing = 0  # how many calls are at work on bringing storage and live lists into step
        if like is not None:
            like.follow()
            self._state = like._state  # noqa: SLF001 - of this class
            self._publish()

    def view(self, viewer: object) -> list[Any]:
        """Return the live list of a viewer; whoever has not been added sees what everybody sees."""
        self.follow()
        if viewer not in self._views and self.has(viewer):
            self._views.setdefault(viewer, [entry.value for entry in self._state.seen_by(viewer)])
            self._publish()
        return self._views.get(viewer, self._public)

    def view_in_step(self, viewer: object) -> list[Any] | None:
        """Return the live list of a viewer if nothing has to be done for it: no lock is needed; else None."""
        return self._views.get(viewer) if self.entries_in_step() is not None else None

    def entries_in_step(self) -> Sequence[Entry] | None:
        """Return all entries, the same object until they change; None if something has to be done first."""
        if self._publishing or list.__ne__(self.storage, self._public):
            return None
        return self._state.entries

    def has(self, viewer: object) -> bool:
        """Whether a viewer has been added."""
        return viewer in self._state.attached

    def add_viewer(self, viewer: object, values: Iterable[Any]) -> None:
        """Let *viewer* see these before the anchor, or at the end where there is none."""
        own = tuple(values)
        while not self.has(viewer):
            self.follow()
            before = self._state
            entries = list(before.entries)
            position = self._position_of_anchor(entries)
            entries[position:position] = [Entry(value, viewer) for value in own]
            self._put(before, _State(entries, {**before.attached, viewer: own}))

    def rename(self, renamed: Callable[[Any], Any]) -> None:
        """Put other values in the places of those there are."""
        while True:
            self.follow()
            before = self._state
            named = [Entry(renamed(entry.value), entry.viewer, entry.unseen_by) for entry in before.entries]
            self._anchor = renamed(self._anchor)
            if self._put(before, _State(named, before.attached)):
                return

    def follow(self) -> None:
        """Take over what has been done to the storage itself."""
        if self._publishing:
            self._publish()  # whoever asks has interrupted that
        elif list.__ne__(self.storage, self._public):
            self.replace(None, list.copy(self.storage), bool)

    def replace(self, viewer: object, values: Sequence[Any], is_private: Callable[[Any], bool]) -> None:
        """Make *values* what *viewer* sees (None: somebody who sees what all see).

        :param is_private: whether an entry that is new is for this viewer alone.
        """
        after = [(None, value) for value in values]
        while True:
            before = self._state
            if self._put(before, self._carried_over(before, viewer, after, is_private)):
                return

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
        while True:
            self.follow()
            before, result = self._state, None
            if name == "sort":
                after = _State(_in_order(before, viewer, *arguments, **keywords), before.attached)
            else:
                seen = [marked(entry) for entry in before.seen_by(viewer)]
                result = getattr(list, name)(seen, *arguments, **keywords)
                after = (
                    _State(before.entries[::-1], before.attached)
                    if name == "reverse"
                    else self._carried_over(before, viewer, [taken_apart(item) for item in seen], is_private)
                )
            if self._put(before, after):
                return taken_apart(result)[1]

    def _carried_over(
        self,
        before: _State,
        viewer: object,
        after: Sequence[tuple[Entry | None, Any]],
        is_private: Callable[[Any], bool],
    ) -> _State:
        """Return a state with *after* as what *viewer* sees: entries that have stayed, in order, and new values."""
        seen = before.seen_by(viewer)
        stayed: set[int] = set()
        # What is new in front of each entry that has stayed, and behind the last.
        added: list[list[Entry]] = [[]]
        for entry, value in matched(seen, after):
            if entry is None:
                private = viewer is not None and is_private(value)
                added[-1].append(Entry(value, viewer if private else None))
            else:
                stayed.add(id(entry))
                added.append([])
        changed = {id(entry) for entry in seen}
        hidden: dict[int, Entry] = {}
        for entry in seen:
            if self._apart and viewer is not None and entry.viewer is None and id(entry) not in stayed:
                hidden[id(entry)] = Entry(entry.value, unseen_by=(*entry.unseen_by, viewer))
                changed.discard(id(entry))
        in_place = merged(before.entries, changed, stayed, added)
        entries = [hidden.get(id(entry), entry) for entry in in_place]
        return _State(self._taken_along(entries, before.attached, viewer, stayed), before.attached)

    def _taken_along(
        self,
        entries: list[Entry],
        attached: Mapping[object, tuple[Any, ...]],
        viewer: object,
        stayed: set[int],
    ) -> list[Entry]:
        """Return the entries with what goes with the anchor before it, where it has just been put (moved, or back)."""
        anchors = [one for one in entries if one.viewer is None and one.value == self._anchor]
        if not anchors or any(id(one) in stayed for one in anchors):
            return entries
        position = entries.index(anchors[0])
        moved = [
            one for one in entries if one.viewer not in (None, viewer) and one.value in attached[one.viewer]
        ]
        before, behind = (
            [one for one in part if one not in moved] for part in (entries[:position], entries[position:])
        )
        return [*before, *moved, *behind]

    def _position_of_anchor(self, entries: Sequence[Entry]) -> int:
        return next(
            (
                position
                for position, entry in enumerate(entries)
                if entry.viewer is None and entry.value == self._anchor
            ),
            len(entries),
        )

    def _put(self, before: _State, after: _State) -> bool:
        """Put a state in the place of the one that it was made of; False if that has been replaced meanwhile."""
        if self._state is not before:
            return False
        self._state = after
        self._publish()
        return True

    def _publish(self) -> None:
        """Bring the storage and the live lists into step; loops that run over them go on as over any list."""
        self._publishing += 1
        try:
            while True:
                state = self._state
                public = [entry.value for entry in state.entries if entry.viewer is None]
                if list.__ne__(self.storage, public):
                    list.__setitem__(self.storage, slice(None), public)
                self._public = public
                for viewer, live in list(self._views.items()):
                    seen = [entry.value for entry in state.seen_by(viewer)]
                    if live != seen:
                        live[:] = seen
                if self._state is state:  # else whoever has interrupted this has changed the list
                    return
        finally:
            self._publishing -= 1


def _in_order(
    state: _State, viewer: object, *, key: Callable[[Any], Any] | None = None, reverse: bool = False
) -> list[Entry]:
    """Return the entries sorted, with what the viewer does not see where it would be in that viewer's own list."""
    keys: dict[int, Any] = {}

    def key_of(entry: Entry) -> Any:
        if key is None:
            return entry.value
        if id(entry) not in keys:
            keys[id(entry)] = key(entry.value)
        return keys[id(entry)]

    in_order = sorted(state.seen_by(viewer), key=key_of, reverse=bool(reverse))
    try:
        return sorted(state.entries, key=key_of, reverse=bool(reverse))
    except Exception:  # noqa: BLE001 - a key that knows only what its author sees, and may fail in any way
        hidden = iter(in_order)
        return [entry if entry.viewer not in (None, viewer) else next(hidden) for entry in state.entries]
