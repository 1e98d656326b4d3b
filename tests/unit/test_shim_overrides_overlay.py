"""The import map that overrides make of another, without a disk or an interpreter."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.common_view import differences
from runtime_shim.model.import_map import SCHEMA
from runtime_shim.model.layered import Common, Layered
from runtime_shim.overrides.overlay import describe, overlay
from runtime_shim.overrides.rules import Rule, applying, rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runtime_shim.model.import_map import EnvironmentPart, ImportMap

Instance = tuple[str, str]


@dataclass
class Disk:
    """What lies where, as a test says it."""

    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)

    def shared(self) -> dict[str, str]:
        return self.beside

    def requires(self, instance: Instance) -> Sequence[str]:
        return self.needs.get(instance[1], ())

    def import_names(self, name: str) -> Sequence[str] | None:
        return None if name.startswith("ns-") else [name]


def part(name: str, pins: Mapping[str, str], **borrowed: str) -> EnvironmentPart:
    """An environment: each distribution provides a module of its own name, `ns-x` the portion `ns.x`."""
    providers = {pin.replace("ns-", "ns."): pin for pin in pins}
    seen = {
        **dict.fromkeys(providers, name),
        **{pin.replace("ns-", "ns."): home for pin, home in borrowed.items()},
    }
    whole = {key.partition(".")[0] for key in seen}
    return {
        "paths": [f"py_modules/{name}/site-packages"],
        "path": f"py_modules/{name}",
        "imports": {
            top: next(home for key, home in seen.items() if key.partition(".")[0] == top) for top in whole
        },
        "distributions": dict(pins),
        "providers": providers,
        "borrowed": dict(borrowed),
    }


def document(
    *, requires: Sequence[str], sees: Mapping[str, str], **environments: EnvironmentPart
) -> ImportMap:
    return {
        "schema": SCHEMA,
        "root": "../..",
        "application": {
            "paths": [".venv/site-packages"],
            "imports": {name.replace("ns-", "ns."): home for name, home in sees.items()},
            "distributions": {},
            "providers": {},
            "borrowed": dict(sees),
        },
        "environments": environments,
        "project": {"name": "app", "version": "1", "requires": list(requires)},
    }


# a and n are neighbours on c 2; o has c 1.
PLAIN = document(
    requires=["a", "n", "o"],
    sees={"a": "one", "n": "one", "o": "two"},
    one=part("one", {"a": "2.2.2", "n": "1", "c": "2.0"}),
    two=part("two", {"o": "1", "c": "1.0"}),
)
NEEDS = {"a": ["c"], "n": ["c", "a"], "o": ["c"]}


def seen(result: ImportMap, view: str) -> dict[str, str]:
    part = result["environments"][view] if view else result["application"]
    return {name: home for name, home in part["imports"].items() if home is not None}


def told_once(before: ImportMap) -> ImportMap:
    """Return the same map with what several views have told once, as a build writes it."""
    document: Any = copy.deepcopy(before)
    parts = [document["application"], *document["environments"].values()]
    common: dict[str, dict[str, str]] = {"imports": {}, "borrowed": {}}
    for key in common:
        for part in parts:
            for name, home in part[key].items():
                common[key].setdefault(name, home)
        for part in parts:
            part[key] = differences(part[key], common[key])
    document["common"] = common
    made: ImportMap = document
    return made


def told_of_each(short: ImportMap) -> ImportMap:
    """Return a map in which each view is whole."""
    document: Any = copy.deepcopy(short)
    common = document.pop("common")
    for part in (document["application"], *document["environments"].values()):
        for key in ("imports", "borrowed"):
            part[key] = Layered(Common(common[key]), part[key]).merged()
    made: ImportMap = document
    return made


def outcome(
    before: ImportMap,
    asked: dict[str, Any],
    disk: Disk | None = None,
    in_force: dict[str, Any] | None = None,
) -> tuple[ImportMap, str]:
    """Return the map with overrides, and what is left for a build; check that the given map is left alone."""
    kept = copy.deepcopy(before)
    result, unmet = overlay(before, rules(asked), rules(in_force or {}), disk or Disk(NEEDS))
    assert before == kept
    short, _ = overlay(told_once(before), rules(asked), rules(in_force or {}), disk or Disk(NEEDS))
    assert told_of_each(short) == result
    return result, describe(unmet)


def test_the_importer_alone_sees_it() -> None:
    result, left = outcome(PLAIN, {"A": {"2.2.2": {"C": "1.0.0"}}})
    assert left == ""
    assert seen(result, "one/a") == {"a": "one/a", "n": "one", "c": "two"}
    assert seen(result, "one") == {"a": "one/a", "n": "one", "c": "one"}
    assert seen(result, "two") == {"o": "two", "c": "two"}
    assert seen(result, "") == {"a": "one/a", "n": "one", "o": "two"}
    made = result["environments"]["one/a"]
    assert made["paths"] == PLAIN["environments"]["one"]["paths"]
    assert (made["over"], made["distributions"], made["providers"]) == ("one", {"a": "2.2.2"}, {"a": "a"})
    assert made["borrowed"] == {"a": "one/a", "n": "one", "c": "two"}
    assert result["environments"]["one"]["distributions"] == {"n": "1", "c": "2.0"}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"A": {"2.2.2": {"C": "2"}}},  # so it is
        {"A": {"9": {"C": "1.0"}}},  # of a release that is not there
        {"X": {"1": {"C": "1.0"}}},
        {"O": {"2": {"A": {"2.2.2": {"C": "1.0"}}}}},
    ],
)
def test_nothing_to_do(asked: dict[str, Any]) -> None:
    assert outcome(PLAIN, asked) == (PLAIN, "")


def test_what_is_not_installed() -> None:
    result, left = outcome(PLAIN, {"A": {"2.2.2": {"C": "1.5", "X": "1"}}, "N": {"1": {"C": "1.0"}}})
    assert left == "asks for what is not installed (a 2.2.2 → c 1.5; a 2.2.2 → x 1)"
    assert seen(result, "one/n")["c"] == "two"
    assert seen(result, "one")["a"] == "one", "the other rule takes effect"


def test_a_general_rule_does_not_stand_in_for_one_that_cannot_be() -> None:
    before = document(
        requires=["n"],
        sees={"n": "one", "a": "one"},
        one=part("one", {"a": "2.2.2", "n": "1", "c": "2.0"}),
        two=part("two", {"o": "1", "c": "1.0"}),
    )
    asked = {"N": {"1": {"A": {"2.2.2": {"C": "1.5"}}}}, "A": {"2.2.2": {"C": "1.0"}}}
    result, left = outcome(before, asked)
    assert seen(result, "one")["a"] == "one"
    assert left == "asks for what is not installed (n 1 → a 2.2.2 → c 1.5)"


def test_the_project_is_an_importer() -> None:
    result, left = outcome(PLAIN, {"App": {"1.0": {"C": "1.0"}}})
    assert left == ""
    assert seen(result, "") == {**seen(PLAIN, ""), "c": "two"}
    assert result["application"]["borrowed"]["c"] == "two"
    assert result["environments"] == PLAIN["environments"]


def test_an_importer_alone_in_its_environment_keeps_it() -> None:
    before = document(
        requires=["a", "o"],
        sees={"a": "one", "o": "two"},
        one=part("one", {"a": "2.2.2"}, c="three"),
        two=part("two", {"o": "1", "c": "1.0"}),
        three=part("three", {"c": "2.0"}),
    )
    result, _ = outcome(before, {"A": {"2.2.2": {"C": "1.0"}}})
    assert list(result["environments"]) == ["one", "two", "three"]
    assert seen(result, "one") == {"a": "one", "c": "two"}
    assert result["environments"]["one"]["borrowed"] == {"c": "two"}


def test_a_chain_of_overrides() -> None:
    """a uses b 2, and that b uses c 1."""
    before = document(
        requires=["a", "x", "o"],
        sees={"a": "one", "x": "two", "o": "three"},
        one=part("one", {"a": "1", "b": "1", "c": "2"}),
        two=part("two", {"x": "1", "b": "2", "c": "2"}),
        three=part("three", {"o": "1", "c": "1"}),
    )
    needs = {"a": ["b"], "b": ["c"], "o": ["c"]}
    asked = {"A": {"1": {"B": {"2": {"C": "1"}}}}}
    result, left = outcome(before, asked, Disk(needs))
    assert left == ""
    assert seen(result, "one/a") == {"a": "one/a", "b": "two/b", "c": "one"}
    assert seen(result, "two/b") == {"x": "two", "b": "two/b", "c": "three"}
    assert seen(result, "two") == {"x": "two", "b": "two/b", "c": "two"}


def test_two_contexts_are_a_matter_for_a_build() -> None:
    """x and a share one b, which is to see another c below a only: its files are loaded once."""
    before = document(
        requires=["a", "x", "o"],
        sees={"a": "one", "x": "one", "o": "three"},
        one=part("one", {"a": "1", "x": "1", "b": "2", "c": "2"}),
        three=part("three", {"o": "1", "c": "1"}),
    )
    needs = {"a": ["b"], "x": ["b"], "b": ["c"]}
    asked = {"A": {"1": {"B": {"2": {"C": "1"}}}}}
    result, left = outcome(before, asked, Disk(needs))
    assert left == "asks for what a build has to keep apart (a 1 → b 2 → c 1)"
    assert result == before
    both = {**asked, "X": {"1": {"B": {"2": {"C": "1"}}}}}
    result, left = outcome(before, both, Disk(needs))
    assert left == ""
    assert seen(result, "one/b")["c"] == "three"
    general = {**asked, "B": {"2": {"C": "1"}}}
    assert outcome(before, general, Disk(needs))[1] == ""


def test_a_rule_taken_back() -> None:
    """What would be without it, only a resolution can tell."""
    in_force = {"A": {"2.2.2": {"C": "2"}}, "Z": {"1": {"C": "1"}}}
    result, left = outcome(PLAIN, {}, in_force=in_force)
    assert (result, left) == (PLAIN, "no longer asks for what is in force (a 2.2.2 → c 2)")
    changed = {"A": {"2.2.2": {"C": "1.0"}}}
    result, left = outcome(PLAIN, changed, in_force=in_force)
    assert (seen(result, "one/a")["c"], left) == ("two", "")


def test_what_is_in_force_is_not_complained_of() -> None:
    in_force = {"A": {"2.2.2": {"X": "1"}}}
    assert outcome(PLAIN, {**in_force, "N": {"1": {"C": "1.0"}}}, in_force=in_force)[1] == ""


def test_a_shared_importer_gets_an_environment_of_its_own() -> None:
    disk = Disk({"u": ["v"]}, {"u": "1", "v": "1", "ns-y": "1"})
    result, left = outcome(PLAIN, {"U": {"1": {"C": "1.0"}}}, disk)
    assert left == ""
    assert all(seen(result, view)["u"] == "application/u" for view in ("", "one", "two", "application/u"))
    assert seen(result, "application/u")["c"] == "two"
    assert "c" not in seen(result, "")
    _, left = outcome(PLAIN, {"ns-y": {"1": {"C": "1.0"}}}, disk)
    assert left == "asks for what a build has to keep apart (ns-y 1 → c 1.0)"


def test_portions_of_a_namespace_package() -> None:
    """The importer and the dependency are portions of `ns`; the views name it as a whole before."""
    before = document(
        requires=["ns-a", "o"],
        sees={"ns-a": "one", "o": "two"},
        one=part("one", {"ns-a": "1", "ns-b": "1", "ns-c": "2"}),
        two=part("two", {"o": "1", "ns-c": "1", "ns-d": "1"}),
    )
    before["application"]["imports"] = {"ns": "one", "o": "two"}
    result, left = outcome(before, {"ns-a": {"1": {"ns_c": "1"}}}, Disk({}))
    assert left == ""
    assert seen(result, "one/ns-a") == {"ns.a": "one/ns-a", "ns.b": "one", "ns.c": "two"}
    assert seen(result, "one") == {"ns.a": "one/ns-a", "ns.b": "one", "ns.c": "one"}
    assert seen(result, "") == {"ns.a": "one/ns-a", "ns.b": "one", "ns.c": "one", "o": "two"}
    assert seen(result, "two") == {"ns": "two", "o": "two"}


def test_an_alias_of_the_application_follows() -> None:
    before = copy.deepcopy(PLAIN)
    before["application"]["aliases"] = {
        "old": {"environment": "one", "module": "a"},
        "new": {"environment": "one", "module": "c"},
    }
    result, _ = outcome(before, {"A": {"2.2.2": {"C": "1.0"}}})
    assert {alias: meant["environment"] for alias, meant in result["application"]["aliases"].items()} == {
        "old": "one/a",
        "new": "one",
    }


def test_an_alias_is_an_import_of_the_application() -> None:
    """x is the only one that requires b, but the application imports it, too, under a name of its own."""
    before = document(
        requires=["x", "o"],
        sees={"x": "one", "o": "two"},
        one=part("one", {"x": "1", "b": "2", "c": "2"}),
        two=part("two", {"o": "1", "c": "1"}),
    )
    asked = {"X": {"1": {"B": {"2": {"C": "1"}}}}}
    disk = Disk({"x": ["b"], "b": ["c"]})
    assert outcome(before, asked, disk)[1] == ""
    before["application"]["aliases"] = {"b_old": {"environment": "one", "module": "b"}}
    assert outcome(before, asked, disk)[1] == "asks for what a build has to keep apart (x 1 → b 2 → c 1)"


def test_two_importers_of_one_environment() -> None:
    result, left = outcome(PLAIN, {"A": {"2.2.2": {"C": "1.0"}}, "N": {"1": {"C": "1.0"}}})
    assert left == ""
    assert seen(result, "one/a") == {"a": "one/a", "n": "one/n", "c": "two"}
    assert seen(result, "one/n") == {"a": "one/a", "n": "one/n", "c": "two"}
    assert seen(result, "one") == {"a": "one/a", "n": "one/n", "c": "one"}


NAMES = st.sampled_from("abcd")
pins = st.dictionaries(NAMES, st.sampled_from("12"), min_size=1)


@st.composite
def projects(draw: st.DrawFn) -> tuple[ImportMap, Disk]:
    """Two or three environments, each by itself; the application sees a distribution of one of them at most."""
    environments = {f"e{number}": part(f"e{number}", draw(pins)) for number in range(draw(st.integers(2, 3)))}
    needs = {name: [other for other in "abcd" if other != name and draw(st.booleans())] for name in "abcd"}
    sees = {}
    for name in draw(st.sets(NAMES, min_size=1)):
        homes = [home for home, one in environments.items() if name in one["distributions"]]
        if homes:
            sees[name] = draw(st.sampled_from(homes))
    return document(requires=sorted(sees), sees=sees, **environments), Disk(needs)


@st.composite
def universes(draw: st.DrawFn) -> tuple[ImportMap, Disk, tuple[Rule, ...]]:
    """A project, and rules for ends of chains that there are."""
    before, disk = draw(projects())
    found: dict[Any, Rule] = {}
    for _ in range(draw(st.integers(1, 4))):
        instance, chain = ("", ""), [("app", "1")]
        for _ in range(draw(st.integers(0, 3))):
            needed = disk.requires(instance) if instance[1] else required(before)
            then = {name: there for name, there in finds(before, instance).items() if name in needed}
            if not then:
                break
            name = draw(st.sampled_from(sorted(then)))
            instance = then[name][0], name
            chain.append((name, then[name][1]))
        path = tuple(chain[-draw(st.integers(1, 3)) :])
        dependency = draw(NAMES)
        if dependency != path[-1][0]:
            rule = Rule(path, dependency, draw(st.sampled_from("12")))
            found.setdefault(rule.choice, rule)
    return before, disk, tuple(found.values())


def required(result: ImportMap) -> list[str]:
    project = result["project"]
    assert project is not None
    return project["requires"]


def finds(result: ImportMap, instance: Instance) -> dict[str, tuple[str, str]]:
    """Return name → (environment, version) of what an instance's code gets, by the views alone."""
    environment, name = instance
    environments = result["environments"]
    home = f"{environment}/{name}" if f"{environment}/{name}" in environments else environment
    view = environments[home] if environment else result["application"]
    return {
        found: (there.partition("/")[0], environments[there]["distributions"][found])
        for found, there in view["imports"].items()
        if there is not None
    }


@settings(max_examples=400, deadline=None)
@given(universes())
def test_every_chain_finds_what_is_asked_and_nobody_else_anything_new(
    universe: tuple[ImportMap, Disk, tuple[Rule, ...]],
) -> None:
    """Walk the chains of imports through the views that came out, to some depth, and ask the rules at each."""
    before, disk, asked = universe
    result, unmet = overlay(before, asked, (), disk)
    assert told_of_each(overlay(told_once(before), asked, (), disk)[0]) == result
    refused = {one.rule for one in unmet}
    waiting: list[tuple[Instance, tuple[tuple[str, str], ...]]] = [(("", ""), (("app", "1"),))]
    while waiting:
        instance, chain = waiting.pop()
        then, now = finds(before, instance), finds(result, instance)
        rules_here = applying(asked, chain)
        for name, rule in rules_here.items():
            if rule in refused:
                assert now.get(name) == then.get(name)
            else:
                assert now[name][1] == rule.version
        if len(chain) < 5:
            needed = disk.requires(instance) if instance[1] else required(before)
            for name in {*needed, *rules_here} & now.keys():
                environment, version = now[name]
                waiting.append(((environment, name), (*chain, (name, version))))
    for environment, one in before["environments"].items():
        for name, version in one["distributions"].items():
            instance = environment, name
            then, now = finds(before, instance), finds(result, instance)
            own = {rule.dependency for rule in asked if rule.path[-1] == (name, version)}
            assert {k: v for k, v in now.items() if k not in own} == {
                k: v for k, v in then.items() if k not in own
            }
