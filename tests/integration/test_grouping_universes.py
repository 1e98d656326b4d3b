"""Random universes of tiny wheels, grouped with uv as the oracle, against brute force over all partitions.

With everything that makes real requirements hard: extras, markers, conflicts of three, requirements whose own tree
has no solution, and distributions that install the same module.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.config.project import load_project
from orchestrator.config.requirements import applicable
from orchestrator.grouping import Unsatisfiable, partition
from orchestrator.resolution.groups import find_groups
from orchestrator.resolution.items import item_of
from orchestrator.resolution.oracle import UvOracle
from orchestrator.resolution.resolver import Resolver
from orchestrator.resolution.resolvers import Resolvers
from orchestrator.system.console import Reporter
from orchestrator.uv import interpreter as interpreters
from tests.support.process import offline_environment
from tests.support.wheels import Index
from tests.unit.grouping.grouping_graphs import FANO, GROETZSCH, Graph, crown, cycle, kneser
from tests.unit.grouping.grouping_universes import assert_conflicts_minimal, best_partition, groups_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.resolution.outcome import Groups

VERSIONS = (1, 2, 3)
BOUNDS = {
    "": {1, 2, 3},
    ">=2": {2, 3},
    "<3": {1, 2},
    "<2": {1},
    ">2": {3},
    "==2": {2},
    "!=2": {1, 3},
    ">1,<3": {2},
}
MARKERS = {"": True, 'python_version >= "3"': True, 'python_version < "3"': False}
CLASH = frozenset({"left", "right"})
SEEDS = range(60)


@dataclass(frozen=True)
class Need:
    """One requirement."""

    name: str
    bound: str = ""
    extra: str = ""
    marker: str = ""

    @property
    def text(self) -> str:
        extra = f"[{self.extra}]" if self.extra else ""
        return f"{self.name}{extra}{self.bound}" + (f" ; {self.marker}" if self.marker else "")


Release = dict[str, list[Need]]
"""Extra → what it needs; the empty one is what is always needed."""


@dataclass(frozen=True)
class Universe:
    """Distributions, and requirements of some of them; every distribution knows its versions."""

    releases: Mapping[str, Mapping[int, Release]]
    requirements: Sequence[Need]

    def publish(self, index: Index) -> None:
        for name, versions in self.releases.items():
            for version, needs in versions.items():
                index.add(
                    name,
                    f"{version}.0",
                    requires=[need.text for need in needs[""]],
                    extras={"fast": [need.text for need in needs["fast"]]},
                )

    def satisfiable(self, members: frozenset[int]) -> bool:
        """Try all versions of everything."""
        names = sorted(name for name, versions in self.releases.items() if len(versions) > 1)
        return any(
            self.closure(members, dict(zip(names, versions, strict=True))) is not None
            for versions in itertools.product(VERSIONS, repeat=len(names))
        )

    def closure(self, members: frozenset[int], chosen: Mapping[str, int]) -> set[str] | None:
        """Return what is installed if these versions are chosen, None if that is wrong."""
        waiting = [self.requirements[member] for member in members]
        seen: set[tuple[str, str]] = set()
        while waiting:
            need = waiting.pop()
            if not MARKERS[need.marker]:
                continue
            version = chosen.get(need.name, 1)
            if version not in BOUNDS[need.bound]:
                return None
            for extra in {"", need.extra}:
                if (need.name, extra) not in seen:
                    seen.add((need.name, extra))
                    waiting += self.releases[need.name][version][extra]
        names = {name for name, _ in seen}
        return None if names >= CLASH else names


def make(seed: int) -> Universe:
    rng = random.Random(seed)
    libraries = [f"lib-{letter}" for letter in "abcd"[: rng.randint(2, 4)]]

    def needs(names: Sequence[str], most: int) -> list[Need]:
        chosen = rng.sample(names, rng.randint(0, min(most, len(names))))
        return [
            Need(
                name,
                rng.choice(list(BOUNDS)),
                rng.choice(("", "", "fast")),
                rng.choice(("", "", *MARKERS)),
            )
            for name in chosen
        ]

    releases: dict[str, dict[int, Release]] = {
        name: {
            version: {"": needs(libraries[number + 1 :], 1), "fast": needs(libraries[number + 1 :], 1)}
            for version in VERSIONS
        }
        for number, name in enumerate(libraries)
    }
    releases |= {name: {1: {"": [], "fast": []}} for name in sorted(CLASH)}
    requirements = []
    for number in range(rng.randint(3, 5)):
        if rng.random() < 0.2:
            requirements.append(Need(libraries[number % len(libraries)], rng.choice(list(BOUNDS))))
            continue
        clash = [Need(rng.choice(sorted(CLASH)))] if rng.random() < 0.4 else []
        releases[f"app-{number}"] = {1: {"": [*needs(libraries, 3), *clash], "fast": needs(libraries, 1)}}
        requirements.append(Need(f"app-{number}", "", rng.choice(("", "fast"))))
    return Universe(releases, requirements)


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, uv_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """An index of wheels that is all that uv knows."""
    wheels = tmp_path / "index"
    wheels.mkdir()
    for name in [name for name in os.environ if name.startswith("UV_")]:
        monkeypatch.delenv(name)
    for name, value in {**offline_environment(wheels), "UV_CACHE_DIR": str(uv_cache)}.items():
        monkeypatch.setenv(name, value)
    return Index(wheels)


def oracle_of(universe: Universe, root: Path) -> UvOracle:
    texts = json.dumps([need.text for need in universe.requirements])
    (root / "pyproject.toml").write_text(f'[project]\nname = "all"\nversion = "1"\ndependencies = {texts}\n')
    project = load_project(root / "pyproject.toml")
    interpreter = interpreters.find(root, sys.executable)
    requirements = applicable(project.requirements, interpreter.markers)
    items = [item_of((requirement,), ("all", "1")) for requirement in requirements]
    return UvOracle(Resolver(project, interpreter), items, [CLASH])


@pytest.mark.parametrize("seed", SEEDS)
def test_is_the_best_of_all_partitions(seed: int, surroundings: Index, tmp_path: Path) -> None:
    universe = make(seed)
    universe.publish(surroundings)
    oracle = oracle_of(universe, tmp_path)
    count = len(universe.requirements)
    alone = [index for index in range(count) if not universe.satisfiable(frozenset({index}))]
    if alone:
        with pytest.raises(Unsatisfiable) as failure:
            partition(count, oracle, union_certificate=oracle.union_is_satisfiable, deductions=oracle)
        assert [index for index, _ in failure.value.failures] == alone
        return
    grouping = partition(count, oracle, union_certificate=oracle.union_is_satisfiable, deductions=oracle)
    assert groups_of(grouping) == best_partition(count, universe.satisfiable)
    assert grouping.proved
    assert_conflicts_minimal(grouping.conflicts, universe.satisfiable)
    for group in grouping.groups:
        pins = {name: int(version.partition(".")[0]) for name, version in group.verdict.pins.items()}
        assert universe.closure(frozenset(group.members), pins) == set(pins)


def test_the_universes_are_of_every_kind() -> None:
    """Else the test above would say less than it seems to."""
    universes = [make(seed) for seed in SEEDS]
    sizes, alone, clashes = set(), 0, 0
    for universe in universes:
        count = len(universe.requirements)
        subsets = [frozenset(c) for n in range(1, count + 1) for c in itertools.combinations(range(count), n)]
        refuted = [members for members in subsets if not universe.satisfiable(members)]
        minimal = [each for each in refuted if not any(other < each for other in refuted)]
        sizes |= {len(members) for members in minimal}
        alone += any(len(members) == 1 for members in minimal)
        installed = [
            {need.name for release in universe.releases.get(each.name, {}).values() for need in release[""]}
            for each in universe.requirements
        ]
        clashes += set().union(*installed) >= CLASH
    assert sizes >= {1, 2, 3}
    assert 4 <= alone <= len(universes) / 2
    assert clashes >= 4


def universe_of(graph: Graph) -> Universe:
    """Make a distribution of each vertex; each edge is a library of which its vertices exclude all versions."""
    count, edges = graph
    needs: list[list[Need]] = [[] for _ in range(count)]
    releases: dict[str, dict[int, Release]] = {}
    for number, edge in enumerate(edges):
        name = f"edge-{number}"
        releases[name] = {version: {"": [], "fast": []} for version in VERSIONS[: len(edge)]}
        for version, vertex in enumerate(edge, start=1):
            needs[vertex].append(Need(name, f"!={version}"))
    for vertex in range(count):
        releases[f"vertex-{vertex}"] = {1: {"": needs[vertex], "fast": []}}
    return Universe(releases, [Need(f"vertex-{vertex}") for vertex in range(count)])


@pytest.mark.parametrize(
    ("graph", "number"),
    [
        pytest.param(cycle(7), 3, id="cycle-7"),
        pytest.param(crown(5), 2, id="crown-5"),
        pytest.param(GROETZSCH, 4, id="groetzsch"),
        pytest.param(kneser(5, 2), 3, id="petersen"),
        pytest.param(FANO, 3, id="fano"),
    ],
)
def test_hard_graphs_made_of_wheels(graph: Graph, number: int, surroundings: Index, tmp_path: Path) -> None:
    universe = universe_of(graph)
    universe.publish(surroundings)
    oracle = oracle_of(universe, tmp_path)
    grouping = partition(graph[0], oracle, union_certificate=oracle.union_is_satisfiable, deductions=oracle)
    assert (len(grouping.groups), grouping.lower_bound, grouping.proved) == (number, number, True)
    edges = {frozenset(edge) for edge in graph[1]}
    assert {conflict.members for conflict in grouping.conflicts} <= edges
    assert not any(edge <= set(members) for edge in edges for members in groups_of(grouping))


def test_what_one_search_has_asked_the_next_does_not(surroundings: Index, tmp_path: Path) -> None:
    """A build searches again when installing has taught it something; other interpreters have answers of their own."""
    for version in ("1.0", "2.0"):
        surroundings.add("low", version)
        surroundings.add(f"needs-{version[0]}", "1.0", requires=[f"low=={version}"])
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "all"\nversion = "1"\ndependencies = ["needs-1", "needs-2", "low"]\n'
    )
    project = load_project(tmp_path / "pyproject.toml")
    interpreter = interpreters.find(tmp_path, sys.executable)
    requirements = applicable(project.requirements, interpreter.markers)
    resolvers = Resolvers()

    def search(interpreter: interpreters.Interpreter, resolvers: Resolvers) -> Groups:
        return find_groups(project, requirements, interpreter, (), Reporter(quiet=True), resolvers=resolvers)

    first, again, anew = (search(interpreter, each) for each in (resolvers, resolvers, Resolvers()))
    assert first.groups == again.groups == anew.groups
    # What the newest versions are is asked by itself.
    assert first.calls == anew.calls > 3 > 1 >= again.calls
    elsewhere = replace(interpreter, markers={**interpreter.markers, "platform_release": "another"})
    assert search(elsewhere, resolvers).calls == first.calls
