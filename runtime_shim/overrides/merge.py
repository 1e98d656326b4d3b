"""Two copies of ``custom_dependencies_versions.json``, both of which may have been edited: a three-way merge.

The copies are compared as they are meant: by canonical names and versions, a string like the object of one version.
"""

from __future__ import annotations

from runtime_shim.model.names import canonical
from runtime_shim.overrides.versions import canonical_version

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

    # Name or version in the form that compares → (as written, what is below it).
    Tree = dict[str, tuple[str, "Tree"]]


class ContradictionError(ValueError):
    """Both copies were changed at the same place, in different ways.

    :param key: the names of the objects that lead there, outermost first.
    :param one: what the first copy says there; None if it has removed it.
    :param other: what the second copy says.
    """

    def __init__(self, key: tuple[str, ...], one: Any, other: Any) -> None:
        super().__init__(".".join(f'"{name}"' for name in key) + f": {one!r} and {other!r}")
        self.key = key
        self.one = one
        self.other = other


def merge(base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what *one* and *other*, which both come from *base*, say together.

    Each is a valid set of overrides (:func:`runtime_shim.overrides.rules.rules`). Where only one has changed, the very
    object is returned; where both say the same, *one*.

    :raises ContradictionError: both have changed the same entry.
    """
    old, first, second = (_tree(data, names=True) for data in (base, one, other))
    if _bare(second) in (_bare(old), _bare(first)):
        return one
    if _bare(first) == _bare(old):
        return other
    merged: dict[str, Any] = _data(_merge(old, first, second, (), names=True), (), names=True)
    return merged


def _tree(data: Any, *, names: bool) -> Tree:
    """Bring overrides into the form that compares; *names*: the keys are names, not versions."""
    tree: Tree = {}
    for written, below in ({data: {}} if isinstance(data, str) else data).items():
        key = canonical(written) if names else canonical_version(written) or written
        inner = _tree(below, names=not names)
        known = tree.get(key)
        tree[key] = (written, inner) if known is None else (known[0], _joined(known[1], inner))
    return tree


def _joined(one: Tree, other: Tree) -> Tree:
    """Put two spellings of one entry together; they are known to agree."""
    joined = dict(one)
    for key, (written, below) in other.items():
        known = joined.get(key)
        joined[key] = (written, below) if known is None else (known[0], _joined(known[1], below))
    return joined


def _bare(tree: Tree) -> dict[str, Any]:
    return {key: _bare(below) for key, (_, below) in tree.items()}


def _merge(base: Tree, one: Tree, other: Tree, place: tuple[str, ...], *, names: bool) -> Tree:
    merged: Tree = {}
    for key in dict.fromkeys((*one, *other)):
        was, here, there = (_meant(tree, key) for tree in (base, one, other))
        if here == was:
            taken = other.get(key)
        elif there in (was, here):
            taken = one.get(key)
        else:
            written, below = one.get(key) or other[key]
            further = (*place, written)
            # Below the top a name has one version; if both have another one now, they contradict each other.
            if here is None or there is None or (names and place and here.keys() != there.keys()):
                values = [
                    None if tree.get(key) is None else _data(tree[key][1], further, names=not names)
                    for tree in (one, other)
                ]
                raise ContradictionError(further, *values)
            old = base[key][1] if key in base else {}
            taken = written, _merge(old, below, other[key][1], further, names=not names)
        if taken is not None:
            merged[key] = taken
    return merged


def _meant(tree: Tree, key: str) -> dict[str, Any] | None:
    return _bare(tree[key][1]) if key in tree else None


def _data(tree: Tree, place: tuple[str, ...], *, names: bool) -> Any:
    """Return overrides from the form that compares: a version that says nothing more is a string."""
    if not names and len(place) > 1 and len(tree) == 1:
        ((written, below),) = tree.values()
        if not below:
            return written
    return {written: _data(below, (*place, written), names=not names) for written, below in tree.values()}
