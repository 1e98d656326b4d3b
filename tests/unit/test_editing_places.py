"""What is added by the place it comes from, and the bounds of what is added without a version."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from orchestrator.editing.lower_bounds import bounded
from orchestrator.editing.places import place_of, with_source, without_source
from orchestrator.errors import UsageError

HERE, ROOT = Path("/home/you/shop/app"), Path("/home/you/shop")


def place(written: str, *, editable: bool = False, revision: dict[str, str] | None = None) -> Any:
    return place_of(written, HERE, ROOT, editable=editable, revision=revision or {})


@pytest.mark.parametrize(
    ("written", "source", "raw"),
    [
        ("../lib", {"path": "lib"}, "lib @ file:///home/you/shop/lib"),
        ("./lib", {"path": "app/lib"}, "lib @ file:///home/you/shop/app/lib"),
        ("../../lib", {"path": "../lib"}, "lib @ file:///home/you/lib"),
        ("/opt/lib", {"path": "/opt/lib"}, "lib @ file:///opt/lib"),
        ("file:///opt/my%20lib", {"path": "/opt/my lib"}, "lib @ file:///opt/my%20lib"),
        ("/home/you/shop/lib", {"path": "lib"}, "lib @ file:///home/you/shop/lib"),
        ("./me@home/lib", {"path": "app/me@home/lib"}, "lib @ file:///home/you/shop/app/me%40home/lib"),
        ("me@home/lib", {"path": "app/me@home/lib"}, "lib @ file:///home/you/shop/app/me%40home/lib"),
        ("libs/one", {"path": "app/libs/one"}, "lib @ file:///home/you/shop/app/libs/one"),
        ("lib-1.0.tar.gz", {"path": "app/lib-1.0.tar.gz"}, "lib @ file:///home/you/shop/app/lib-1.0.tar.gz"),
        ("../lib[fast, slow]", {"path": "lib"}, "lib[fast, slow] @ file:///home/you/shop/lib"),
        (
            "https://example.org/lib-1.0-py3-none-any.whl",
            {"url": "https://example.org/lib-1.0-py3-none-any.whl"},
            "lib @ https://example.org/lib-1.0-py3-none-any.whl",
        ),
        (
            "git+https://example.org/lib",
            {"git": "https://example.org/lib"},
            "lib @ git+https://example.org/lib",
        ),
        (
            "git+https://example.org/lib.git@v1",
            {"git": "https://example.org/lib.git", "rev": "v1"},
            "lib @ git+https://example.org/lib.git@v1",
        ),
        (
            "git+ssh://git@example.org/lib.git@fix/it#subdirectory=part",
            {"git": "ssh://git@example.org/lib.git", "rev": "fix/it", "subdirectory": "part"},
            "lib @ git+ssh://git@example.org/lib.git@fix/it#subdirectory=part",
        ),
        (
            "git+ssh://git@example.org/lib",
            {"git": "ssh://git@example.org/lib"},
            "lib @ git+ssh://git@example.org/lib",
        ),
    ],
)
def test_places(written: str, source: dict[str, str], raw: str) -> None:
    found = place(written)
    assert found.source == source
    assert found.requirement("lib", raw=True) == raw


@pytest.mark.parametrize(
    "written",
    [
        "pandas",
        "pandas>=2",
        "pandas[all]",
        "lib @ https://example.org/lib.whl",
        'a ; sys_platform == "x/y"',
        "a-b.c",
        "lib@../lib",
        "lib[fast]@/opt/lib",
        "lib@https://example.org/lib.whl",
        "lib@git+https://example.org/lib",
    ],
)
def test_requirements_with_a_name(written: str) -> None:
    assert place(written) is None


@pytest.mark.parametrize("option", ["rev", "tag", "branch"])
def test_revisions(option: str) -> None:
    found = place("git+https://example.org/lib#subdirectory=part", revision={option: "one"})
    assert found.source == {"git": "https://example.org/lib", option: "one", "subdirectory": "part"}
    assert found.url == "git+https://example.org/lib@one#subdirectory=part"
    with pytest.raises(UsageError, match="goes with a repository"):
        place("../lib", revision={option: "one"})
    with pytest.raises(UsageError, match="names a revision"):
        place("git+https://example.org/lib@two", revision={option: "one"})


def test_nobody_s_home() -> None:
    with pytest.raises(UsageError, match="there is no user of the name in `~nobody-like-it/lib`"):
        place("~nobody-like-it/lib")


def test_editable() -> None:
    assert place("../lib", editable=True).source == {"path": "lib", "editable": True}


def test_an_archive_is_not_editable() -> None:
    with pytest.raises(UsageError) as raised:
        place("../lib-1.0-py3-none-any.whl", editable=True)
    assert raised.value.message == (
        "`--editable` goes with a folder, and `../lib-1.0-py3-none-any.whl` is an archive"
    )


def test_sources_are_written_and_taken_away() -> None:
    text, said = with_source("[project]\n", "my-lib", place("../lib", editable=True))
    assert tomllib.loads(text)["tool"]["uv"]["sources"] == {"my-lib": {"path": "lib", "editable": True}}
    assert said == "`my-lib` comes from path lib, editable"
    spelled = text.replace("my-lib", "My_Lib")
    again, _ = with_source(spelled, "my-lib", place("git+https://example.org/lib"))
    assert tomllib.loads(again)["tool"]["uv"]["sources"] == {"My_Lib": {"git": "https://example.org/lib"}}
    gone, told = without_source(again, "my-lib")
    assert "sources" not in gone
    assert told == ("Removed `My_Lib` from tool.uv.sources",)
    assert without_source(gone, "my-lib") == (gone, ())


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("six", "six>=1.2"),
        ("Six", "Six>=1.2"),
        ("six[b,a]", "six[a,b]>=1.2"),
        ('six; python_version<"4"', 'six>=1.2 ; python_version < "4"'),
        ("six>=1", "six>=1"),
        ("six @ https://example.org/six.whl", "six @ https://example.org/six.whl"),
        ("local", "local>=1.0"),
        ("odd", "odd"),
        ("placed", "placed"),
        ("unknown", "unknown"),
    ],
)
def test_lower_bounds(written: str, text: str) -> None:
    versions = {"six": "1.2", "local": "1.0+cpu", "odd": "a1b2c3", "placed": "1.0"}
    assert bounded([written], versions, {"placed"}) == [text]
