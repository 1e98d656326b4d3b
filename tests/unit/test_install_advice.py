"""Which failed smoke imports matter, and what is advised."""

from __future__ import annotations

import pytest

from orchestrator.install.advice import Advisor
from orchestrator.install.promises import Promises
from orchestrator.install.smoke import ImportFailure
from orchestrator.plan.checks import imports_to_check
from tests.unit.plan_values import group, holds, known, plan_of, resolved

KNOWN = known(
    holds("dep==1", "dep dep_server"),
    holds("py-yaml-tool==1", "yaml_tool yaml_server"),
    holds("nameless==1", "one two"),
    holds("low==2.0", "low"),
    holds("requests==2.5", "requests"),
    holds("pydantic==2.14.4", "pydantic"),
    holds("tensor-cpu==1", "tensor"),
    holds("tensor-gpu==1", "tensor"),
)
PLAN = plan_of(
    group(
        "dep py-yaml-tool nameless tensor-gpu",
        resolved(
            "dep==1 py-yaml-tool==1 nameless==1 low==2.0 requests==2.5 tensor-gpu==1 pydantic==2.14.4",
            dep="low requests",
        ),
    )
)
EXTRAS = {"d": frozenset({"aiohttp", "pyserver", "low"}), "image": frozenset({"pillow"})}
PROMISED = {
    ("dep", "1"): Promises({"dep": "dep.cli", "de-p": "dep.image_cli", "dep-hub": "dep.hub"}, EXTRAS),
    ("py-yaml-tool", "1"): Promises({}, {"x": frozenset({"aiohttp"})}),
    ("nameless", "1"): Promises({}, {"x": frozenset({"aiohttp"})}),
}
CHECKS = imports_to_check(
    PLAN, KNOWN, {release: list(found.commands.values()) for release, found in PROMISED.items()}
)
ADVISOR = Advisor(PLAN, KNOWN, CHECKS, PROMISED)

# As runtime_shim.loading.not_found has it.
ADVISED = (
    '; if x should see it, add "+tensor-cpu" to [tool.mvenv.constraints] of the requirement that needs it'
)


def failure(module: str, missing: str, message: str = "", requirement: str = "dep") -> ImportFailure:
    return ImportFailure(requirement, module, message or f"No module named {missing!r}", missing)


@pytest.mark.parametrize(
    ("module", "missing"),
    [
        ("dep_server", "aiohttp"),
        ("dep_server", "aiohttp.web"),
        ("dep_server", "called_otherwise"),
        ("dep.cli", "aiohttp"),
        ("dep.cli", "server"),
        ("dep.image_cli", "PIL"),
        ("yaml_server", "aiohttp"),
        ("dep.hub", "aiohttp"),
        ("dep.hub", "unheard_of"),  # not its main command
    ],
)
def test_what_an_extra_would_bring_is_no_failure(module: str, missing: str) -> None:
    assert ADVISOR.advise([failure(module, missing)]) == ()


def test_an_extra_that_the_message_names() -> None:
    assert ADVISOR.advise([failure("dep_server", "", "RuntimeError: please install dep[d]")]) == ()
    assert ADVISOR.advise([failure("dep_server", "", "RuntimeError: please install dep[e]")])


@pytest.mark.parametrize(
    ("module", "missing"),
    [
        ("dep", "aiohttp"),  # the main module
        ("yaml_tool", "aiohttp"),  # so it is, if any is
        ("one", "aiohttp"),  # no name tells
        ("two", "aiohttp"),
        ("dep_server", "requests"),  # it requires that anyway
        ("dep_server", "low.gone"),
        ("dep_server", "pkg_resources"),
        ("dep_server", "imp"),
        ("dep_server", ""),
        ("dep.cli", "unheard_of"),  # what the main command lacks has to be an extra's
        ("dep.hub", "requests"),
        ("dep.hub", "distutils"),
    ],
)
def test_real_failures(module: str, missing: str) -> None:
    (advised,) = ADVISOR.advise([failure(module, missing)])
    assert advised.failure.module == module


def test_an_extra_that_was_asked_for() -> None:
    pins = "dep==1 low==2.0 aiohttp==3 pyserver==1"
    plan = plan_of(group("dep", resolved(pins, dep="low aiohttp pyserver")))
    checks = imports_to_check(plan, KNOWN, {})
    advisor = Advisor(plan, KNOWN, checks, PROMISED)
    assert advisor.advise([failure("dep_server", "aiohttp")])
    assert advisor.advise([failure("dep_server", "", "install dep[d]")])
    assert not advisor.advise([failure("dep_server", "PIL", "install dep[image]")])


@pytest.mark.parametrize(
    ("message", "constraint"),
    [
        ("ValueError: numpy.dtype size changed, may indicate binary incompatibility", "numpy<2"),
        ("ImportError: A module that was compiled using NumPy 1.x cannot be run in NumPy 2.1", "numpy<2"),
        ("AttributeError: _ARRAY_API not found", "numpy<2"),
        ("AttributeError: `np.float_` was removed in the NumPy 2.0 release.", "numpy<2"),
        ("AttributeError: module 'numpy' has no attribute 'bool'", "numpy<2"),
        ("ModuleNotFoundError: No module named 'pkg_resources'", "+setuptools<81"),
        ("ModuleNotFoundError: No module named 'pkg_resources.extern'", "+setuptools<81"),
        ("ModuleNotFoundError: No module named 'distutils'", "+setuptools"),
        ("ModuleNotFoundError: No module named 'distutils.version'", "+setuptools"),
        ("ImportError: cannot import name 'BaseSettings' from 'pydantic'", "pydantic<2"),
        ("ImportError: cannot import name 'gone' from 'pydantic._internal._typing_extra'", "pydantic<2.14.4"),
        ("ImportError: numpy.core.multiarray failed to import", "numpy<2"),
        ("ModuleNotFoundError: No module named 'tabulate'", "+tabulate"),
        ("ModuleNotFoundError: No module named 'yaml'", "+pyyaml"),
        ("ModuleNotFoundError: No module named 'requests.packages'", "requests<2.5"),
        ("ImportError: cannot import name 'gone' from 'low' (/x/site-packages/low/__init__.py)", "low<2.0"),
        ("ImportError: cannot import name 'gone' from 'low.deep' (unknown location)", "low<2.0"),
        ("AttributeError: module 'low.deep' has no attribute 'gone'", "low<2.0"),
        ("OSError: /x/lib/python3.12/site-packages/low/native.so: undefined symbol", "low<2.0"),
        # Of two that bring one module, the one that is there already; and never another than the shim advises.
        ("ModuleNotFoundError: No module named 'tensor'", "+tensor-gpu"),
        (f"ModuleNotFoundError: No module named 'tensor' in environment x{ADVISED}", "+tensor-cpu"),
    ],
)
def test_hints(message: str, constraint: str) -> None:
    assert f'`"dep" = ["{constraint}"]`' in ADVISOR.hint(ImportFailure("dep", "dep", message))


@pytest.mark.parametrize(
    "message",
    [
        "RuntimeError: no idea",
        "ImportError: cannot import name 'gone' from 'dep' (/x/site-packages/dep/__init__.py)",
        "ImportError: cannot import name 'gone' from 'collections' (/usr/lib/python3.12/collections/__init__.py)",
    ],
)
def test_a_hint_that_names_nobody_has_no_gap_to_fill(message: str) -> None:
    hint = ADVISOR.hint(ImportFailure("dep", "dep", message))
    assert '`"dep"` an upper bound' in hint
    assert "…" not in hint
