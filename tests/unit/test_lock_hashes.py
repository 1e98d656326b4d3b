from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lock import hashes
from orchestrator.uv.model import Pin

if TYPE_CHECKING:
    import pytest

PYLOCK = """
lock-version = "1.0"
created-by = "uv"

[[packages]]
name = "Dep.A"
version = "1.0"
sdist = { url = "https://example.org/a.tar.gz", hashes = { sha256 = "22" } }
wheels = [
  { url = "https://example.org/a.whl", hashes = { sha256 = "11" } },
  { url = "https://example.org/b.whl", hashes = { sha256 = "33" } },
]

[[packages]]
name = "linked"
archive = { url = "https://example.org/l-1-py3-none-any.whl", hashes = { sha256 = "44" } }

[[packages]]
name = "lib"
directory = { path = "../lib", editable = true }
"""


def pin(name: str, version: str) -> Pin:
    return Pin(name, version, f"{name}=={version}")


def test_reading_a_standard_lock_file() -> None:
    assert hashes.read(PYLOCK) == {
        "dep-a": ("sha256:11", "sha256:22", "sha256:33"),
        "linked": ("sha256:44",),
        "lib": (),
    }


def test_only_what_is_not_known_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And never two versions of a distribution at once."""
    asked: list[dict[str, str]] = []

    def answer(pins: dict[str, Pin], *_: object) -> str:
        asked.append({name: found.version for name, found in pins.items()})
        return "".join(
            f'[[packages]]\nname = "{name}"\narchive = {{hashes = {{sha256 = "{found.version}"}}}}\n'
            for name, found in pins.items()
            if name != "silent"
        )

    monkeypatch.setattr(hashes, "pylock", answer)
    wanted = [
        pin("a", "1"),
        pin("a", "2"),
        pin("a", "2"),
        pin("b", "1"),
        pin("known", "1"),
        pin("silent", "1"),
        Pin("local", "1", "-e /lib", source="/lib"),
        Pin("tracked", "0a", "tracked @ git+https://example.org/tracked@0a"),
    ]
    known = {("known", "1"): ("sha256:0",), ("known", "2"): ("sha256:9",), ("gone", "1"): ("sha256:9",)}
    found = hashes.find(wanted, known, None, None)  # type: ignore[arg-type]
    assert sorted(asked, key=len) == [{"a": "2"}, {"a": "1", "b": "1", "silent": "1"}]
    assert found == {
        ("a", "1"): ("sha256:1",),
        ("a", "2"): ("sha256:2",),
        ("b", "1"): ("sha256:1",),
        ("known", "1"): ("sha256:0",),
    }
