"""What an environment sees."""

from __future__ import annotations

import pytest

from runtime_shim.model.environment import Environment, known
from runtime_shim.model.layered import NOTHING, Layered


class Cloud:
    """Two environments with portions of `cloud`: `core` in two versions, `disk` and `net` once each."""

    def __init__(self) -> None:
        self.application = Environment("application", None, ["/project/.venv/site"])
        self.application.has_source = lambda _: False
        self.one = self._holds("one", {"core": "1", "disk": "5"})
        self.two = self._holds("two", {"core": "2", "net": "6", "extra": "2"})
        self.one.see({"cloud": self.one})
        self.two.see(
            {"cloud.core": self.two, "cloud.net": self.two, "cloud.extra": self.two, "cloud.disk": self.one}
        )
        self.two.borrowed = Layered(NOTHING, {"disk": self.one})
        self.application.see({"cloud.disk": self.one, "cloud.net": self.two})

    def _holds(self, name: str, held: dict[str, str]) -> Environment:
        environment = Environment(name, self.application, [f"/project/py_modules/{name}/site"])
        environment.distributions = {part: version for part, version in held.items() if part != "extra"}
        environment.providers = {f"cloud.{part}": part if part != "extra" else "core" for part in held}
        return environment


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud()
    monkeypatch.setattr(known, "everyone", [made.application, made.one, made.two])
    return made


def test_every_portion_has_one_provider_in_each_view(cloud: Cloud) -> None:
    """What the application does not declare comes from the first environment that it takes other portions from."""
    owner = cloud.application.owner
    assert [owner(f"cloud.{part}") for part in ("disk", "net", "core")] == [cloud.one, cloud.two, cloud.one]
    assert owner("cloud") is owner("cloud.nothing") is cloud.application
    assert [cloud.two.owner(f"cloud.{part}") for part in ("disk", "core")] == [cloud.one, cloud.two]
    assert cloud.one.owner("cloud.net") is cloud.one  # where it will not be found


def test_portions_of_one_distribution_come_from_one_environment(cloud: Cloud) -> None:
    """`extra` is of the `core` that the application does not see."""
    assert cloud.application.owner("cloud.extra") is cloud.application
    assert cloud.two.owner("cloud.extra") is cloud.two


def test_a_view_with_portions_from_several_environments_has_a_package_of_its_own(cloud: Cloud) -> None:
    assert cloud.two.is_split("cloud")
    assert cloud.two.owner("cloud") is cloud.two
    assert cloud.two.portions("cloud") == [cloud.one, cloud.two]
    assert cloud.application.is_split("cloud")
    assert not cloud.one.is_split("cloud")
    assert not cloud.application.is_split("cloud.disk")


def test_the_standard_library_comes_before_what_is_installed() -> None:
    """A backport named like a module of the standard library is never found: `site-packages` is searched last."""
    application = Environment("application", None, ["/project/.venv/site"])
    isolated = Environment("dep-a", application, ["/project/py_modules/a/site"])
    isolated.see({"dataclasses": isolated, "asyncio.tasks": isolated, "backported": isolated})
    assert isolated.owner("dataclasses") is application
    assert isolated.owner("backported") is isolated
    assert not {"dataclasses", "asyncio"} & known.versioned_import_names
