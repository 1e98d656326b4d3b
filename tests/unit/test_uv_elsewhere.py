from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import replace

import pytest
from packaging.markers import default_environment

from orchestrator.config.platforms import LOCKED, NAMED, PLATFORMS, Platform
from orchestrator.errors import ConfigError
from orchestrator.uv.elsewhere import check_can_be_asked_here, elsewhere
from orchestrator.uv.interpreter import inspect
from orchestrator.uv.run import binary
from tests.support.interpreters import Interpreter, found_interpreters, running_interpreter

HERE = inspect(str(running_interpreter().executable))


@pytest.mark.parametrize("found", found_interpreters(), ids=str)
def test_markers_of_another_python_are_those_that_it_has(found: Interpreter) -> None:
    there = inspect(str(found.executable))
    told = elsewhere(HERE, found.full_version)
    assert told.markers == there.markers
    assert (told.made_for, told.version) == (there.made_for, there.version)
    assert told.arguments == ["--python", HERE.executable, "--python-version", found.full_version]


def test_markers_of_this_platform_are_those_that_packaging_tells() -> None:
    here = LOCKED[HERE.made_for[1]]
    markers = default_environment()
    assert {name: markers[name] for name in here.markers if here.markers[name]} == {  # type: ignore[literal-required]
        name: value for name, value in here.markers.items() if value
    }
    told = elsewhere(HERE, platform.python_version(), here)
    assert told.markers == HERE.markers
    assert "--python-platform" not in told.arguments


@pytest.mark.parametrize("each", PLATFORMS, ids=lambda each: each.name)
def test_a_platform_is_what_the_lock_calls_it(each: Platform) -> None:
    told = elsewhere(HERE, "3.12.0", each)
    assert told.made_for == ("3.12", each.locked)
    assert told.markers.keys() == HERE.markers.keys() == default_environment().keys()
    assert LOCKED[each.locked] is NAMED[each.name] is each
    assert told.uses_musl == each.name.endswith("-musl")


def test_uv_knows_the_names_and_agrees_about_the_markers() -> None:
    """A marker that does not hold leaves its requirement out, so uv's answer tells what it takes for true."""
    for name, each in NAMED.items():
        lines = [
            f"x @ https://example.invalid/x.whl ; {marker} != '{value}'"
            for marker, value in each.markers.items()
            if value
        ]
        answer = subprocess.run(
            [
                *(binary(), "pip", "compile", "-", "--quiet", "--no-header", "--python", sys.executable),
                *("--python-version", "3.12", "--python-platform", name, "--offline", "--no-config"),
            ],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (answer.returncode, answer.stdout.strip()) == (0, ""), (name, answer.stderr)


def test_a_free_threaded_python_is_not_asked() -> None:
    check_can_be_asked_here(HERE)
    with pytest.raises(ConfigError, match="with a free-threaded Python"):
        check_can_be_asked_here(replace(HERE, abi_flags="t"))
