from __future__ import annotations

import pytest

from orchestrator.install.forbidding import forbidden

MARKERS = {
    "python_version": "3.11",
    "sys_platform": "linux",
    "os_name": "posix",
    "python_full_version": "3.11.7",
}


@pytest.mark.parametrize(
    ("line", "excludes"),
    [
        ("Lib_X>=2", True),
        ("lib.x (>=2)", True),
        ("lib-x>=1,!=1.5", True),
        ("lib-x>=1", False),
        ("lib-x", False),
        ("lib-x[all]<1", True),
        ('lib-x>=2; extra == "all"', True),
        ("lib-x>=2; extra=='all' and python_version < '3.8'", False),
        ("lib-x>=2; python_version < '3.8'", False),
        ("lib-x>=2; python_version >= '3.8'", True),
        ("lib-x>=2; sys_platform == 'win32' or extra == 'y'", True),
        ("lib-x<1.6a1", False),
        ("lib-x @ https://example.org/x.whl", False),
        ("other>=2", False),
        ("lib-x>=", False),
        ("", False),
    ],
)
def test_requirements(line: str, *, excludes: bool) -> None:
    assert forbidden(["free", line], {"lib-x": "1.5", "free": "1"}, MARKERS) == (
        {"lib-x==1.5"} if excludes else set()
    )


def test_a_version_that_is_none_is_excluded_by_nothing() -> None:
    assert forbidden(["lib-x<1"], {"lib-x": "local"}, MARKERS) == set()
