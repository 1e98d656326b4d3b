"""`sys.path`: one list object, whose contents are those of the environment that looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

READING = {
    "list": "list(path)",
    "slice": "path[:]",
    "partial slice": "path[-3:]",
    "index": "[path[0], path[-1], path[len(path) - 1]]",
    "addition": "path + ['end']",
    "addition on the right": "['start'] + path",
    "multiplication": "path * 2",
    "iteration": "[entry for entry in path]",
    "unpacking": "[*path]",
    "unpacking as arguments": "(lambda *entries: list(entries))(*path)",
    "enumerate": "[entry for _, entry in enumerate(path)]",
    "reversed": "list(reversed(path))",
    "length": "len(path)",
    "truth": "bool(path)",
    "in": "[site in path, 'absent' in path]",
    "index of": "path.index(site)",
    "count": "path.count(site)",
    "copy": "path.copy()",
    "copy.copy": "list(__import__('copy').copy(path))",
    "copy.deepcopy": "list(__import__('copy').deepcopy(path))",
    "join": "'|'.join(path)",
    "repr": "repr(path)",
    "str": "f'{path}'",
    "sorted": "[sorted(path) == sorted([*path]), site in sorted(path)]",
    "equality": "[path == list(path), path != list(path), list(path) == path, path == []]",
    "set and tuple": "[site in set(path), len(set(path)), list(tuple(path))]",
    "extend of another": "(lambda other: other.extend(path) or other)([])",
    "slice assignment of another": "exec('other = []; other[:] = sys.path', scope := {'sys': sys}) or scope['other']",
    "zip and filter": "[list(filter(None, path)), [a for a, b in zip(path, path)]]",
    "any and max": "[any(entry == site for entry in path), max(path) == max([*path])]",
    "json": "__import__('json').loads(__import__('json').dumps(path))",
    "pickle": "(lambda again: [type(again).__name__, list(again)])(pickle.loads(pickle.dumps(path)))",
    "marshal": "marshal.loads(marshal.dumps(path))",
    "marshal in an older format": "marshal.loads(marshal.dumps(path, 1))",
    "marshal, deep in another value": "marshal.loads(marshal.dumps({'a': (1, [path], {2: path})}))['a'][1:]",
    "marshal to a file": "(lambda file: marshal.dump(path, file) and marshal.loads(file.getvalue()))(io.BytesIO())",
    "each protocol of pickle": "[pickle.loads(pickle.dumps(path, number)) for number in range(6)]",
    "pickle in Python": "pickle.loads(pickle._dumps(path))",
    "pprint": "pprint.pformat(path)",
    "reprlib": "reprlib.repr(path) == reprlib.repr([*path])",
    "match": "exec('match sys.path:\\n case [a, *b]: found = [a, *b]', scope := {'sys': sys}) or scope['found']",
    "arguments of a child": "json.loads(subprocess.check_output([sys.executable, '-ISc', SHOW, *path]))",
    "a list of arguments": "json.loads(subprocess.check_output([sys.executable, '-ISc', SHOW] + path))",
    "itertools and collections": "[[*itertools.chain(path)], [*collections.deque(path)], dict.fromkeys(path)]",
    "functions of the standard library": "[operator.concat(path, []), sum([path], []), ast.literal_eval(repr(path))]",
    "types": "[type(made).__name__ for made in (path[:], path + [], path.copy(), path * 1)]",
    "isinstance": "[isinstance(path, list), path is sys.path, type(path).__name__, repr(type(path))]",
}


def test_an_entry_that_is_there_twice(world: World) -> None:
    """[contents] A second copy of an entry, put in or taken out by the application, hides no other from anybody."""
    name = world.add_probe("import sys\ndef outcome():\n    return sys.path[:]\n")
    program = f"""
        import json, sys
        from dep_a import {name} as a
        before = a.outcome()
        sys.path.insert(0, sys.path[0])
        twice = a.outcome()
        sys.path.append(sys.path[0])
        thrice = a.outcome()
        del sys.path[0], sys.path[-1]
        print(json.dumps([[entry for entry in before if entry not in seen] for seen in (twice, thrice, a.outcome())]))
        """
    assert world.answer(program) == [[], [], []]


def test_reading(world: World) -> None:
    """[contents] However it is read, `sys.path` shows an environment what its plain venv has, then `.venv`."""
    ways = ",\n                ".join(f"{way!r}: {expression}" for way, expression in READING.items())
    name = world.add_probe(f"""
        import ast, collections, heapq, io, itertools, json, lib, marshal, operator, os, pickle, pprint, reprlib
        import subprocess, sys
        SHOW = "import json, sys; print(json.dumps(sys.argv[1:]))"
        site = os.path.dirname(os.path.dirname(lib.__file__))
        def outcome():
            path = sys.path
            return {{
                {ways}
            }}
        """)
    for package in ("dep_a", "dep_b"):
        program = f"""
            import json, sys
            application = {str(world.project.library / "site-packages")!r}
            if application not in sys.path:  # the plain venv
                sys.path.append(application)
            from {package} import {name} as probe
            print(json.dumps(probe.outcome()))
            """
        assert world.answer(program) == world.plain_answer(package, program)


def test_application_sees_a_plain_path(world: World) -> None:
    """[contents] The application's `sys.path` holds `.venv` and no environment, before and after imports."""
    program = """
        import json, sys
        before = list(sys.path)
        import dep_a, dep_b, lib
        site = [entry for entry in sys.path if entry.endswith("site-packages")]
        print(json.dumps([before == sys.path, list(sys.path) == before, len(site), ".venv" in site[0],
                          sys.path is sys.modules["sys"].path]))
        """
    assert world.answer(program) == [True, True, 1, True, True]


PRIVATE = """
    import os, sys, importlib
    def folder(name, text):
        import lib
        path = os.path.join(os.path.dirname(os.path.dirname(lib.__file__)), "folders", name)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "inserted.py"), "w") as file:
            file.write(text + "\\nimport lib\\nVERSION = lib.VERSION\\n")
        return path
    def insert(way):
        path = folder("private", "")
        if way == "insert":
            sys.path.insert(0, path)
        elif way == "append":
            sys.path.append(path)
        elif way == "extend":
            sys.path.extend([path])
        elif way == "+=":
            sys.path += [path]
        elif way == "slice":
            sys.path[0:0] = [path]
        elif way == "slice of all":
            sys.path[:] = [path, *sys.path]
        return path
    def load():
        import inserted
        return [inserted.VERSION, inserted.__file__]
    def sees(path):
        return [path in sys.path, importlib.util.find_spec("inserted") is not None]
    def remove(path):
        sys.path.remove(path)
        return path in sys.path
    """


@pytest.mark.parametrize("way", ["insert", "append", "extend", "+=", "slice", "slice of all"])
def test_folder_inside_the_environment(world: World, way: str) -> None:
    """[private] A folder of an environment that its code adds is importable for it, and nobody else sees it."""
    name = world.add_probe(PRIVATE)
    program = f"""
        import importlib.util, json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        before = list(sys.path)
        path = a.insert({way!r})
        seen = [a.sees(path), b.sees(path), path in sys.path, importlib.util.find_spec("inserted") is not None]
        loaded = a.load()
        try:
            import inserted
            loaded.append(inserted.__file__)
        except ModuleNotFoundError as error:
            loaded.append(error.name)
        print(json.dumps([seen, loaded, b.sees(path), list(sys.path) == before, a.remove(path)]))
        """
    found = world.answer(program)
    file = "<site of dep_a>/folders/private/inserted.py"
    assert found == [
        [[True, True], [False, False], False, False],
        ["1", file, "inserted"],
        [False, False],
        True,
        False,
    ]


def test_same_folder_name_in_both(world: World) -> None:
    """[private] Both environments add a folder of theirs with a module of the same name: each gets its own."""
    name = world.add_probe(PRIVATE)
    program = f"""
        import json
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.insert("insert"), b.insert("append")
        print(json.dumps([a.load(), b.load(), a.load()]))
        """
    one, two = (f"<site of {package}>/folders/private/inserted.py" for package in ("dep_a", "dep_b"))
    assert world.answer(program) == [["1", one], ["2", two], ["1", one]]


@pytest.mark.parametrize("who", ["dep_a", "application"])
def test_folder_outside(world: World, who: str) -> None:
    """[public] A folder outside all environments is meant for the process: everybody sees it and can import it."""
    world.project.write(
        "outside/from_outside.py", "import sys\nNAME = __name__\nVERSION = __import__('lib').VERSION\n"
    )
    folder = str(world.project.root / "outside")
    name = world.add_probe("""
        import sys
        def add(folder):
            sys.path.insert(0, folder)
        def remove(folder):
            sys.path.remove(folder)
        def sees(folder):
            return [folder in sys.path, sys.path.index(folder)]
        def load():
            import from_outside
            return from_outside
        """)
    add = f"a.add({folder!r})" if who == "dep_a" else f"sys.path.insert(0, {folder!r})"
    program = f"""
        import json, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        a.sys.path, b.sys.path
        {add}
        seen = [a.sees({folder!r}), b.sees({folder!r}), {folder!r} in sys.path]
        one, two = a.load(), b.load()
        import from_outside
        b.remove({folder!r})
        print(json.dumps([seen, one is two is from_outside, one.VERSION, {folder!r} in sys.path,
                          {folder!r} in a.sys.path, len(list(a.sys.path)) == len(sys.path) + 2]))
        """
    found = world.answer(program)
    assert found[:4] == [[[True, 0], [True, 0], True], True, "2", False]


def test_replacing_the_list(world: World) -> None:
    """[replaced] A program that binds `sys.path` to a list of its own goes on importing."""
    program = """
        import json, sys
        import dep_a
        sys.path = [*sys.path, "added"]
        import dep_b, lib.late
        from dep_a import tools
        print(json.dumps([dep_a.VERSION, dep_b.VERSION, lib.late.VERSION, tools.library_version(), sys.path[-1]]))
        """
    assert world.answer(program) == ["1", "2", "2", "1", "added"]


def test_saved_and_assigned_again(world: World) -> None:
    """[replaced] A list that an environment has saved and assigns again is its own: what it had added is gone.

    OpenCV's loader does so, and its folder holds a `typing` of its own: the standard library comes first again.
    """
    name = world.add_probe("""
        import copy, lib, os, sys
        folder = os.path.join(os.path.dirname(os.path.dirname(lib.__file__)), "like_opencv")
        os.makedirs(folder, exist_ok=True)
        open(os.path.join(folder, "colorsys.py"), "w").close()
        saved = copy.copy(sys.path)
        before = list(saved)
        sys.path.insert(1, folder)
        inserted = sys.path[1] == folder
        sys.path = saved
        from dep_a import tools
        def outcome():
            import colorsys
            return [inserted, sys.path == before, folder in sys.path, hasattr(colorsys, "rgb_to_hsv"),
                    tools.library_version()]
        """)
    program = f"""
        import json, sys
        import dep_b
        before = list(sys.path)
        from dep_a import {name} as a
        import lib.late
        print(json.dumps([a.outcome(), before == sys.path, type(sys.path) is not list, lib.VERSION]))
        """
    assert world.answer(program) == [[True, True, False, True, "1"], True, True, "2"]


def test_patched_for_a_while(world: World) -> None:
    """[replaced] `mock.patch.object(sys, "path", …)` around imports: everybody has the old list in the end."""
    name = world.add_probe("import sys\ndef outcome():\n    return list(sys.path)\n")
    program = f"""
        import json, sys
        from unittest import mock
        from dep_a import {name} as a
        before = [list(sys.path), a.outcome()]
        with mock.patch.object(sys, "path", ["patched", *sys.path]):
            import dep_b, lib.late
            during = [sys.path[0], a.outcome()[0], len(a.outcome()) - len(before[1])]
        print(json.dumps([during, [list(sys.path), a.outcome()] == before, dep_b.VERSION]))
        """
    assert world.answer(program) == [["patched", "patched", 1], True, "2"]
