"""A pickle that names a version which is no longer there is read with a compatible one, with a warning.

[nearest] Which one. [read] However it was written, whoever reads it. [strict] Not at all, on demand; and never for an
import that a program makes itself. [incompatible] The error names what is there. [unversioned] Of a library that has
one version for everybody by now. [upgrade] A project that is built anew. [no shim] Where no conflict is left.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shim import universe

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index

DOCS = Path(__file__).parents[2] / "docs" / "when-versions-meet.md"

# A class as the C pickler writes it (`attrgetter`), or as the Python one does (a global).
HELPERS = """
    import importlib, io, json, operator, pickle, warnings

    class Module:
        def __init__(self, name):
            self.name = name
        def __reduce__(self):
            return importlib.import_module, (self.name,)

    class Class:
        def __init__(self, module, name):
            self.module, self.name = module, name
        def __reduce__(self):
            return operator.attrgetter(self.name), (Module(self.module),)

    def written(name, in_python=False):
        if not in_python:
            return pickle.dumps(Class(name + ".mod", "Thing"))
        return b"c" + name.encode() + b".mod\\nThing\\n."

    def read(data, loads=pickle.loads):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                found = loads(data).version
            except ImportError as error:
                found = str(error)
        return [found, [[str(one.message), one.category.__name__, one.filename == __file__] for one in told]]
    """


@pytest.mark.parametrize("in_python", [False, True])
def test_read(world: World, in_python: bool) -> None:
    """[nearest] [read] [incompatible] By every reader; told once for each version."""
    program = f"""
        readers = [
            pickle.loads, pickle._loads, lambda data: pickle.load(io.BytesIO(data)),
            lambda data: type("Own", (pickle.Unpickler,), {{}})(io.BytesIO(data)).load(),
        ]
        found = {{}}
        for name in ("lib@1.4", "lib@2.0.3", "lib@1.0rc1", "lib@2.0.post1", "lib@2~nowhere", "lib@2", "lib@3",
                     "lib@1!2"):
            found[name] = [read(written(name, {in_python}), one) for one in readers]
        print(json.dumps(found))
        """
    found = world.answer(textwrap.dedent(HELPERS) + textwrap.dedent(program))
    for name, version in (("lib@1.4", "1"), ("lib@2.0.3", "2"), ("lib@1.0rc1", "1"), ("lib@2.0.post1", "2")):
        text = f"a pickle names {name}, which is no longer installed: it is read with lib {version}"
        assert found[name] == [[version, [[text, "PickleVersionWarning", True]]], *[[version, []]] * 3]
    for name in ("lib@2~nowhere", "lib@2"):
        assert found[name] == [["2", []]] * 4
    for name in ("lib@3", "lib@1!2"):
        for message, told in found[name]:
            assert message.startswith(f"No module named '{name}.mod': no environment of this project holds")
            assert "environment dep-a has lib@1; environment dep-b has lib@2" in message
            assert "none of these is compatible" in message
            assert told == []


def test_strict(world: World) -> None:
    """[strict] In a context, by a variable, by a filter; an import of the program's own is never lenient."""
    program = """
        import os, runtime_shim
        found = []
        with runtime_shim.exact_pickles():
            found += [read(written("lib@1.4", in_python))[0][:46] for in_python in (False, True)]
        os.environ["MVENV_PICKLES"] = "exact"
        found.append(read(written("lib@1.4"))[0][:46])
        del os.environ["MVENV_PICKLES"]
        warnings.simplefilter("error", runtime_shim.PickleVersionWarning)
        for _ in range(2):
            try:
                pickle.loads(written("lib@1.4"))
            except runtime_shim.PickleVersionWarning as error:
                found.append(str(error)[:28])
        warnings.simplefilter("ignore", runtime_shim.PickleVersionWarning)
        found.append(pickle.loads(written("lib@1.4")).version)
        for name in ("lib@1.4", "lib@1.4.mod"):
            try:
                importlib.import_module(name)
            except ImportError as error:
                found.append(str(error)[:len(name) + 20])
        print(json.dumps(found))
        """
    missing = "No module named 'lib@1.4.mod': no environment "[:46]
    assert world.answer(textwrap.dedent(HELPERS) + textwrap.dedent(program)) == [
        *[missing] * 3,
        *["a pickle names lib@1.4, whic"] * 2,
        "1",
        "No module named 'lib@1.4': ",
        "No module named 'lib@1.4.mod': ",
    ]


def test_import_module_itself(world: World) -> None:
    """[read] A pickle that holds `importlib.import_module` gets something equal to it, which is written as it."""
    program = """
        import importlib, json, pickle, dep_b
        back = pickle.loads(pickle.dumps(importlib.import_module))
        data = pickle.dumps(back)
        print(json.dumps([back == importlib.import_module, {importlib.import_module: 1}[back], back("json") is json,
                          b"shim" in data, pickle.loads(data) == back, back.__name__]))
        """
    assert world.answer(textwrap.dedent(HELPERS) + textwrap.dedent(program)) == [
        True,
        1,
        True,
        False,
        True,
        "import_module",
    ]


def test_unversioned(world: World) -> None:
    """[unversioned] What a pickle named when the library had several versions is found where it is now."""
    program = """
        import dep_a
        def token(name):
            return pickle.dumps(Class(name, "Token.__name__"))
        def attempt(name):
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                try:
                    return [pickle.loads(token(name)), [str(one.message) for one in told]]
                except ImportError as error:
                    return str(error)
        print(json.dumps([attempt(name) for name in ("shared@5", "shared@5.2", "shared@6", "gone@1")]))
        """
    told = "a pickle names shared@5.2, which is no longer installed: it is read with shared 5"
    assert world.answer(textwrap.dedent(HELPERS) + textwrap.dedent(program)) == [
        ["Token", []],
        ["Token", [told]],
        "No module named 'shared@6': what is installed here is shared 5, which is not compatible with it",
        "No module named 'gone@1': nothing that is installed here provides it",
    ]


STORE = """
    import pickle, shelve, sys
    import lib.mod, dep_a
    old = dep_a.lib.mod
    def main():
        store = [lib.mod.Thing(1), lib.mod.Record(2), old.Thing(3)]
        with open("store.pickle", "wb") as file:
            pickle.dump(store, file)
        with open("store.in-python", "wb") as file:
            pickle._dump(store, file)
        with shelve.open("store.shelf") as shelf:
            shelf["things"] = store
    if __name__ == "__main__":
        main()
    """

LOAD = """
    import json, pickle, shelve
    import lib.mod
    found = [pickle.load(open("store.pickle", "rb")), pickle.load(open("store.in-python", "rb"))]
    with shelve.open("store.shelf") as shelf:
        found.append(shelf["things"])
    print(json.dumps([[a.version, type(a) is lib.mod.Thing, a.value, b.thing, type(b) is lib.mod.Record, c.version,
                       type(c) is lib.mod.Thing, c.value] for a, b, c in found]))
    """


def test_upgrade(project: ProjectFolder, index: Index) -> None:
    """[upgrade] [no shim] What was stored is read after patch releases, and after the conflict has gone."""
    for version in ("1.0.3", "1.0.4", "2.0.2", "2.0.3"):
        index.add("lib", version, **universe._library(version) | {"requires": []})
    for number, version in enumerate(("1.0.3", "1.0.4")):
        files = {"dep_a/__init__.py": "import lib.mod\n"}
        index.add("dep-a", f"1.{number}", requires=[f"lib=={version}"], files=files)
    index.add("dep-a", "2", requires=["lib==2.0.2"], files={"dep_a/__init__.py": "import lib.mod\n"})
    project.pyproject(["lib==2.0.3", "dep-a==1.0"])
    project.mvenv("build")
    project.write("store.py", STORE)
    project.write("load.py", LOAD)
    project.python("store.py")
    exact = project.python("load.py")
    assert exact.out.count('["2.0.3", true, 1, 2, true, "1.0.3", false, 3]') == 3
    assert not exact.err
    project.pyproject(["lib==2.0.2", "dep-a==1.1"])
    project.mvenv("build")
    upgraded = project.python("load.py")
    assert upgraded.out.count('["2.0.2", true, 1, 2, true, "1.0.4", false, 3]') == 3
    assert (
        upgraded.err.count("PickleVersionWarning: a pickle names lib@2.0.3, which is no longer installed")
        == 1
    )
    assert upgraded.err.count("lib@1.0.3") == 1
    project.pyproject(["lib==2.0.2", "dep-a==2"])
    project.mvenv("build")
    assert not project.python("-c", "import runtime_shim", check=False).out
    assert "lib@2" in project.python("load.py", check=False).err
    (recipe,) = re.findall(
        r"```python\n(import importlib, re, sys\n.*?class WithoutVersions.*?)```", DOCS.read_text(), re.DOTALL
    )
    project.write("without_versions.py", recipe)
    project.write("load_plain.py", "import without_versions\n" + re.sub("(?m)^    ", "", LOAD.strip("\n")))
    assert project.python("load_plain.py").out.count('["2.0.2", true, 1, 2, true, "2.0.2", true, 3]') == 3
