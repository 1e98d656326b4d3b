"""Every form of import gives each environment's code its own version, as alone in a plain venv."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

FORMS = {
    "import": """
        import lib.mod
        def outcome():
            return lib.mod.VERSION
        """,
    "import as": """
        import lib.sub.deep as deep
        def outcome():
            return deep.VERSIONS
        """,
    "from package import submodule": """
        from lib import late
        def outcome():
            return late.VERSION
        """,
    "from module import name": """
        from lib.mod import VERSION
        from lib.sub.deep import PARENT, OWN
        def outcome():
            return [VERSION, PARENT, OWN]
        """,
    "star import": """
        from lib.star import *
        from lib.late import *
        def outcome():
            return [starred, VERSION, "hidden" in globals()]
        """,
    "what a package imports itself": """
        import lib
        def outcome():
            return [lib.loaded_with(), lib.starred]
        """,
    "relative, of the package's own module": """
        from . import tools
        from .tools import library_version
        def outcome():
            return [tools.library_version(), library_version()]
        """,
    "in a function": """
        def outcome():
            import lib.late
            from lib.sub import deep
            return [lib.late.VERSION, deep.VERSIONS]
        """,
    "in the library's functions": """
        from lib import lazy
        def outcome():
            return [lazy.absolute(), lazy.relative(), lazy.parent()]
        """,
    "circular": """
        from lib import circular_b
        from lib.circular_a import of_b
        def outcome():
            return [circular_b.of_a(), of_b()]
        """,
    "in a class body and a lambda": """
        class Holder:
            from lib.mod import VERSION
        def outcome():
            return [Holder.VERSION, (lambda: __import__("lib.late").late.VERSION)()]
        """,
    "in a comprehension": """
        def outcome():
            return [__import__(name, fromlist=["VERSION"]).VERSION for name in ("lib.mod", "lib.late", "lib.x")]
        """,
    "import_module, absolute": """
        import importlib
        def outcome():
            return [importlib.import_module(name).VERSION for name in ("lib", "lib.late", "lib.sub")]
        """,
    "import_module, relative": """
        import importlib, lib.sub
        def outcome():
            found = importlib.import_module("..late", "lib.sub")
            return [found.VERSION, importlib.import_module(".tools", __package__).library_version()]
        """,
    "__import__ and sys.modules": """
        import sys
        def outcome():
            __import__("lib.late")
            return [sys.modules["lib.late"].VERSION, __import__("lib.late").VERSION]
        """,
    "__import__ with a level": """
        def outcome():
            return __import__("tools", globals(), locals(), ["library_version"], 1).library_version()
        """,
    "exec in the module's globals": """
        def outcome():
            exec("import lib.late; found = lib.late.VERSION", globals())
            return found
        """,
    "exec in fresh globals": """
        def outcome():
            scope = {}
            exec("import lib.late; found = lib.late.VERSION", scope)
            return scope["found"]
        """,
    "eval": """
        def outcome():
            return eval("__import__('lib.late').late.VERSION")
        """,
    "a module-level __getattr__": """
        from . import tools
        def __getattr__(name):
            import lib.late
            return lib.late.VERSION
        def outcome():
            import sys
            return sys.modules[__name__].anything
        """,
    "through an unversioned library": """
        import shared
        def outcome():
            return [shared.load("lib.late").VERSION, shared.loaded("lib").VERSION]
        """,
    "lazily loaded": """
        import importlib.util, sys
        def outcome():
            spec = importlib.util.find_spec("lib.late")
            spec.loader = importlib.util.LazyLoader(spec.loader)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return module.VERSION
        """,
    "from a source file by path": """
        import importlib.util, lib, os
        def outcome():
            path = os.path.join(os.path.dirname(lib.__file__), "sub", "deep.py")
            spec = importlib.util.spec_from_file_location("lib.sub.again", path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            return [module.VERSIONS, module.__name__]
        """,
}


@pytest.mark.parametrize("form", FORMS)
def test_form_of_import(world: World, form: str) -> None:
    """[own version] Whatever the form, an environment's code gets its environment's version."""
    world.same_outcome(FORMS[form], both_orders=True)


def test_application_imports_its_own(world: World) -> None:
    """[own version] The application gets the version that it declares, whatever was imported before."""
    program = """
        import json
        import dep_a, dep_b
        import lib
        import lib.sub.deep
        from lib import late
        from lib.star import *
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, lib.VERSION, lib.sub.deep.VERSIONS, late.VERSION, starred]))
        """
    answer = world.answer(program)
    assert answer == ["1", "2", "2", ["2", "2", "2"], "2", "starred 2"]


def test_application_shares_the_environment_it_uses(world: World) -> None:
    """[one instance] An instance is loaded once: the application's `lib` is the very module of `dep_b`."""
    program = """
        import json
        import lib
        import dep_b, dep_a
        print(json.dumps([lib is dep_b.lib, lib is dep_a.lib, lib.mod is dep_b.lib.mod if hasattr(lib, "mod") else 0]))
        """
    assert world.answer(program) == [True, False, 0]


def test_missing_attribute(world: World) -> None:
    """[same error] `from lib import nothing` fails as in a plain venv, message and attributes."""
    world.same_outcome(
        """
        def outcome():
            try:
                from lib import nothing
            except ImportError as error:
                return [type(error).__name__, str(error), error.name, error.path, type(error.name).__name__]
        """,
        differ=False,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "import lib.nothing",
        "from lib.nothing import x",
        "import nothing_at_all",
        "import lib.mod.deeper",
        "from . import nothing",
    ],
)
def test_missing_module(world: World, statement: str) -> None:
    """[same error] A module that exists in neither version is reported as in a plain venv."""
    world.same_outcome(
        f"""
        def outcome():
            try:
                {statement}
            except ImportError as error:
                return [type(error).__name__, str(error), error.name, error.path, type(error.name).__name__]
        """,
        differ=False,
    )
