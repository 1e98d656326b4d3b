"""Which bounds let a requirement be imported: found with as few installations as can be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from orchestrator.resolution import cures
from orchestrator.uv.model import Demand, Pin, Resolution
from orchestrator.uv.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.resolution.resolver import Resolver

NAME = "bad"


def uploaded_at(version: str) -> datetime:
    """Return when a release was uploaded: its major version is the year, its minor one the month."""
    parsed = Version(version)
    return datetime(2000 + parsed.major, 1 + parsed.minor, 1, tzinfo=UTC)


class Index:
    """An index whose releases require nothing but those of `bad`: one of each other distribution."""

    def __init__(self, **versions: Sequence[str]) -> None:
        self.versions: Mapping[str, Sequence[str]] = versions
        self.limit: datetime | None = None
        self.project, self.interpreter = SimpleNamespace(), SimpleNamespace()

    def before(self, time: datetime) -> Index:
        """Return the same at an earlier time."""
        other = Index(**self.versions)
        other.limit = time
        return other

    def newest_of(self, members: Sequence[Demand]) -> dict[Demand, str]:
        """Return the newest version that each allows."""
        [member] = members
        allowed = self.allowed(member.name, [member.parsed])
        return {member: max(allowed, key=Version)} if allowed else {}

    def allowed(self, name: str, bounds: Sequence[Requirement]) -> list[str]:
        """Return the versions of a distribution."""
        return [
            version
            for version in self.versions[name]
            if all(version in each.specifier for each in bounds if each.name == name)
            and (self.limit is None or uploaded_at(version) <= self.limit)
        ]

    def resolve(self, members: Sequence[Demand], preferences: Mapping[str, str]) -> Resolution | Refusal:
        [demand] = members
        bounds = [Requirement(each) for each in (*demand.constraints, *demand.additions)]
        pins = {NAME: Pin(NAME, "1", "bad==1")}
        for name in self.versions:
            allowed = self.allowed(name, bounds)
            if not allowed:
                return Refusal("no such version", cast("Any", None))
            liked = preferences.get(name)
            version = liked if liked in allowed else max(allowed, key=Version)
            pins[name] = Pin(name, version, f"{name}=={version}")
        for name in map(str, demand.additions):
            pins[name] = Pin(name, "1", f"{name}==1")
        return Resolution(pins, {NAME: frozenset(pins) - {NAME}}, frozenset({NAME}))


def found(
    index: Index,
    works: Callable[[Mapping[str, str]], bool],
    guess: str = "",
    beside: Mapping[str, str] | None = None,
) -> tuple[tuple[str, ...], int]:
    """Return what is found, and how often something was installed for it."""
    demand = Demand("bad", NAME, ())
    installed = index.resolve([demand], {})
    assert isinstance(installed, Resolution)
    tried: list[Resolution] = []

    def tells(resolution: Resolution) -> bool:
        tried.append(resolution)
        return works({name: pin.version for name, pin in resolution.pins.items()})

    return cures.CureFinder(cast("Resolver", index), demand, installed, tells, beside).find(guess), len(tried)


MANY = [f"{major}.{minor}" for major in range(1, 9) for minor in range(5)]


@pytest.fixture(autouse=True)
def uploaded(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], datetime]:
    """When releases were uploaded; unknown of all that a test does not say it of."""
    times: dict[tuple[str, str], datetime] = {}

    def told(releases: Sequence[tuple[str, str]], *_: object) -> dict[tuple[str, str], datetime]:
        return {release: times[release] for release in releases if release in times}

    monkeypatch.setattr("orchestrator.uv.uploads.times", told)
    return times


@pytest.fixture
def dated(uploaded: dict[tuple[str, str], datetime]) -> None:
    """An index that tells of all."""
    for name in ("low", "other", "third"):
        uploaded.update({(name, version): uploaded_at(version) for version in MANY})
    uploaded[NAME, "1"] = datetime(2004, 2, 15, tzinfo=UTC)


def test_a_guess_that_works_is_enough() -> None:
    assert found(Index(low=MANY), lambda versions: Version(versions["low"]) < Version("2"), "low<2") == (
        ("low<2",),
        2,
    )


def test_a_distribution_that_is_missing() -> None:
    index = Index(low=MANY)
    assert found(index, lambda versions: "other" in versions, "+other") == (("+other",), 2)
    assert found(index, lambda versions: "another" in versions, "+other") == ((), 2)


@pytest.mark.parametrize("broken", MANY[1:])
def test_the_loosest_bound(broken: str) -> None:
    """Of forty releases a few are installed, wherever the one is that broke it."""
    bounds, times = found(
        Index(low=MANY), lambda versions: Version(versions["low"]) < Version(broken), "low<8.4"
    )
    assert bounds == (f"low<{broken.removesuffix('.0')}",)
    assert times <= 2 + 6 + 5


@pytest.mark.usefixtures("dated")
@pytest.mark.parametrize("broken", [each for each in MANY if uploaded_at(each).year > 2004])
def test_the_loosest_bound_by_time(broken: str) -> None:
    """It worked when it was uploaded; half of the time since, and half of that."""
    bounds, times = found(
        Index(low=MANY), lambda versions: Version(versions["low"]) < Version(broken), "low<8.4"
    )
    assert bounds == (f"low<{broken.removesuffix('.0')}",)
    assert times <= 2 + 1 + 6


@pytest.mark.usefixtures("dated")
def test_what_works_again_with_what_is_older_than_the_requirement() -> None:
    assert found(Index(low=MANY), lambda versions: Version(versions["low"]) < Version("2.3"), "low<8.4")[
        0
    ] == ("low<2.3",)


def test_no_release_works() -> None:
    bounds, times = found(Index(low=MANY), lambda _: False, "low<8.4")
    assert bounds == ()
    assert times <= 2 + 7


def test_what_works_aside_is_not_to_be_cured() -> None:
    assert found(Index(low=MANY), lambda _: True, "low<8.4") == ((), 1)


@pytest.mark.parametrize("broken", MANY[1::7])
def test_what_is_imported_and_not_asked_for(broken: str) -> None:
    """It has to be, in the version that works."""

    class Lacking(Index):
        def resolve(self, members: Sequence[Demand], preferences: Mapping[str, str]) -> Resolution | Refusal:
            [demand] = members
            asked = Index(**{"low": self.versions["low"]} if demand.additions else {})
            bounds = tuple(demand.additions)
            return asked.resolve([replace(demand, additions=(), constraints=bounds)], preferences)

    def works(versions: Mapping[str, str]) -> bool:
        return "low" in versions and Version(versions["low"]) < Version(broken)

    bounds, times = found(Lacking(low=MANY), works, "low<8.4", {"low": "8.4"})
    assert bounds == (f"+low<{broken.removesuffix('.0')}",)
    assert times <= 3 + 6 + 5
    assert found(Lacking(low=MANY), lambda _: True, "low<8.4", {"low": "8.4"}) == ((), 1)
    assert found(Lacking(low=MANY), works, "low<8.4") == ((), 0)


@pytest.mark.usefixtures("dated")
def test_without_a_guess_what_there_was_at_the_upload() -> None:
    index = Index(low=MANY, other=MANY, third=MANY)
    bounds, _ = found(index, lambda versions: Version(versions["other"]) < Version("6.2"))
    assert bounds == ("other<6.2",)


@pytest.mark.usefixtures("dated")
def test_several_at_once() -> None:
    index = Index(low=MANY, other=MANY, third=MANY)

    def works(versions: Mapping[str, str]) -> bool:
        return Version(versions["other"]) < Version("6.2") and Version(versions["third"]) < Version("7.0")

    assert found(index, works) == (("other<6.2", "third<7"), found(index, works)[1])


@pytest.mark.parametrize("when", [None, datetime(2009, 1, 1, tzinfo=UTC)], ids=["unknown", "after all"])
def test_without_a_guess_and_without_times(
    when: datetime | None, uploaded: dict[tuple[str, str], datetime]
) -> None:
    if when is not None:
        uploaded[NAME, "1"] = when
    assert found(Index(low=MANY), lambda versions: Version(versions["low"]) < Version("2")) == ((), 1)


@pytest.mark.parametrize(
    ("version", "text"),
    [("2.0.0", "2"), ("2.1.0", "2.1"), ("1!2.0", "1!2"), ("2.0rc1", "2.0rc1"), ("0.0", "0"), ("odd", "odd")],
)
def test_versions_as_people_write_them(version: str, text: str) -> None:
    assert cures._shortened(version) == text
