from __future__ import annotations

import pytest

from orchestrator.errors import ResolutionError
from orchestrator.lock import hashes
from orchestrator.resolution.outcome import Groups, ResolvedGroup
from orchestrator.uv.model import Pin, Resolution

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
        "dep-a": {"sha256:11", "sha256:22", "sha256:33"},
        "linked": {"sha256:44"},
        "lib": frozenset(),
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
    monkeypatch.setattr(hashes, "hashes_of_all_files", lambda pins, *_: dict.fromkeys(pins, frozenset()))
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


@pytest.mark.parametrize(
    ("locked", "everywhere", "expected"),
    [
        # More wheels were published since, or the lock is of a time when it held those of one Python.
        ({"312", "sdist"}, {"312", "313", "sdist"}, {"312", "313", "sdist"}),
        # A folder of wheels: nobody tells of all.
        ({"312"}, set(), {"312", "313"}),
        # A file has been exchanged, or is not offered here.
        ({"312", "sdist"}, {"x", "313", "sdist"}, {"312", "sdist"}),
        (set(), {"312", "313"}, {"312", "313"}),
    ],
)
def test_what_another_python_locked_grows_unless_the_index_contradicts(
    monkeypatch: pytest.MonkeyPatch, locked: set[str], everywhere: set[str], expected: set[str]
) -> None:
    monkeypatch.setattr(hashes, "pylock", lambda *_: "")
    monkeypatch.setattr(hashes, "read", lambda _: {"a": frozenset({"313"})})
    monkeypatch.setattr(
        hashes, "hashes_of_all_files", lambda *_: {"a": frozenset(everywhere)} if everywhere else {}
    )
    known = {("a", "1"): tuple(sorted(locked))} if locked else {}
    found = hashes.find([pin("a", "1")], known, None, None, from_elsewhere=True)  # type: ignore[arg-type]
    assert found == {("a", "1"): tuple(sorted(expected))}


def test_what_comes_from_a_place_of_its_own_is_no_release(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[set[str]] = []
    monkeypatch.setattr(hashes, "pylock", lambda *_: "")

    def answer(pins: dict[str, Pin], *_: object) -> dict[str, frozenset[str]]:
        asked.append(set(pins))
        return {}

    monkeypatch.setattr(hashes, "hashes_of_all_files", answer)
    linked = Pin("linked", "1", "linked @ https://example.org/linked-1-py3-none-any.whl")
    hashes.find([linked], {}, None, None)  # type: ignore[arg-type]
    hashes.find([linked, pin("a", "1")], {}, None, None)  # type: ignore[arg-type]
    assert asked == [{"a"}]


def test_who_has_to_have_hashes() -> None:
    pins = [
        pin("a", "1"),
        pin("b", "1"),
        Pin("linked", "1", "linked @ https://example.org/linked-1-py3-none-any.whl"),
        Pin("file", "1", "file @ file:///wheels/file-1-py3-none-any.whl"),
        Pin("local", "1", "-e /lib", source="/lib"),
        Pin("tracked", "0a", "tracked @ git+https://example.org/tracked@0a"),
    ]
    group = ResolvedGroup((), (), Resolution({each.name: each for each in pins}, {}, frozenset()))
    groups = Groups((group,), (), 1, proved=True)
    assert hashes.without(groups, {("a", "1"): ("sha256:0",)}) == ("b 1", "linked 1")
    assert hashes.unhashed(groups, {("file", "1"): ("sha256:0",)}) == ("local", "tracked")
    assert hashes.unhashed(groups, {}) == ("file", "local", "tracked")


def test_what_has_wheels_for_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that uv refuses to answer for does not keep the others from being asked."""
    releases = {"fits": 3, "others": 3, "only-wheels": 2, "source": 1}

    def answer(pins: dict[str, Pin], *_: object) -> str:
        if "only-wheels" in pins:
            raise ResolutionError("no wheel fits")
        return "".join(
            f'[[packages]]\nname = "{name}"\nsdist = {{}}\n{"wheels = [{}]" if name == "fits" else ""}\n'
            for name in pins
        )

    monkeypatch.setattr(hashes, "pylock", answer)
    pins = [pin(name, "1") for name in releases]
    known = {(name, "1"): tuple(map(str, range(count))) for name, count in releases.items()}
    found = hashes.built_here(pins, known, None, None)  # type: ignore[arg-type]
    assert found == {"others", "only-wheels"}
    linked = Pin("linked", "1", "linked @ https://example.org/linked-1-py3-none-any.whl")
    assert hashes.built_here([linked], {("linked", "1"): ("0", "1")}, None, None) == set()  # type: ignore[arg-type]
