"""A Python that is newer than this mvenv: what its frames look like is not known, and all else works as ever."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from tests.shim import test_import_forms, test_sys_modules
from tests.shim.extensions import MODULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.shim.world import World

# For every process: before an environment is used for the first time, the tables of the layouts are empty.
_UNKNOWN = """
import runtime_shim
runtime_shim._started_runtime()
from runtime_shim.caller import c_stack
c_stack._OFFSETS.clear()
"""


def _unknown(world: World, folder: Path) -> World:
    (folder / "sitecustomize.py").write_text(_UNKNOWN, "utf-8")
    environment = {**world.project.environment, "PYTHONPATH": str(folder)}
    return dataclasses.replace(world, project=dataclasses.replace(world.project, environment=environment))


@pytest.fixture
def unknown(world: World, tmp_path: Path) -> World:
    """The world of the shim's tests on a Python of which no table says anything."""
    return _unknown(world, tmp_path)


@pytest.mark.parametrize("module", MODULES)
def test_extensions_come_apart(compiled: World, tmp_path: Path, module: str) -> None:
    """And what their own Python code has them import is theirs; nothing is said on stderr."""
    unknown = _unknown(compiled, tmp_path)
    name = unknown.add_probe(f"""
        import lib, {module} as ext

        def own():
            return [lib.VERSION, ext.version(), ext.LIBRARY, ext.import_from("lib.late").VERSION]
    """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        from runtime_shim.caller import c_stack
        print(json.dumps([a.own(), b.own(), type(c_stack._reader).__name__, c_stack.obstacle()]))
    """
    *versions, reader, obstacle = unknown.answer(program)
    assert versions == [["1"] * 4, ["2"] * 4]
    assert reader == "_Unavailable"
    version = unknown.interpreter.version
    assert obstacle == f"this mvenv does not know the frames of Python {version} (it knows none)"


def test_child_processes(unknown: World) -> None:
    name = unknown.add_probe("""
        import subprocess, sys
        def of_child():
            code = "import lib; print(lib.VERSION)"
            return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    """)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        print(json.dumps([a.of_child(), b.of_child()]))
    """
    assert unknown.answer(program) == ["1\n", "2\n"]


@pytest.mark.slow
@pytest.mark.parametrize("form", test_import_forms.FORMS)
def test_form_of_import(unknown: World, form: str) -> None:
    test_import_forms.test_form_of_import(unknown, form)


@pytest.mark.slow
@pytest.mark.parametrize("access", test_sys_modules.OWN)
def test_own_entries(unknown: World, access: str) -> None:
    test_sys_modules.test_own_entries(unknown, access)


@pytest.mark.slow
@pytest.mark.parametrize(
    "test",
    [
        test_sys_modules.test_what_a_view_lacks,
        test_sys_modules.test_not_imported_yet,
        test_sys_modules.test_two_entries_side_by_side,
        test_sys_modules.test_walking_all_modules,
        test_sys_modules.test_standard_library_once,
    ],
)
def test_modules(unknown: World, test: Callable[[World], None]) -> None:
    test(unknown)
