"""What a program may do for as long as it runs: the cases of `test_memory`, in one environment's code.

Each is a number of rounds and a probe, whose `work(numbers)` does one round for each number.
"""

from __future__ import annotations

REPEATED = {
    "statements": (
        100_000,
        """
        def work(numbers):
            for _ in numbers:
                import lib.late
                from lib import mod
                from lib.mod import attr
                from .tools import call
        """,
    ),
    "functions": (
        4_000,
        """
        import importlib, importlib.util, sys
        def work(numbers):
            for _ in numbers:
                importlib.import_module("lib.late")
                importlib.import_module(".late", "lib")
                __import__("lib.late")
                importlib.util.find_spec("lib.late")
                assert "lib.late" in sys.modules and sys.modules["lib.late"] is sys.modules.get("lib.late")
        """,
    ),
    "generated code": (
        3_000,
        """
        def work(numbers):
            for _ in numbers:
                exec("import lib.late\\nassert lib.late.VERSION", {})
                eval("__import__('lib.late')")
        """,
    ),
    "threads": (
        600,
        """
        import importlib, threading
        def work(numbers):
            for _ in numbers:
                threads = [threading.Thread(target=importlib.import_module, args=("lib.late",)) for _ in "ab"]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        """,
    ),
    "failures": (
        600,
        """
        import lib
        def work(numbers):
            for _ in numbers:
                for name in ("lib.absent", "absent", "only_a.absent", "lib@9.9"):
                    try:
                        __import__(name)
                    except ImportError:
                        pass
        """,
    ),
    "pickles": (
        2_000,
        """
        import copy, pickle
        from lib.mod import Thing
        def work(numbers):
            for number in numbers:
                assert pickle.loads(pickle.dumps([Thing(number), Thing])) == [Thing(number), Thing]
                copy.deepcopy(Thing(number))
        """,
    ),
    "metadata and resources": (
        600,
        """
        import importlib.metadata, importlib.resources, lib
        def work(numbers):
            for _ in numbers:
                importlib.metadata.version("lib")
                importlib.resources.files("lib").joinpath("data.txt").read_text()
        """,
    ),
    "search path": (
        500,
        """
        import sys, lib
        def work(numbers):
            for number in numbers:
                number %= 5  # `sys.path_importer_cache` keeps an entry for each, in a plain venv, too
                sys.path.insert(0, f"/nowhere/{number}")
                sys.path.remove(f"/nowhere/{number}")
                sys.meta_path.append(str)
                sys.meta_path.remove(str)
        """,
    ),
}

MADE_UP = {
    "in sys.modules": (
        100_000,
        """
        import sys, lib
        def work(numbers):
            for number in numbers:
                assert f"lib.in{number}" not in sys.modules
                assert sys.modules.get(f"get{number}") is None
        """,
    ),
    "find_spec": (
        3_000,
        """
        import importlib.util, lib
        def work(numbers):
            for number in numbers:
                assert importlib.util.find_spec(f"lib.found{number}") is None
        """,
    ),
    "find_spec, top level": (
        2_000,
        """
        import importlib.util, lib
        def work(numbers):
            for number in numbers:
                assert importlib.util.find_spec(f"found{number}") is None
        """,
    ),
    "import": (
        1_000,
        """
        import lib
        def work(numbers):
            for number in numbers:
                for name in (f"lib.import{number}", f"import{number}"):
                    try:
                        __import__(name)
                    except ModuleNotFoundError:
                        pass
        """,
    ),
    "import of a versioned name": (
        400,
        """
        import lib
        def work(numbers):
            for number in numbers:
                for name in (f"lib@{number + 100}", f"lib@1.absent{number}", f"lib@2.absent{number}"):
                    try:
                        __import__(name)
                    except ModuleNotFoundError:
                        pass
        """,
    ),
    "absolute file names": (
        3_000,
        """
        def work(numbers):
            for number in numbers:
                exec(compile("import lib.late", f"/nowhere/absolute{number}.py", "exec"), {})
        """,
    ),
    "relative file names": (
        3_000,
        """
        def work(numbers):
            for number in numbers:
                exec(compile("import lib.late", f"relative{number}.html", "exec"), {})
        """,
    ),
    "file names in angle brackets": (
        3_000,
        """
        def work(numbers):
            for number in numbers:
                exec(compile("import lib.late", f"<cell {number}>", "exec"), {})
        """,
    ),
    "virtual modules": (
        1_000,
        """
        import importlib.util, sys, types, lib
        def work(numbers):
            for number in numbers:
                name = f"lib.virtual{number}"
                sys.modules[name] = types.ModuleType(name)
                importlib.util.find_spec("lib.absent")
                assert sys.modules.pop(name).__name__ == name
        """,
    ),
    "plugins": (
        600,
        """
        import importlib.util, sys, lib.late
        def work(numbers):
            for number in numbers:
                name = f"lib.plugin{number}"
                spec = importlib.util.spec_from_file_location(name, lib.late.__file__)
                sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(sys.modules[name])
                importlib.util.find_spec("lib.absent")
                del sys.modules[name]
        """,
    ),
}

UNLOADED = {
    "imported again": (
        200,
        """
        import importlib, sys, lib.lazy, lib.sub.deep
        NAMES = ["lib"] + ["lib." + name for name in (
            "x", "star", "circular_a", "circular_b", "sub", "sub.deep", "lazy", "late", "mod")]
        def work(numbers):
            for _ in numbers:
                for name in NAMES:
                    sys.modules.pop(name, None)
                for name in NAMES:
                    importlib.import_module(name)
        """,
    ),
    "reload": (
        200,
        """
        import importlib, lib.late, lib.sub
        def work(numbers):
            for _ in numbers:
                importlib.reload(lib.late)
                importlib.reload(lib.sub)
                importlib.reload(lib)
        """,
    ),
    "module_from_spec": (
        300,
        """
        import importlib.util, lib
        def work(numbers):
            for _ in numbers:
                spec = importlib.util.find_spec("lib.mod")
                spec.loader.exec_module(importlib.util.module_from_spec(spec))
        """,
    ),
    "failed imports": (
        200,
        """
        import sys, brittle
        def work(numbers):
            for _ in numbers:
                for name in ("brittle.broken", "brittle.needs", "brittle.syntax"):
                    try:
                        __import__(name)
                    except (ValueError, ImportError, SyntaxError):
                        pass
                sys.modules.pop("brittle.helper", None)
        """,
    ),
}
