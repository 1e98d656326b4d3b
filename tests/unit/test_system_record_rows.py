"""RECORDs that are damaged, or were never right: what cannot be a file's path is left out, and the rest is read."""

from __future__ import annotations

from orchestrator.system.record_rows import rows


def test_what_cannot_be_a_path_is_left_out() -> None:
    text = "\n".join(
        (
            "a.py,sha256=x,1",
            "b\0.py,sha256=x,1",
            f"{'c' * 5000}.py,sha256=x,1",
            f"{'d' * 200_000},,",
            ",,",
            "",
            "e.py",
            '"f, g.py",,',
            "é.py,sha256=x,1,more",
        )
    )
    assert list(rows(text)) == [
        ["a.py", "sha256=x", "1"],
        ["e.py", "", ""],
        ["f, g.py", "", ""],
        ["é.py", "sha256=x", "1"],
    ]


def test_bytes_are_those_of_the_file_system() -> None:
    assert list(rows(b"\xff.py,,\n")) == [["\udcff.py", "", ""]]


def test_nothing_but_zeros() -> None:
    """A power failure leaves files of their length, filled with zeros."""
    assert list(rows(b"\0" * 9000)) == []
