"""The short way to a module's source file finds what the long one does, and leaves to that what is not as usual."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

# What a probe begins with: a package of its own, in whose folder it makes what it imports then.
MADE = """
    import importlib, importlib.machinery, importlib.util, json, os, re, sys, tempfile
    FOLDER = tempfile.mkdtemp(prefix="made_", dir=os.path.dirname(__file__))
    PACKAGE = __package__ + "." + os.path.basename(FOLDER)
    def write(name, text, later=0):
        path = os.path.join(FOLDER, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        moment = os.stat(path).st_mtime_ns + later * 10**9
        os.utime(path, ns=(moment, moment))
    def settle():
        # A folder that has changed within its own clock's step would look as it was.
        moment = os.stat(FOLDER).st_mtime_ns - 10**10
        os.utime(FOLDER, ns=(moment, moment))
        importlib.invalidate_caches()
    def imported(name):
        try:
            return importlib.import_module(f"{PACKAGE}.{name}").VALUE
        except Exception as error:
            return f"{type(error).__name__}: {error}".replace(PACKAGE, "PACKAGE")
    write("__init__.py", "")
    for number in range(4):
        write(f"usual_{number}.py", f"VALUE = {number}")
    settle()
    importlib.import_module(f"{PACKAGE}.usual_0")  # from now on the folder is known
    """

CASES = {
    "a usual module": """
        def outcome():
            return imported("usual_1")
        """,
    "what it says of itself": """
        def outcome():
            module = importlib.import_module(f"{PACKAGE}.usual_1")
            spec, loader = module.__spec__, module.__loader__
            told = [module.__name__, module.__package__, module.__file__, getattr(module, "__cached__", None),
                    spec.name, spec.origin, spec.cached, spec.parent, spec.has_location,
                    spec.submodule_search_locations, spec.loader_state,
                    loader.name, loader.path, loader.is_package(module.__name__), repr(spec), repr(loader),
                    loader.get_source(module.__name__), isinstance(loader, importlib.machinery.SourceFileLoader),
                    sorted(vars(spec)), loader.path_stats(loader.path)["size"]]
            text = json.dumps(told).replace(os.path.basename(FOLDER), "made")
            return json.loads(re.sub("0x[0-9a-f]+", "address", text))
        """,
    "one that comes later": """
        def outcome():
            before = imported("late")
            write("late.py", "VALUE = 'late'")
            return [before, imported("late")]
        """,
    "one that goes": """
        def outcome():
            os.remove(os.path.join(FOLDER, "usual_1.py"))
            return imported("usual_1")
        """,
    "one that goes unseen": """
        def outcome():
            moment = os.stat(FOLDER).st_mtime_ns
            os.remove(os.path.join(FOLDER, "usual_1.py"))
            os.utime(FOLDER, ns=(moment, moment))
            return imported("usual_1")
        """,
    "a folder in its place": """
        def outcome():
            os.remove(os.path.join(FOLDER, "usual_1.py"))
            os.mkdir(os.path.join(FOLDER, "usual_1.py"))
            settle(), imported("usual_2")
            return imported("usual_1")
        """,
    "a link that leads nowhere": """
        def outcome():
            os.symlink("nowhere.py", os.path.join(FOLDER, "linked.py"))
            settle(), imported("usual_2")
            return imported("linked")
        """,
    "a package beside it": """
        def outcome():
            write("usual_1/__init__.py", "VALUE = 'of the package'")
            settle(), imported("usual_2")
            return imported("usual_1")
        """,
    "an extension module beside it": """
        def outcome():
            write("usual_1" + importlib.machinery.EXTENSION_SUFFIXES[-1], "no shared object")
            settle(), imported("usual_2")
            return imported("usual_1").partition(":")[0]
        """,
    "byte code beside it": """
        def outcome():
            write("usual_1.pyc", "no code")
            settle(), imported("usual_2")
            return imported("usual_1")
        """,
    "syntax error": """
        def outcome():
            write("wrong.py", "VALUE =")
            settle(), imported("usual_2")
            return imported("wrong").replace(FOLDER, "FOLDER")
        """,
    "changed after it was found": """
        def outcome():
            spec = importlib.util.find_spec(f"{PACKAGE}.usual_1")
            write("usual_1.py", "VALUE = 7", later=5)  # as long as it was: by its time alone it is another
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            write("usual_1.py", "VALUE = 8", later=9)
            again = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(again)
            return [module.VALUE, again.VALUE]
        """,
    "changed before a lazy loader loads it": """
        def outcome():
            class Finder:
                def find_spec(self, name, path=None, target=None):
                    others = [each for each in sys.meta_path if each is not self]
                    spec = next((found for each in others if (found := each.find_spec(name, path, target))), None)
                    if spec is not None and name.endswith("usual_1"):
                        spec.loader = importlib.util.LazyLoader(spec.loader)
                    return spec
            finder = Finder()
            sys.meta_path.insert(0, finder)
            try:
                module = importlib.import_module(f"{PACKAGE}.usual_1")
                write("usual_1.py", "VALUE = 7", later=5)
                return module.VALUE
            finally:
                sys.meta_path.remove(finder)
        """,
    "entries that are no strings": """
        def outcome():
            import pathlib
            sys.modules[PACKAGE].__path__[:] = [pathlib.Path(FOLDER)]
            values = [imported("usual_1")]
            sys.modules[PACKAGE].__path__[:] = [[FOLDER]]
            return [*values, imported("usual_2")]
        """,
    "reloaded": """
        def outcome():
            values = [imported("usual_1")]
            for value in (7, 8):
                write("usual_1.py", f"VALUE = {value}", later=value)
                importlib.reload(sys.modules[f"{PACKAGE}.usual_1"])
                values.append(imported("usual_1"))
            return values
        """,
    "a finder in front": """
        def outcome():
            class Finder:
                asked = []
                def find_spec(self, name, path=None, target=None):
                    self.asked.append(name.rpartition(".")[2])
            finder = Finder()
            sys.meta_path.insert(0, finder)
            try:
                return [imported("usual_1"), finder.asked]
            finally:
                sys.meta_path.remove(finder)
        """,
    "the folder's finder with loaders of its own": """
        def outcome():
            class Loader(importlib.machinery.SourceFileLoader):
                def get_data(self, path):
                    return super().get_data(path).replace(b"VALUE = 1", b"VALUE = 'changed'")
            finder = importlib.machinery.FileFinder(FOLDER, (Loader, [".py"]))
            sys.path_importer_cache[FOLDER] = finder
            finder.find_spec("usual_2")
            return imported("usual_1")
        """,
    "a finder of another kind for the folder": """
        def outcome():
            class Finder(importlib.machinery.FileFinder):
                def find_spec(self, name, target=None):
                    return None if name.endswith("usual_1") else super().find_spec(name, target)
            loaders = [(importlib.machinery.SourceFileLoader, [".py"])]
            sys.path_importer_cache[FOLDER] = Finder(FOLDER, *loaders)
            return [imported("usual_2"), imported("usual_1")]
        """,
    "a patched method": """
        def outcome():
            asked = []
            original = importlib.machinery.FileFinder.find_spec
            def find_spec(self, name, target=None):
                asked.append(name.rpartition(".")[2])
                return original(self, name, target)
            importlib.machinery.FileFinder.find_spec = find_spec
            try:
                return [imported("usual_1"), "usual_1" in asked]
            finally:
                importlib.machinery.FileFinder.find_spec = original
        """,
    "two folders": """
        def outcome():
            write("other/more.py", "VALUE = 'more'")
            sys.modules[PACKAGE].__path__.append(os.path.join(FOLDER, "other"))
            return [imported("usual_1"), imported("more")]
        """,
    "another folder": """
        def outcome():
            write("other/usual_1.py", "VALUE = 'other'")
            sys.modules[PACKAGE].__path__[:] = [os.path.join(FOLDER, "other")]
            return [imported("usual_1"), imported("usual_1")]
        """,
}


@pytest.mark.parametrize("case", CASES)
def test_as_in_a_plain_venv(world: World, case: str) -> None:
    """[quick search] Whatever lies there, and whoever has changed what."""
    world.same_outcome(
        textwrap.dedent(MADE) + textwrap.dedent(CASES[case]), differ=case == "what it says of itself"
    )


@pytest.mark.every_python
def test_it_is_gone(world: World) -> None:
    """[quick search] It is the way of ordinary modules, not of the others: on every Python, whose finders differ."""
    probe = world.add_probe(
        textwrap.dedent(MADE)
        + textwrap.dedent("""
        from runtime_shim.loading import source_in_folder
        found = {}
        original = source_in_folder.find
        def find(name, *arguments, **keywords):
            spec = original(name, *arguments, **keywords)
            found[name.rpartition(".")[2]] = spec is not None
            return spec
        def outcome():
            source_in_folder.find = find
            write("inside/__init__.py", "VALUE = 1")
            settle()
            for name in ("usual_1", "usual_2", "inside"):
                imported(name)
            return found
        """),
        ["dep_a"],
    )
    program = f"import json\nfrom dep_a import {probe} as probe\nprint(json.dumps(probe.outcome()))\n"
    # The first one lets the folder's finder look at what there is.
    assert world.answer(program) == {"usual_1": False, "usual_2": True, "inside": False}
