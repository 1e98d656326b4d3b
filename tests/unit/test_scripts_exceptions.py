"""The trials of `scripts/exceptions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exception_trials import Kept, in_order, keep, read, told

if TYPE_CHECKING:
    from pathlib import Path


def test_each_line_comes_once_before_any_comes_again() -> None:
    trials = [(kind, name, line) for kind in ("A", "B") for name in ("x", "y", "z") for line in range(20)]
    trials += [("A", "x", 99)]
    ordered = in_order(trials, 1)
    assert sorted(ordered) == sorted(trials)
    assert len({(kind, line) for kind, _, line in ordered[:41]}) == 41
    assert {name for _, name, _ in ordered[:41]} == {"x", "y", "z"}
    assert len({(kind, line) for kind, _, line in ordered[41:81]}) == 40
    assert ordered == in_order(trials, 1) != in_order(trials, 2)


def test_what_is_kept_adds_up(tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    assert read(file) == []
    first, second = Kept("A", [1, 5, 7], 1, []), Kept("A", [2], 0, [["A", "x", "line 2", "hangs"]])
    keep(file, first)
    keep(file, second)
    assert read(file) == [first, second]
    trials = [("A", name, line) for name in ("x", "y") for line in range(6)] + [("B", "x", 0)]
    assert told(trials, read(file)).splitlines()[2:] == [
        "| `A` | 3 of 6 | 3 of 12 | 1 | 1 |",
        "| `B` | 0 of 1 | 0 of 1 | 0 | 0 |",
    ]
