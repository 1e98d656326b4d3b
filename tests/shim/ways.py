"""Ways to ask for a module: each the body of a function that returns what it has found.

The names `PACKAGE` (the package that asks, `dep_a` or `dep_b`) and `STAR` (a module of that package) are global
wherever a body runs. A body starts with nothing of `lib` loaded, and then runs again.
"""

from __future__ import annotations

IMPORTS = {
    "import": "import lib.late\nreturn lib.late.VERSION",
    "import as": "import lib.sub.deep as deep\nreturn deep.VERSIONS",
    "from package import submodule": "from lib import late\nreturn late.VERSION",
    "from module import name": "from lib.sub.deep import PARENT, OWN\nreturn [PARENT, OWN]",
    "relative": "from . import tools\nfrom .tools import library_version as f\nreturn [tools.library_version(), f()]",
    "relative in exec": "exec('from .tools import library_version as f', globals())\nreturn f()",
    "star": """
        import importlib, sys
        sys.modules.pop(STAR, None)
        found = importlib.import_module(STAR)
        return [found.starred, found.VERSION, hasattr(found, "hidden")]
        """,
    "star in exec": "scope = {}\nexec('from lib.star import *', scope)\nreturn scope['starred']",
    "lazily, in functions": """
        from lib import lazy
        return [lazy.absolute(), lazy.relative(), lazy.parent(), next(lazy.generate())]
        """,
    "circular": "from lib import circular_b\nfrom lib.circular_a import of_b\nreturn [circular_b.of_a(), of_b()]",
    "what a package imports": "import lib\nreturn lib.loaded_with()",
    "missing": "import lib.absent",
    "missing name": "from lib.mod import absent",
    "import_module": """
        import importlib
        return [importlib.import_module(name).VERSION for name in ("lib.late", "lib", "lib.sub")]
        """,
    "import_module, relative": """
        import importlib
        tools = importlib.import_module(".tools", PACKAGE)
        return [importlib.import_module("..late", "lib.sub").VERSION, tools.library_version()]
        """,
    "__import__": """
        import sys
        top = __import__("lib.late")
        return [top.late.VERSION, sys.modules["lib.late"].VERSION, __import__("lib.x", fromlist=["VERSION"]).VERSION]
        """,
    "__import__, relative": "return __import__('tools', globals(), None, ['call'], 1).library_version()",
    "map": """
        import functools, importlib, operator, sys
        found = [*map(__import__, ["lib.late", "lib.x"]), *map(importlib.import_module, ["lib.mod"])]
        found += [*map(sys.modules.get, ["lib.late"]), *map(sys.modules.__getitem__, ["lib.x"])]
        found += [operator.itemgetter("lib.mod")(sys.modules), functools.partial(importlib.import_module, "lib.late")()]
        return [module.VERSION for module in found] + [*filter(sys.modules.__contains__, ["lib.late", "lib.sub.deep"])]
        """,
    "sys.modules": """
        import sys
        before = ["lib" in sys.modules, sys.modules.get("lib.late"), "lib.late" in sys.modules]
        import lib
        after = [sys.modules["lib"].VERSION, sys.modules.get("lib.x").VERSION, "lib.x" in sys.modules]
        return [before[1:], after, sys.modules["lib"] is lib, sys.modules.get("lib.late", 7), PACKAGE in sys.modules]
        """,
    "exec and eval": """
        fresh, own = {}, {"__name__": __name__}
        exec("import lib.late; found = lib.late.VERSION", fresh)
        exec("from lib.mod import VERSION as found", own)
        return [fresh["found"], own["found"], eval("__import__('lib.x').x.VERSION", {})]
        """,
    "nested code": """
        text = "def outer():\\n  def inner():\\n    import lib.late\\n    return lib.late.VERSION\\n  return inner\\n"
        scope = {}
        exec(compile(text, "<made>", "exec"), scope)
        return [scope["outer"]()(), *map(lambda f: f(), [scope["outer"]()])]
        """,
    "console": """
        import code
        scope = {}
        code.InteractiveInterpreter(scope).runsource("from lib.late import VERSION")
        return scope["VERSION"]
        """,
    "timeit": """
        import timeit
        found = []
        timeit.timeit("import lib.late; found.append(lib.late.VERSION)", number=1, globals={"found": found})
        timeit.timeit(lambda: found.append(__import__("lib.x").x.VERSION), number=1)
        return found
        """,
    "C, by ctypes": """
        import ctypes
        by_name = ctypes.pythonapi.PyImport_ImportModule
        by_name.restype, by_name.argtypes = ctypes.py_object, [ctypes.c_char_p]
        return [by_name(b"lib.late").VERSION, by_name(b"lib.sub.deep").VERSIONS]
        """,
    "__del__": """
        found = []
        class Last:
            def __del__(self):
                import lib.late
                found.append(lib.late.VERSION)
        Last()
        return found
        """,
    "metaclass and descriptor": """
        found = []
        class Meta(type):
            def __getattr__(cls, name):
                import lib.late
                return lib.late.VERSION
        class Field:
            def __set_name__(self, owner, name):
                found.append(__import__("importlib").import_module("lib.x").VERSION)
        class Made(metaclass=Meta):
            field = Field()
        return [Made.anything, found]
        """,
    "virtual": """
        import sys, virtue
        virtue.publish("again")
        from virtue.virtual import deeper
        return [deeper.VERSION, sys.modules["virtue.virtual"].VERSION, sys.modules["virtue.again"].VERSION]
        """,
    "six": "from sixy.moves import queue\nimport sixy.moves.parse\nreturn [queue.__name__, sixy.moves.parse.VERSION]",
}

MACHINERY = {
    "find_spec": """
        import importlib.util
        found = [importlib.util.find_spec(name) for name in ("lib", "lib.late", "lib.sub.deep")]
        return [[str(spec.name), spec.origin] for spec in found] + [importlib.util.find_spec("lib.absent")]
        """,
    "find_spec, relative": """
        import importlib.util
        return [importlib.util.find_spec(".tools", PACKAGE).origin, importlib.util.find_spec("..mod", "lib.sub").origin]
        """,
    "reload": """
        import importlib, lib.late
        module, lib.late.VERSION = lib.late, "changed"
        return [importlib.reload(module) is module, module.VERSION, importlib.reload(lib).VERSION, str(module.__name__)]
        """,
    "LazyLoader": """
        import importlib.util, sys
        spec = importlib.util.find_spec("lib.late")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        sys.modules["lib.late"] = module
        spec.loader.exec_module(module)
        return [type(module).__name__, module.VERSION, type(module).__name__, sys.modules["lib.late"].VERSION]
        """,
    "spec_from_file_location": """
        import importlib.util, lib
        spec = importlib.util.spec_from_file_location("lib.sub.again", lib.__path__[0] + "/sub/deep.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return [module.VERSIONS, module.__name__, module.__package__]
        """,
    "runpy": """
        import lib, runpy, sys
        sys.modules.pop("lib.mod", None)
        by_path = runpy.run_path(lib.__path__[0] + "/mod.py")
        return [runpy.run_module("lib.mod")["lib"].VERSION, by_path["lib"].VERSION, by_path["__name__"]]
        """,
    "runpy of a package": """
        import contextlib, io, runpy
        with contextlib.redirect_stdout(io.StringIO()) as text:
            found = runpy.run_module("lib", run_name="__main__", alter_sys=True)
        return [found["RESULT"], text.getvalue().split(" [")[0]]
        """,
    "pkgutil": """
        import pkgutil, lib
        walked = [found.name for found in pkgutil.walk_packages(lib.__path__, "lib.") if ".sub" in found.name]
        listed = [found.name for found in pkgutil.iter_modules(lib.__path__) if found.name[:2] == "ci"]
        data = [pkgutil.get_data("lib", "data.txt").decode(), pkgutil.get_data("lib.sub", "more.txt").decode()]
        return [sorted(walked), sorted(listed), data, pkgutil.resolve_name("lib.mod:Thing.version"),
                pkgutil.get_importer(lib.__path__[0]).find_spec("late").origin]
        """,
    "extend_path": "import pkgutil\nreturn pkgutil.extend_path(['first'], 'lib')",
    "pkgutil of everything": """
        import pkgutil
        names = {"lib", "only_a", "only_b", "duo", "pathy_module", "spread", "from_zip"}
        return sorted(found.name for found in pkgutil.iter_modules() if found.name in names)
        """,
    "resources": """
        from importlib import resources
        import lib.sub
        with resources.as_file(resources.files("lib.sub") / "more.txt") as path:
            more = path.read_text()
        return [(resources.files("lib") / "data.txt").read_text(), more, resources.is_resource("lib", "data.txt"),
                resources.files(lib.sub).joinpath("more.txt").read_text(), resources.files(lib.sub).name]
        """,
    "linecache and loader": """
        import linecache, lib.late
        loader = lib.late.__loader__
        return [linecache.getline(lib.late.__file__, 1), loader.get_source("lib.late"), loader.get_filename("lib.late")]
        """,
    "namespace, PEP 420": """
        import importlib, pkgutil, ns.one, ns.two
        from ns.both.inner import VERSION
        walked = sorted(found.name for found in pkgutil.walk_packages(ns.__path__, "ns."))
        return [ns.one.VERSION, ns.two.VERSION, VERSION, walked, importlib.reload(ns.one).VERSION]
        """,
    "namespace, pkgutil-style": """
        import importlib.resources, pkgutil, oldns.one
        from oldns import two
        text = (importlib.resources.files("oldns.two") / "data.txt").read_text()
        names = sorted(found.name for found in pkgutil.iter_modules(oldns.__path__, "oldns."))
        return [oldns.one.VERSION, two.VERSION, names, pkgutil.get_data("oldns.two", "data.txt").decode(), text]
        """,
    ".pth path line": """
        import importlib, sys, pathy_module
        return [pathy_module.VERSION, importlib.import_module("pathy_module") is sys.modules["pathy_module"]]
        """,
    "addsitedir": """
        import importlib.resources, os, site, sys
        home = os.path.dirname(os.path.dirname(sys.modules[PACKAGE].__file__))
        site.addsitedir(os.path.join(home, "cvlike", "python-3"))
        found = [entry for entry in sys.path if "cvlike" in entry]
        sys.path[:] = [entry for entry in sys.path if "cvlike" not in entry]
        return found
        """,
    "zip": """
        import importlib, importlib.resources, os, pkgutil, sys, zipfile
        folder = os.path.dirname(sys.modules[PACKAGE].__file__)
        archive = os.path.join(folder, f"{os.getpid()}.zip")  # other tests run this at the same time
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("from_zip/__init__.py", "from lib.late import VERSION\\nfrom . import inner")
            file.writestr("from_zip/inner.py", "def version():\\n  import lib.x\\n  return lib.x.VERSION")
            file.writestr("from_zip/data.txt", PACKAGE)
        sys.path.append(archive)
        importlib.invalidate_caches()
        sys.modules.pop("from_zip", None), sys.modules.pop("from_zip.inner", None)
        try:
            import from_zip
            return [from_zip.VERSION, from_zip.inner.version(), pkgutil.get_data("from_zip", "data.txt").decode(),
                    importlib.resources.files("from_zip").joinpath("data.txt").read_text(),
                    os.path.relpath(from_zip.__file__, archive), archive in from_zip.__loader__.archive, folder,
                    from_zip.__loader__.get_source("from_zip"), type(from_zip.__loader__).__name__]
        finally:
            sys.path.remove(archive)
            os.remove(archive)
        """,
}
