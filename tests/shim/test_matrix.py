"""Every way to ask for a module, from everywhere: the table of `ways` by `contexts`, as in plain venvs.

Each way runs twice in each context, first with nothing of the library loaded, and for two askers in turn.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.shim.contexts import CONTEXTS, asker, program
from tests.shim.ways import IMPORTS, MACHINERY
from tests.shim.ways_by_name import METADATA, TOOLS
from tests.shim.world import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.shim.world import World

STAR = "from lib.star import *\nfrom lib.late import *\n"

WAYS = {**IMPORTS, **MACHINERY, **METADATA, **TOOLS}

# The application declares `lib` 2 and not the other libraries; which distributions it sees has tests of its own.
NOT_OF_THE_APPLICATION = (
    "virtual",
    "six",
    "namespace, PEP 420",
    "namespace, pkgutil-style",
    ".pth path line",
    "addsitedir",
    "extend_path",
    "pkgutil of everything",
    "version and requires",
    "packages_distributions",
    "distributions",
    "warnings",
    "traceback",
)

# Contexts that fail for the application, whose code has no mark of its own as an environment's has.
FAILING = (
    "made_in_fresh_globals_called_by_neighbour",
    "made_in_fresh_globals_called_by_c",
    "made_in_named_globals_called_by_application",
)


@dataclass(frozen=True, slots=True)
class Table:
    """What askers have found: package → context → way → what was found each time."""

    project: Mapping[str, Mapping[str, Mapping[str, Any]]]
    plain: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def assert_equal(self, context: str) -> None:
        """Compare what was found in the project with what was found in plain venvs."""
        wrong = {
            f"{way}, {package}": {"found": self.project[package][context][way], "plain": plain}
            for package in self.plain
            for way, plain in self.plain[package][context].items()
            if self.project[package][context][way] != plain
        }
        assert not wrong, json.dumps(wrong, indent=1)


def make_table(world: World, asker: str, neighbours: Mapping[str, str], like: str | None = None) -> Table:
    """Run every context in the project and in plain venvs.

    :param neighbours: the package that asks → its neighbour.
    :param like: the package whose plain venv to compare with, if not the one that asks.
    """
    with ThreadPoolExecutor(2) as pool:
        project = pool.submit(world.answer, program(asker, CONTEXTS, list(neighbours.items())))
        plain = [
            pool.submit(world.plain_answer, like or package, program(asker, CONTEXTS, [(package, package)]))
            for package in neighbours
        ]
    return Table(
        project.result(), {package: found for run in plain for package, found in run.result().items()}
    )


@pytest.fixture(scope="module")
def environments(world: World) -> Table:
    """The environments ask, each the other's neighbour."""
    name = world.add_probe(asker(WAYS, world.add_probe(STAR)))
    return make_table(world, name, dict(zip(PACKAGES, PACKAGES[::-1], strict=True)))


@pytest.fixture(scope="module")
def application(world: World) -> Table:
    """A package of the application asks; the plain venv is one with its version of `lib`."""
    ways = {name: body for name, body in WAYS.items() if name not in NOT_OF_THE_APPLICATION}
    name = world.add_probe(asker(ways, "star"))
    example = world.plain_site("dep_b") / "dep_b"
    for folder in (world.project.root, world.plain_folder):
        package = folder / "app_package"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "star.py").write_text(STAR)
        for file in ("tools.py", f"{name}.py"):
            (package / file).write_bytes((example / file).read_bytes())
    return make_table(world, name, {"app_package": "dep_a"}, "dep_b")


@pytest.mark.parametrize("context", CONTEXTS)
def test_environments(environments: Table, context: str) -> None:
    """[every way, from everywhere] In each context every way finds the environment's own, as in a plain venv."""
    environments.assert_equal(context)


@pytest.mark.parametrize("context", [name for name in CONTEXTS if name not in FAILING])
def test_application(application: Table, context: str) -> None:
    """[every way, from everywhere] So it is for the application's code, with an environment's as its neighbour."""
    application.assert_equal(context)


@pytest.mark.xfail(
    strict=True, reason="nothing tells that a function made in fresh globals is the application's"
)
@pytest.mark.parametrize("context", FAILING)
def test_application_and_wrong(application: Table, context: str) -> None:
    """[every way, from everywhere] Contexts that are not right for the application's code."""
    application.assert_equal(context)


def test_versions_can_be_told_apart(environments: Table) -> None:
    """[not vacuous] Every way finds something else for each environment; only the ways to fail find errors."""
    one, two = (environments.plain[package]["own_code"] for package in PACKAGES)
    assert list(one) == list(two) == list(WAYS)
    assert [way for way in WAYS if one[way] == two[way]] == ["missing"]
    errors = [way for way in WAYS if isinstance(one[way][0], list) and str(one[way][0][0]).endswith("Error")]
    assert errors == ["missing", "missing name"]
