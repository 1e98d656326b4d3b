"""Which version takes the place of one that a pickle names: values in, values out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runtime_shim.loading import nearest_version, versioned_names
from runtime_shim.loading.nearest_version import Found, Written
from runtime_shim.model.environment import Environment

if TYPE_CHECKING:
    from collections.abc import Iterable


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lib@1", Written("lib", "1", "", "lib")),
        ("lib@2.0.3.core.frame", Written("lib", "2.0.3", "", "lib.core.frame")),
        ("lib@2.0.3~dep-a.core", Written("lib", "2.0.3", "dep-a", "lib.core")),
        ("lib@2.0rc1.core", Written("lib", "2.0rc1", "", "lib.core")),
        ("lib@2.0.post1.dev2.core", Written("lib", "2.0.post1.dev2", "", "lib.core")),
        ("lib@1!2.0.core", Written("lib", "1!2.0", "", "lib.core")),
        ("lib@2.1.0+cu118.nn", Written("lib", "2.1.0+cu118", "", "lib.nn")),
        ("lib@2.postal", Written("lib", "2", "", "lib.postal")),
        ("lib", None),
        ("lib@", None),
        ("lib@x.core", None),
        ("lib@2..core", None),
        ("lib.core@2", None),
    ],
)
def test_parse(name: str, expected: Written | None) -> None:
    assert nearest_version.parse(name) == expected


def environments(versions: Iterable[str], distribution: str = "lib") -> list[Environment]:
    application = Environment("application", None, ["/app"])
    made = []
    for number, version in enumerate(versions):
        one = Environment(f"e{number}", application, [f"/e{number}"])
        one.distributions, one.providers = {distribution: version}, {"lib": distribution}
        one.see({"lib": one})
        made.append(one)
    return made


@pytest.mark.parametrize(
    ("written", "there", "expected"),
    [
        ("lib@2.0.3", ["2.0.2"], "2.0.2"),
        ("lib@2.0.3", ["1.9", "3.0"], None),
        ("lib@2.0.3", ["2.2.3", "2.0.2"], "2.0.2"),  # most in common
        ("lib@2.0.3", ["2.2.3", "2.1.9"], "2.1.9"),  # the next newer
        ("lib@2.5", ["2.1", "2.3"], "2.3"),  # the next older
        ("lib@2.5", ["2.1", "2.9"], "2.9"),  # newer before older
        ("lib@2.0.3~e0", ["2.2.3", "2.0.2"], "2.2.3"),  # the environment that is named
        ("lib@2.0.3~e0", ["1.2.3", "2.0.2"], "2.0.2"),  # it is not compatible any more
        ("lib@0.4.1", ["0.5.0"], None),
        ("lib@0.4.1", ["0.5.0", "0.4.9"], "0.4.9"),
        ("lib@1!2.0", ["2.0"], None),
        ("lib@1!2.0", ["1!2.7"], "1!2.7"),
        ("lib@2", ["2.0.0"], "2.0.0"),
        ("lib@2.0.0rc1", ["2.0.0"], "2.0.0"),
        ("lib@2024.1", ["2024.8", "2025.1"], "2024.8"),
    ],
)
def test_nearest(
    written: str, there: list[str], expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = environments(there)
    monkeypatch.setattr(versioned_names, "homes_of", lambda _top: made)
    parsed = nearest_version.parse(written)
    assert parsed is not None
    found = nearest_version.nearest(parsed, made[0].application)
    assert (found and found.version) == expected


def test_the_readers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made = environments(["2.1", "2.2", "2.4"])
    monkeypatch.setattr(versioned_names, "homes_of", lambda _top: made)
    parsed = nearest_version.parse("lib@2.0.3")
    assert parsed is not None
    assert nearest_version.nearest(parsed, made[1]) == Found(made[1], "lib", "2.2")


def test_another_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where two distributions have the module it cannot be known which of them was written."""
    made = [*environments(["2.1"]), *environments(["2.2"], "other-lib")]
    monkeypatch.setattr(versioned_names, "homes_of", lambda _top: made)
    parsed = nearest_version.parse("lib@2.0.3")
    assert parsed is not None
    assert nearest_version.nearest(parsed, made[0].application) is None
