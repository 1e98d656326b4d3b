from __future__ import annotations

from orchestrator.lock.model import Lock, LockInputs
from orchestrator.lock.several import answers, for_environment, made_for, shown, with_others
from orchestrator.plan.model import Contents, Knowledge
from orchestrator.resolution.outcome import Groups, ResolvedGroup
from orchestrator.uv.model import Pin, Resolution

LINUX, WINDOWS = "cpython-linux-x86_64", "cpython-win32-AMD64"


def lock(python: str, platform: str = LINUX, knowledge: Knowledge | None = None, **pins: str) -> Lock:
    resolution = Resolution(
        {name: Pin(name, version, f"{name}=={version}") for name, version in pins.items()},
        {name: frozenset() for name in pins},
        frozenset(pins),
    )
    group = ResolvedGroup(tuple(pins), tuple(pins), resolution)
    return Lock(LockInputs(python, platform, ()), Groups((group,), (), 1, True), knowledge or Knowledge())


def test_the_order_is_that_of_versions() -> None:
    several = with_others(lock("3.13t"), [lock("3.12", WINDOWS), lock("3.9"), lock("3.12")])
    assert [made_for(each)[0] for each in answers(several)] == ["3.9", "3.12", "3.12", "3.13t"]
    assert [made_for(each)[1] for each in answers(several)] == [LINUX, LINUX, WINDOWS, LINUX]


def test_the_answer_for_an_environment_or_the_nearest() -> None:
    several = with_others(lock("3.11"), [lock("3.12", WINDOWS), lock("3.12")])
    for asked, found in (
        (("3.12", LINUX), ("3.12", LINUX)),
        (("3.12", WINDOWS), ("3.12", WINDOWS)),
        (("3.11", WINDOWS), ("3.12", WINDOWS)),
        (("3.12", "cpython-darwin-arm64"), ("3.12", LINUX)),
        (("3.13", LINUX), ("3.11", LINUX)),
    ):
        chosen = for_environment(several, *asked)
        assert made_for(chosen) == found
        assert answers(chosen) == answers(several)


def test_what_one_knows_of_what_others_hold_they_know_too() -> None:
    of_low = Contents("low", "1", ("low",))
    on_windows = Contents("low", "1", ("low", "_win"))
    clash = frozenset({"low", "high"})
    several = with_others(
        lock("3.11", knowledge=Knowledge({("low", "1"): of_low}, frozenset({clash})), low="1", high="1"),
        [
            lock("3.12", low="1"),
            lock("3.12", WINDOWS, Knowledge({("low", "1"): on_windows}), low="1", high="2"),
            lock("3.13", low="2", high="1"),
        ],
    )
    same, windows, newer = several.others
    assert (same.knowledge.contents, same.knowledge.clashes) == ({("low", "1"): of_low}, frozenset())
    assert (windows.knowledge.contents, windows.knowledge.clashes) == (
        {("low", "1"): on_windows},
        frozenset({clash}),
    )
    assert (newer.knowledge.contents, newer.knowledge.clashes) == ({}, frozenset({clash}))


def test_names_are_what_people_write() -> None:
    assert shown("3.12", WINDOWS) == "3.12 windows"
    assert shown("3.12", "cpython-linux-aarch64-musl") == "3.12 aarch64-unknown-linux-musl"
    assert shown("3.13t", "cpython-sunos5-i86pc") == "3.13t cpython-sunos5-i86pc"
