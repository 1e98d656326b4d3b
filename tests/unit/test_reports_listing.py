from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.reports.listing.rows import ListedCopy, Row, rows
from orchestrator.reports.listing.sizes import with_sizes
from orchestrator.reports.listing.text import columns, columns_of_copies
from tests.support.wheels import build_wheel
from tests.unit.built_values import built
from tests.unit.plan_values import group, resolved

if TYPE_CHECKING:
    from pathlib import Path

# `kit` stands twice in one version, because it needs `low`, which is in three.
GROUPS = (
    group("a", resolved("a==1 kit==5 low==9 free==1", a="low kit", kit="low")),
    group("b", resolved("b==1 kit==5 low==10", b="low kit", kit="low")),
    group("c", resolved("c==1 low==2.dev1", c="low")),
)


def test_everything_by_name_and_ascending_version() -> None:
    found = rows(built(*GROUPS))
    assert [(row.name, row.version, [copy.environment for copy in row.copies]) for row in found] == [
        ("a", "1", ["a"]),
        ("b", "1", ["b"]),
        ("c", "1", ["c"]),
        ("free", "1", ["application"]),
        ("kit", "5", ["a", "b"]),
        ("low", "2.dev1", ["c"]),
        ("low", "9", ["a"]),
        ("low", "10", ["b"]),
    ]


def test_duplicates() -> None:
    """Several copies of one version count as well: they take room, and are loaded twice."""
    assert [(row.name, row.version) for row in rows(built(*GROUPS), duplicates=True)] == [
        ("kit", "5"),
        ("low", "2.dev1"),
        ("low", "9"),
        ("low", "10"),
    ]


def test_a_version_that_is_none() -> None:
    found = rows(built(group("a", resolved("a==local")), group("b", resolved("b==1 a==1"))))
    assert [row.version for row in found if row.name == "a"] == ["local", "1"]


ROWS = (
    Row("a", "1", (ListedCopy("application", ".venv", 7),)),
    Row(
        "long-name", "10.2", (ListedCopy("a", "py_modules/a-1", 1_234_567), ListedCopy("b", "py_modules/b-1"))
    ),
)


def test_columns() -> None:
    assert columns(ROWS) == "a          1     .venv\nlong-name  10.2  a, b"


def test_columns_of_copies() -> None:
    assert columns_of_copies(ROWS) == (
        "a          1     .venv  7 bytes\nlong-name  10.2  a      1.2 MB\nlong-name  10.2  b"
    )


def test_sizes(tmp_path: Path) -> None:
    """What RECORD names and is not there takes no room; nor does an environment that is gone."""
    import zipfile

    wheel = build_wheel(tmp_path, "Long.Name", "10.2", files={"x.py": "x = 1\n", "gone.py": "y" * 1000})
    site = tmp_path / "py_modules/a-1/lib/python3.11/site-packages"
    zipfile.ZipFile(wheel).extractall(site)
    (site / "gone.py").unlink()
    (site / "another.py").write_text("z" * 5000)
    one, other = with_sizes(ROWS, tmp_path)
    assert [copy.size for copy in one.copies] == [None]
    expected = sum(file.stat().st_size for file in site.rglob("*") if file.is_file()) - 5000
    assert [copy.size for copy in other.copies] == [expected, None]
