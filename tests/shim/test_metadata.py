"""`importlib.metadata` describes the distributions of the caller's view."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

OWN = {
    "version": """
        from importlib.metadata import version
        def outcome():
            return [version(name) for name in ("lib", "LIB", "duo", "utils", "shared")]
        """,
    "requires": """
        from importlib.metadata import requires
        def outcome():
            return [requires("lib"), requires(__package__.replace("_", "-"))]
        """,
    "files": """
        from importlib.metadata import files
        def outcome():
            found = {str(file): file for file in files("lib")}
            text = found["lib/data.txt"].read_text()
            return [sorted(found), text, str(found["lib/x.py"].locate())]
        """,
    "entry_points": """
        from importlib.metadata import entry_points
        def outcome():
            found = entry_points(group="lib.plugins")
            return [[point.name, point.value, point.load()(), point.dist.version] for point in found]
        """,
    "distribution": """
        from importlib.metadata import distribution
        def outcome():
            found = distribution("lib")
            return [found.version, found.metadata["Name"], str(found.locate_file("lib")), found.read_text("METADATA")]
        """,
    "distributions": """
        from importlib.metadata import distributions
        ours = {"lib", "duo", "utils", "shared", "only-a", "only-b", "dep-a", "dep-b"}
        def outcome():
            return sorted([found.name, found.version] for found in distributions() if found.name in ours)
        """,
    "packages_distributions": """
        from importlib.metadata import packages_distributions
        def outcome():
            found = packages_distributions()
            return [found.get(name) for name in ("lib", "duo", "utils", "only_a", "only_b")]
        """,
    "PackageNotFoundError": """
        from importlib.metadata import PackageNotFoundError, version
        def outcome():
            try:
                version("absent")
            except PackageNotFoundError as error:
                return [str(error), error.name, version("lib")]
        """,
    "metadata": """
        from importlib.metadata import metadata
        def outcome():
            return dict(metadata("lib"))
        """,
    "in the library's function, called from here": """
        import shared
        from importlib.metadata import version
        def outcome():
            return [shared.call(version, "lib"), list(map(version, ["duo", "utils"]))]
        """,
}


@pytest.mark.parametrize("function", OWN)
def test_own_distributions(world: World, function: str) -> None:
    """[by caller] Every function of `importlib.metadata` answers about the caller's distributions."""
    world.same_outcome(OWN[function])


def test_what_a_view_lacks(world: World) -> None:
    """[absent] A distribution of another environment is not found, and no entry point of it is listed."""
    name = world.add_probe("""
        from importlib.metadata import PackageNotFoundError, distribution, entry_points
        def look():
            found = []
            for name in ("only-a", "only-b"):
                try:
                    found.append(distribution(name).version)
                except PackageNotFoundError:
                    found.append(None)
            return [found, [point.name for point in entry_points(group="lib.plugins")]]
        """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.look(), b.look()]))
        """
    assert world.answer(program) == [[["1", None], ["plugin1"]], [[None, "2"], ["plugin2"]]]


APPLICATION = """
    import json
    from importlib.metadata import PackageNotFoundError, entry_points, requires, version
    names = ["lib", "dep-a", "dep-b", "dep_c", "only-a", "only-b", "shared", "duo"]
    found = []
    for name in names:
        try:
            found.append(version(name))
        except PackageNotFoundError:
            found.append(None)
    points = [[point.name, point.load()()] for point in entry_points(group="lib.plugins")]
    print(json.dumps([found, requires("lib"), points]))
    """


@pytest.mark.parametrize(
    "before", ["", "import dep_a", "import lib"], ids=["at once", "a dependant", "itself"]
)
def test_application(world: World, before: str) -> None:
    """[application] The application asks about what it declares, and what exists once, wherever it is installed.

    So it does before its first import from any environment.
    """
    assert world.answer(f"{before}\n{dedent(APPLICATION)}") == [
        ["2", "1.0", "2.0", "1.0", "1", "2", "5", None],
        ["shared>=2"],
        [["plugin2", "attr 2"]],
    ]


def test_borrowed(world: World) -> None:
    """[borrowed] A distribution installed in another environment's home is the borrower's, modules and metadata."""
    name = world.add_probe(
        """
        from importlib.metadata import distribution, distributions, entry_points, version
        import lib.mod, duo
        def look():
            names = [found.name for found in distributions()]
            points = [point.load()() for point in entry_points(group="lib.plugins")]
            return [version("lib"), version("duo"), lib.VERSION, duo.VERSION, names.count("lib"), points]
        """,
        environments_only=["dep_a", "dep_c"],
    )
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_c import {name} as c
        print(json.dumps([a.look(), c.look(), a.lib is c.lib, a.lib.mod is c.lib.mod]))
        """
    assert world.answer(program) == [
        ["1", "1", "1", "1", 1, ["attr 1"]],
        ["1", "3", "1", "3", 1, ["attr 1"]],
        True,
        True,
    ]


def test_after_a_path_was_assigned(world: World) -> None:
    """[assigned] What another environment has assigned to `sys.path` says nothing of a caller's distributions."""
    name = world.add_probe("""
        import copy, sys
        from importlib.metadata import version
        def assign():
            sys.path = copy.copy(sys.path)  # as OpenCV's loader does
        def look():
            return version("lib")
        """)
    program = f"""
        import json, sys
        from importlib.metadata import version
        from dep_a import {name} as a
        from dep_b import {name} as b
        found = []
        for one in (a, b):
            for look in (a.look, b.look, lambda: version("lib")):
                one.assign()
                found.append(look())
        print(json.dumps(found))
        """
    assert world.answer(program) == ["1", "2", "2"] * 2


def test_a_backport_that_all_share(world: World) -> None:
    """[backport] `importlib_metadata` deletes PathFinder's method, for its own finder answers; everybody still sees."""
    name = world.add_probe(
        """
        from importlib.metadata import distributions, version
        def look():
            names = [found.name for found in distributions()]
            return [version("lib"), version("shared"), names.count("lib"), names.count("shared")]
        """
    )
    program = f"""
        import json, sys
        from importlib.machinery import PathFinder
        from importlib.metadata import MetadataPathFinder, version
        import shared
        from dep_a import {name} as a
        from dep_b import {name} as b

        class Backport:  # of an unversioned distribution, so everybody's
            @staticmethod
            def find_spec(*ignored):
                return None
            find_distributions = MetadataPathFinder.find_distributions

        before = [a.look()[:2], b.look()[:2], version("lib"), version("shared")]
        del PathFinder.find_distributions
        sys.meta_path.append(Backport)
        print(json.dumps([before, a.look(), b.look(), version("lib"), version("shared")]))
        """
    seen = ["1", "5"], ["2", "5"], "2", "5"
    before, a, b, lib, shared = world.answer(program)
    assert tuple(before) == seen
    assert (a[:2], b[:2], lib, shared) == seen
    assert min(*a[2:], *b[2:]) >= 1
