from __future__ import annotations

import pytest

from orchestrator.system.credentials import collected, restored, without

WRITTEN = {
    "x @ https://joe:secret@host/x.whl": "x @ https://host/x.whl",
    "x @ https://token@host/x.whl ; os_name == 'posix'": "x @ https://host/x.whl ; os_name == 'posix'",
    "x @ https://joe:@host/x.whl#sha256=1": "x @ https://host/x.whl#sha256=1",
    "x[a] @ https://joe:a%40b@c@host:8080/x.whl?y=@": "x[a] @ https://host:8080/x.whl?y=@",
    "x @ git+https://joe:secret@host/x.git@main": "x @ git+https://host/x.git@main",
    "x @ git+ssh://git:secret@host/x.git": "x @ git+ssh://git@host/x.git",
}
UNCHANGED = (
    *("x", "x>=1", "x @ https://host/x@1.whl", "x @ git+https://host/x@main", "x @ file:///a@b/x"),
    "x @ git+ssh://git@host/x.git",
)


@pytest.mark.parametrize(("written", "bare"), WRITTEN.items())
def test_taken_out_and_put_back(written: str, bare: str) -> None:
    assert without(written) == bare
    assert restored(bare, collected({"a": [{"b": written}]})) == written


@pytest.mark.parametrize("text", UNCHANGED)
def test_nothing_to_hide(text: str) -> None:
    assert without(text) == text
    assert collected(text) == {}
    assert restored(text, collected("https://joe:secret@host/y")) == text


def test_what_uv_has_made_of_it() -> None:
    """A revision for a branch, stars for the password."""
    credentials = collected("git+https://joe:secret@Host/x.git@main")
    found = without("x @ git+https://joe:****@host/x.git@0123456789abcdef")
    assert restored(found, credentials) == "x @ git+https://joe:secret@host/x.git@0123456789abcdef"


def test_deeply_nested() -> None:
    nested: object = "https://joe:secret@host"
    for _ in range(100_000):
        nested = [nested]
    assert collected(nested) == {"https://host": "joe:secret"}


def test_a_long_word() -> None:
    """An image in base64, say: it takes no time to speak of."""
    word = "x" * 500_000
    assert without(f"{word}@") == f"{word}@"
    assert collected([word]) == {}
