"""More wheels for the shim's tests: what well-known libraries do to the import system, in two versions each.

- `sixy` makes `sixy.moves` and below with a finder of its own, and throws out another instance's (as six does);
- `virtue` assigns modules to `sys.modules`, at import and later;
- `cvlike` inserts a folder of its own into `sys.path`, takes itself out of `sys.modules`, imports its own name
  again to get the other file of that name, and puts everything back (as OpenCV's Python package does);
- `ns-one` and `ns-two` are portions of the namespace package `ns`; `spread-x` and `spread-y`, which live in
  different environments, are portions of `spread`;
- `old-one` and `old-two` are portions of the namespace package `oldns`, in the style of `pkgutil`;
- `pathy` brings a `.pth` file, with a path line and an import line;
- `brittle` warns at import, and fails in its module `broken`.
"""

from __future__ import annotations

SIXY = """
    import importlib.util
    import sys
    import types

    VERSION = "@@"

    class MovedModule:
        def __init__(self, name, new):
            self.name, self.new = name, new

        def __get__(self, instance, owner):
            module = self._resolve()
            setattr(instance, self.name, module)
            return module

        def _resolve(self):
            __import__(self.new)
            return sys.modules[self.new]

    class _SixMetaPathImporter:
        def __init__(self, six_module_name):
            self.name = six_module_name
            self.known_modules = {}

        def _add_module(self, module, *names):
            for name in names:
                self.known_modules[self.name + "." + name] = module

        def find_spec(self, fullname, path, target=None):
            if fullname in self.known_modules:
                return importlib.util.spec_from_loader(fullname, self)
            return None

        def __get_module(self, fullname):
            try:
                return self.known_modules[fullname]
            except KeyError:
                raise ImportError("This loader does not know module " + fullname)

        def load_module(self, fullname):
            try:
                return sys.modules[fullname]
            except KeyError:
                pass
            module = self.__get_module(fullname)
            if isinstance(module, MovedModule):
                module = module._resolve()
            else:
                module.__loader__ = self
            sys.modules[fullname] = module
            return module

        def is_package(self, fullname):
            return hasattr(self.__get_module(fullname), "__path__")

        def get_code(self, fullname):
            self.__get_module(fullname)
            return None

        get_source = get_code

        def create_module(self, spec):
            return self.load_module(spec.name)

        def exec_module(self, module):
            pass

    _importer = _SixMetaPathImporter(__name__)

    class _LazyModule(types.ModuleType):
        __path__ = []

    class _MovedItems(_LazyModule):
        queue = MovedModule("queue", "queue")
        VERSION = VERSION

    class _Parse(_LazyModule):
        VERSION = VERSION

    moves = _MovedItems(__name__ + ".moves")
    _importer._add_module(moves, "moves")
    _importer._add_module(_MovedItems.__dict__["queue"], "moves.queue")
    _importer._add_module(_Parse(__name__ + ".moves.parse"), "moves.parse", "moves.old.parse")
    _importer._add_module(_LazyModule(__name__ + ".moves.old"), "moves.old")

    __path__ = []
    __package__ = __name__
    if globals().get("__spec__") is not None:
        __spec__.submodule_search_locations = []
    if sys.meta_path:
        for i, importer in enumerate(sys.meta_path):
            if type(importer).__name__ == "_SixMetaPathImporter" and importer.name == __name__:
                del sys.meta_path[i]
                break
        del i, importer
    sys.meta_path.append(_importer)
    """

VIRTUE = """
    import sys
    import types

    VERSION = "@@"

    def publish(name):
        module = types.ModuleType(__name__ + "." + name)
        module.VERSION = VERSION
        sys.modules[__name__ + "." + name] = module
        return module

    virtual = publish("virtual")
    virtual.__path__ = []
    publish("virtual.deeper")
    """

CVLIKE = """
    import copy
    import importlib
    import os
    import sys

    VERSION = "package @@"

    def bootstrap():
        saved = copy.copy(sys.path)
        if hasattr(sys, "CVLIKE_LOADER"):
            raise ImportError("ERROR: recursion is detected during loading of the binary")
        sys.CVLIKE_LOADER = True
        sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), "python-3"))
        py_module = sys.modules.pop("cvlike")
        native_module = importlib.import_module("cvlike")
        sys.modules["cvlike"] = py_module
        setattr(py_module, "_native", native_module)
        sys.path[:] = saved
        del sys.CVLIKE_LOADER
        for name, value in native_module.__dict__.items():
            if name not in globals():
                globals()[name] = value
        load_extra("misc")

    def load_extra(name):
        module_name = f"{__name__}.{name}"
        native_module = sys.modules.pop(module_name, None)
        py_module = importlib.import_module(module_name)
        sys.modules[module_name] = py_module
        if native_module:
            setattr(py_module, "_native", native_module)

    bootstrap()
    """

BINARY = """
    import sys
    import types

    VERSION = "binary @@"
    WHERE = __file__

    def imread():
        import cvlike.misc
        return [cvlike.VERSION, cvlike.misc.VERSION]

    misc = types.ModuleType("cvlike.misc")
    misc.VERSION = "binary misc @@"
    sys.modules["cvlike.misc"] = misc
    """

EXTENDING = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"

FILES = {
    "sixy": {"sixy.py": SIXY},
    "virtue": {"virtue/__init__.py": VIRTUE},
    "cvlike": {
        "cvlike/__init__.py": CVLIKE,
        "cvlike/misc/__init__.py": 'VERSION = "misc @@"\n',
        "cvlike/python-3/cvlike.py": BINARY,
    },
    "ns-one": {
        "ns/one.py": 'VERSION = "@@"\n',
        "ns/both/inner.py": """
            from ..one import VERSION
            import ns.one
            SAME = ns.one.VERSION == VERSION
            """,
    },
    "old-one": {"oldns/__init__.py": EXTENDING, "oldns/one.py": 'VERSION = "@@"\n'},
    "old-two": {
        "oldns/__init__.py": EXTENDING,
        "oldns/two/__init__.py": 'VERSION = "@@"\n',
        "oldns/two/data.txt": "data @@\n",
    },
    "pathy": {
        "pathy.pth": "pathy_folder\nimport pathy_start; pathy_start.start()\n",
        "pathy_start.py": """
            import sys

            STARTS = []

            def start():
                import lib
                STARTS.append([lib.VERSION, __name__])
            """,
        "pathy_folder/pathy_module.py": 'VERSION = "@@"\n',
    },
    "brittle": {
        "brittle/__init__.py": """
            import warnings

            VERSION = "@@"

            def old():
                warnings.warn("old @@", DeprecationWarning, stacklevel=2)
            """,
        "brittle/warning.py": """
            import warnings

            warnings.warn("imported @@", UserWarning, stacklevel=2)
            """,
        "brittle/broken.py": """
            from . import helper

            helper.fail("@@")
            """,
        "brittle/helper.py": """
            def fail(version):
                raise ValueError("broken in " + version)
            """,
        "brittle/needs.py": """
            import not_there_at_all
            """,
        "brittle/syntax.py": """
            def (:
            """,
    },
}

# The version of `lib` that it needs → distribution, files.
SPREAD = {
    "1": (
        "spread-x",
        {"spread/x.py": "import lib\n\nVERSION = lib.VERSION\n", "spread/only_data/some.txt": "data\n"},
    ),
    "2": ("spread-y", {"spread/y.py": "import lib\n\nVERSION = lib.VERSION\n"}),
}
# What both need, each in its version; the application declares neither.
SPREAD_LOW = {
    "spread/low/__init__.py": 'VERSION = "@@"\n',
    "spread/low/inner.py": """
        from spread.low import VERSION

        class Thing:
            version = VERSION
        """,
    "spread/deep/low/__init__.py": 'VERSION = "@@"\n',
}
