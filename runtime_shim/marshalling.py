"""What :mod:`marshal` is given, without the types of the shim's own.

marshal writes exact types only (``w_complex_object`` in CPython's Python/marshal.c asks ``PyList_CheckExact``), and has
no hook for others. So where it refuses a value, and then only, that is searched for lists that answer by caller, which
become what the caller sees of them, and for names of environments' modules, which become plain strings.
"""

from __future__ import annotations

from runtime_shim.modules.keys import Key

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

_DEEPEST = 200  # values with lists of the shim's in them that are nested deeper than this stay refused


def plain(value: Any, lists: tuple[type, ...]) -> Any:
    """Return *value* with exact types in the place of the shim's; the very same object if it has none of them.

    :param lists: the classes of the shim's lists.
    """
    return _plain(value, lists, {}, 0)


def _plain(value: Any, lists: tuple[type, ...], done: dict[int, Any], depth: int) -> Any:
    """Do it; a value that is met again is what it has become, and itself within itself."""
    if isinstance(value, Key):
        return str(value)
    kind = type(value)
    if id(value) in done:
        return done[id(value)]
    if depth > _DEEPEST or (kind not in lists and kind not in (list, tuple, dict, set, frozenset)):
        return value
    done[id(value)] = value
    if kind is dict:
        found: Any = {_plain(key, lists, done, depth + 1): item for key, item in value.items()}
        found = {key: _plain(item, lists, done, depth + 1) for key, item in found.items()}
        same = all(
            key is old and found[key] is item for key, (old, item) in zip(found, value.items(), strict=True)
        )
    else:
        found = [_plain(item, lists, done, depth + 1) for item in value]
        same = kind not in lists and all(new is old for new, old in zip(found, value, strict=True))
        if not same and kind not in lists:
            found = kind(found)
    done[id(value)] = value if same else found
    return done[id(value)]
