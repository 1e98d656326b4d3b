"""Whether there is a remote cache, what may be done there, and what is told where the settings mean none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import fsspec  # type: ignore[import-untyped]
import pytest

from orchestrator.errors import MvenvError
from orchestrator.remote_cache import place
from orchestrator.remote_cache.place import ACCESS, SECRET, VARIABLE, remote_of
from orchestrator.system.child_environment import chosen

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (VARIABLE, ACCESS, SECRET, "UV_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    place._opened.cache_clear()
    yield
    place._opened.cache_clear()


def test_there_is_none_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert remote_of() is None
    monkeypatch.setenv(VARIABLE, "off")
    assert remote_of() is None
    monkeypatch.setenv(VARIABLE, "memory://place")
    found = remote_of()
    assert found is not None and found is remote_of() and found.reads and found.writes


def test_offline_nothing_is_asked_that_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv(VARIABLE, "s3://bucket")
    assert remote_of() is None
    monkeypatch.setenv(VARIABLE, "file:///nowhere")
    assert remote_of() is not None


@pytest.mark.parametrize(("access", "reads", "writes"), [("read", True, False), ("write", False, True)])
def test_access(monkeypatch: pytest.MonkeyPatch, access: str, reads: bool, writes: bool) -> None:
    monkeypatch.setenv(VARIABLE, "memory://place")
    monkeypatch.setenv(ACCESS, access)
    found = remote_of()
    assert found is not None and (found.reads, found.writes) == (reads, writes)


@pytest.mark.parametrize(
    ("url", "access", "cause"),
    [
        ("/a/folder", "", "it is no URL"),
        ("memory://place", "rw", f"{ACCESS} is `rw`"),
        ("https://joe:secret@host/place", "write", f"{ACCESS} is `write`: HTTP can only be read"),
        ("nothing-of-the-kind://place", "", "Protocol not known: nothing-of-the-kind"),
        ("not-installed://place", "", "Install absent to reach it"),
    ],
)
def test_what_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch, url: str, access: str, cause: str) -> None:
    fsspec.register_implementation(
        "not-installed", "absent.FileSystem", clobber=True, errtxt="Install absent to reach it"
    )
    monkeypatch.setenv(VARIABLE, url)
    monkeypatch.setenv(ACCESS, access)
    with pytest.raises(MvenvError) as error:
        remote_of()
    assert "secret" not in str(error.value)
    assert error.value.causes == (f"{VARIABLE}: {cause}",)


def test_no_child_gets_the_secret() -> None:
    assert chosen({SECRET: "secret", VARIABLE: "file:///place"}) == {VARIABLE: "file:///place"}


def test_fsspec_is_told_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    monkeypatch.setenv(VARIABLE, "memory://place")
    with pytest.raises(MvenvError) as error:
        remote_of()
    assert error.value.causes == (f"{VARIABLE}: fsspec is not installed",)
    assert "`mvenv[remote]`" in error.value.hints[0]
