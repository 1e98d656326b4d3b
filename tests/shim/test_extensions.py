"""Loading extension modules: two versions of each, their attributes, and the modules that they make.

Multi-phase and single-phase initialisation, in a package and at the top level.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim.extensions import MODULES, WITHOUT_READER

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python


@pytest.mark.parametrize("module", MODULES)
def test_two_versions(compiled: World, module: str) -> None:
    """[two versions] Each environment has its own extension, initialised once, with its own statics and attributes."""
    compiled.same_outcome(
        f"""
        import sys
        import {module} as ext
        import {module}
        def outcome():
            spec = ext.__spec__
            return [ext.version(), ext.LIBRARY, ext.count(), ext.__file__, ext.__name__, type(ext.__name__).__name__,
                    ext.__package__, spec.parent, spec.name == ext.__name__, spec.origin, str(spec.name),
                    sys.modules[{module!r}] is ext, type(ext.__loader__).__mro__[-3].__name__ != "",
                    sorted(name for name in vars(ext) if name[:2] == "__" and name != "__distribution__"), repr(ext),
                    getattr(ext, "__path__", None), ext.__loader__.name == {module!r}, spec.loader is ext.__loader__]
        """,
        both_orders=True,
    )


@pytest.mark.parametrize("module", MODULES)
def test_imports_at_initialisation(compiled: World, module: str) -> None:
    """[initialisation] What an extension imports while it is initialised is its own, whoever triggers it."""
    program = """
        import json
        import shared
        from dep_a import NAME as a
        from dep_b import NAME as b
        one, two = shared.call(a.load), b.load()
        print(json.dumps([one.LIBRARY, two.LIBRARY, one.version(), two.version(), one is two]))
        """
    name = compiled.add_probe(f"def load():\n    import {module} as ext\n    return ext\n")
    assert compiled.answer(program.replace("NAME", name)) == ["1", "2", "1", "2", False]


@pytest.mark.parametrize("reader", ["native", "fallback"])
@pytest.mark.parametrize("module", MODULES)
def test_imported_by_the_application(compiled: World, module: str, reader: str) -> None:
    """[initialisation] An extension that the application imports finds what its own environment has.

    The application declares `cext` and has no `lib`. This needs no view of the C stack.
    """
    program = f"""{WITHOUT_READER if reader == "fallback" else ""}
import json
import {module} as ext
try:
    import lib
except ModuleNotFoundError as error:
    missing = error.name
print(json.dumps([ext.version(), ext.LIBRARY, missing]))
"""
    assert compiled.answer(program) == ["2", "2", "lib"]


@pytest.mark.parametrize("module", MODULES)
def test_modules_made_in_c(compiled: World, module: str) -> None:
    """[PyImport_AddModule] Modules that an extension makes, at initialisation or later, are its environment's own."""
    compiled.same_outcome(
        f"""
        import importlib, sys
        import {module} as ext
        late = ext.add_module("{module}.late")
        def outcome():
            made = sys.modules["{module}.virtual"]
            again = ext.add_module("{module}.virtual")
            found = importlib.import_module("{module}.virtual")
            return [made.VERSION, again is made is found, made.__name__, ext.get_module("{module}.virtual") is made,
                    sys.modules["{module}.late"] is late, late.VERSION]
        """,
        both_orders=True,
    )


def test_errors_in_c(compiled: World) -> None:
    """[errors] An error in a callback, or an import that fails in C, reaches the caller as in a plain venv."""
    compiled.same_outcome(
        """
        import traceback
        from cext import multi, single
        import lib
        def fail():
            raise ValueError("raised")
        def outcome():
            found = [lib.VERSION]
            for ext in (multi, single):
                for attempt in (lambda: ext.call(fail), lambda: ext.import_module("absent.deeper"),
                                lambda: ext.import_module("lib.absent"), lambda: ext.get_module("absent")):
                    try:
                        found.append(repr(attempt()))
                    except Exception as error:
                        frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
                        found.append([type(error).__name__, str(error), frames])
            return found
        """
    )


def test_reload_and_import_again(compiled: World) -> None:
    """[again] Reloading an extension, or importing it after its entry was deleted, gives one's own."""
    compiled.same_outcome(
        """
        import importlib, sys
        import cext.multi, cext.single, cext_single
        def outcome():
            found = []
            for name in ("cext.multi", "cext.single", "cext_single"):
                module = importlib.import_module(name)
                again = importlib.reload(module)
                found.append([again is module, again.version(), again.__name__, type(again.__name__).__name__])
                del sys.modules[name]
                anew = importlib.import_module(name)
                found.append([anew.version(), anew.LIBRARY, anew.__name__])
            return found
        """
    )
