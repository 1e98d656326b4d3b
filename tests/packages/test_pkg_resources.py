"""`pkg_resources` of an older setuptools inside environments, and namespace packages in its style.

Two versions of setuptools that still have it, two of `zope.interface` and `zope.event`, portions of the namespace
`zope` that every one of their `.pth` files declares at start-up.
"""

from __future__ import annotations

import pytest

from tests.packages.sides import Sides, fixture

pytestmark = pytest.mark.index

REQUIRES = {
    "dep_a": ["setuptools==75.8.0", "zope.interface==7.1.1", "zope.event==5.0"],
    "dep_b": ["setuptools==80.9.0", "zope.interface==7.2", "zope.event==5.1"],
}

SOURCE = """
import warnings
warnings.simplefilter("ignore")
import importlib, importlib.metadata, os, pkgutil, subprocess, sys
import pkg_resources
import zope.interface
from zope import event

NAMES = ("setuptools", "zope.interface", "zope.event")

def own(_=None):
    return [importlib.metadata.version(name) for name in NAMES]

def relative(path):
    return path.partition("site-packages")[2]

def outcome_get_distribution():
    found = [pkg_resources.get_distribution(name) for name in NAMES]
    return [[one.project_name, one.version, relative(one.location)] for one in found]

def outcome_require():
    return sorted(str(one) for one in pkg_resources.require(__name__.replace("_", "-")) if one.key != "dep-a"
                  and one.key != "dep-b")

def outcome_working_set():
    return sorted(str(one) for one in pkg_resources.working_set if one.project_name.lower() in NAMES)

def outcome_fresh_working_set():
    found = pkg_resources.WorkingSet()
    environment = pkg_resources.Environment()
    return [found.find(pkg_resources.Requirement.parse("zope.event")).version, environment["zope.interface"][0].version]

def outcome_version_conflict():
    try:
        pkg_resources.require(f"zope.event!={importlib.metadata.version('zope.event')}")
    except pkg_resources.VersionConflict as error:
        return [type(error).__name__, error.report().partition(" (")[0], str(error.req)]

def outcome_distribution_not_found():
    try:
        pkg_resources.get_distribution("absent")
    except pkg_resources.DistributionNotFound as error:
        return [str(error.req), own()]

def outcome_entry_points():
    found = {point.name: point for point in pkg_resources.iter_entry_points("distutils.commands")}
    build = found["build_py"].load()
    return [len(found), build.__module__, sys.modules["setuptools"].__version__,
            sys.modules[build.__module__] is sys.modules["setuptools.command.build_py"], str(found["build_py"].dist)]

def outcome_load_entry_point():
    loaded = pkg_resources.load_entry_point("setuptools", "distutils.commands", "sdist")
    return [loaded.__name__, sys.modules[loaded.__module__] is sys.modules["setuptools.command.sdist"], own()]

def outcome_resources():
    names = sorted(pkg_resources.resource_listdir("zope.interface", ""))
    text = pkg_resources.resource_string("zope.interface", "interface.py")
    return [names, len(text), pkg_resources.resource_exists("zope.interface", "absent"),
            relative(pkg_resources.resource_filename("zope.event", "__init__.py")), own()]

def outcome_namespace():
    import zope.interface.verify
    from zope.event import notify
    found = sorted({one.name for one in pkgutil.iter_modules(zope.__path__)})
    return [found, relative(zope.interface.__file__), relative(event.__file__), own(), len(zope.__path__) > 0,
            sys.modules["zope"] is zope, hasattr(zope, "interface")]

def outcome_declare_namespace():
    before = list(zope.__path__)
    pkg_resources.declare_namespace("zope")
    pkg_resources.fixup_namespace_packages(os.path.dirname(os.path.dirname(event.__file__)))
    from zope.interface import adapter
    return [set(map(relative, before)) <= set(map(relative, zope.__path__)), own(), relative(adapter.__file__)]

def outcome_working_interfaces():
    class IThing(zope.interface.Interface):
        pass
    @zope.interface.implementer(IThing)
    class Thing:
        pass
    return [IThing.providedBy(Thing()), IThing.__module__ == __name__, own()]

def outcome_setuptools_itself():
    import setuptools
    return [setuptools.__version__, setuptools.find_packages(os.path.dirname(zope.interface.__file__))[:3]]

def outcome_child():
    code = "import warnings; warnings.simplefilter('ignore'); import pkg_resources, zope.interface, zope.event; "
    code += "print(pkg_resources.get_distribution('zope.interface').version, pkg_resources.require('zope.event')[0])"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
"""

OUTCOMES = [line.partition("(")[0][12:] for line in SOURCE.splitlines() if line.startswith("def outcome_")]


# `dep_a` and `dep_b` with a setuptools and portions of `zope` of their own.
sides = fixture(SOURCE, REQUIRES)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_outcome(sides: Sides, outcome: str) -> None:
    """`pkg_resources` knows its own environment's distributions, as in a plain venv."""
    sides.assert_equal(outcome)
