"""A pickle names the version of every class in it that exists in more than one.

[round trip] In the dependant, in the application, in another environment, in another process. [protocols] Every
protocol, both implementations. [by name] Functions, nested classes, classes with a metaclass, objects that reduce to
a global's name. [subclass] Picklers with a `reducer_override` or a `dispatch_table` of their own. [names] What is
written. [elsewhere] A reader without that version is told so. [plain] What is common to all is written as ever.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

CLASSES = """
    import enum, copyreg, dataclasses, functools, typing
    import lib, lib.mod

    VERSION = lib.VERSION

    class Outer:
        class Inner:
            def __eq__(self, other):
                return type(other) is type(self)
        def method(self):
            return VERSION

    class Meta(type):
        pass

    class WithMeta(metaclass=Meta):
        pass

    class Colour(enum.Enum):
        RED = 1

    class Sentinel:
        def __reduce__(self):
            return "SENTINEL"

    SENTINEL = Sentinel()

    class Failure(Exception):
        pass

    def function():
        return VERSION

    class Registered:
        pass

    REGISTERED = Registered()
    copyreg.pickle(Registered, lambda one: "REGISTERED")

    @functools.lru_cache
    def cached():
        return VERSION

    Variable = typing.TypeVar("Variable")
    Named = typing.NewType("Named", int)

    def everything():
        return [
            lib.mod.Thing([1]), lib.mod.Thing, lib.mod.Record(lib.mod.Thing(2)), lib.mod.read_attr, function, Outer,
            Outer.Inner, Outer.Inner(), WithMeta, Colour.RED, SENTINEL, REGISTERED,
            cached, Variable, Named,
        ]

    def alike(one, other):
        return one is other or (type(one) is type(other) and one == other)

    def same(objects):
        return all(map(alike, objects, everything()))

    def dumps(value, protocol=None):
        import pickle
        return pickle.dumps(value, protocol)

    def loads(data):
        import pickle
        return pickle.loads(data)

    def dumps_in_python(value, protocol=None):
        import pickle
        return pickle._dumps(value, protocol)

    def loads_in_python(data):
        import pickle
        return pickle._loads(data)
    """


@pytest.mark.parametrize("protocol", range(6))
def test_round_trip(world: World, protocol: int) -> None:
    """[round trip] [protocols] [by name] Whoever writes and whoever reads, the classes are the same."""
    name = world.add_probe(CLASSES)
    program = f"""
        import json, pickle
        from dep_a import {name} as a
        from dep_b import {name} as b
        writers = [pickle.dumps, pickle._dumps, a.dumps, b.dumps, a.dumps_in_python]
        readers = [pickle.loads, pickle._loads, a.loads, b.loads, b.loads_in_python]
        wrong = []
        for owner in (a, b):
            for writer in writers:
                for reader in readers:
                    for one in [owner.everything(), *owner.everything()]:
                        back = reader(writer(one, {protocol}))
                        right = owner.same(back) if isinstance(one, list) else owner.alike(back, one)
                        if not right:
                            wrong.append([owner.__name__, str(writer), str(reader), str(one)])
        error = pickle.loads(pickle.dumps(a.Failure("why"), {protocol}))
        print(json.dumps([wrong, type(error) is a.Failure, error.args, a.Outer().method() == "1"]))
        """
    assert world.answer(program) == [[], True, ["why"], True]


def test_another_process(world: World) -> None:
    """[round trip] A pickle is read by another process of the project, which has not used that environment yet."""
    name = world.add_probe(CLASSES)
    program = f"""
        import json, pickle, subprocess, sys
        from dep_a import {name} as a
        from dep_b import {name} as b
        code = "import pickle, sys; values = [one.value for one in pickle.load(sys.stdin.buffer)]; " \
            "sys.stdout.buffer.write(pickle.dumps(values))"
        data = pickle.dumps([a.lib.mod.Thing(a.lib.mod.Thing), b.lib.mod.Thing(b.lib.mod.Thing)])
        child = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True)
        assert not child.stderr, child.stderr
        print(json.dumps([one.version for one in pickle.loads(child.stdout)]))
        """
    assert world.answer(program) == ["1", "2"]


def test_names(world: World) -> None:
    """[names] [plain] The version is written for what not everybody sees alike, and for nothing else."""
    name = world.add_probe(CLASSES)
    program = f"""
        import collections, json, pickle, shared
        import dep_b
        from dep_a import {name} as a
        import lib.mod
        counter = collections.OrderedDict(x=1)
        plain = [1, "a", {{2: [3.0]}}, counter, shared.Token, print, json.JSONDecoder, ValueError("x")]
        print(json.dumps([
            b"lib@2.mod" in pickle.dumps(lib.mod.Thing(1)), b"lib@1.mod" in pickle.dumps(a.lib.mod.Thing),
            b"@1" in pickle.dumps(plain) or b"@2" in pickle.dumps(plain),
            [pickle.dumps(plain, number).hex() for number in range(6)],
        ]))
        """
    answer = world.answer(program)
    assert answer[:3] == [True, True, False]
    plain = program.replace("import lib.mod", "").replace("import dep_b", "")
    plain = plain[: plain.index('b"lib@2')] + "[pickle.dumps(plain, number).hex() for number in range(6)]]))"
    assert world.plain_answer("dep_a", plain) == [answer[3]]


@pytest.mark.parametrize("written", ["dumps", "_dumps"])
def test_elsewhere(world: World, written: str) -> None:
    """[elsewhere] In a project without that version, and where there is no mvenv."""
    data = bytes.fromhex(
        world.answer(f"""
        import json, pickle
        import dep_a
        import importlib
        print(json.dumps(pickle.{written}(importlib.import_module("lib@1.mod").Thing(1)).hex()))
        """)
    )
    other = data.replace(b"lib@1.mod", b"lib@9.mod")
    program = f"""
        import json, pickle
        try:
            pickle.loads({other!r})
        except ModuleNotFoundError as error:
            print(json.dumps(str(error)))
        """
    message = world.answer(program)
    assert message.startswith(
        "No module named 'lib@9.mod': no environment of this project holds that version"
    )
    assert "environment dep-a has lib@1; environment dep-b has lib@2" in message
    assert "lib@9" in world.plain_answer("dep_a", program)


def test_plain_pickles(world: World) -> None:
    """[names] For readers without mvenv a program can have them written as ever."""
    program = """
        import json, pickle
        import runtime_shim
        import dep_a
        import lib.mod
        with runtime_shim.plain_pickles():
            data = pickle.dumps(lib.mod.Thing(5))
        print(json.dumps([data.hex(), b"lib@2" in pickle.dumps(lib.mod.Thing(5))]))
        """
    data, versioned = world.answer(program)
    assert versioned
    read = f"import json, pickle; print(json.dumps(pickle.loads(bytes.fromhex({data!r})).version))"
    assert world.plain_answer("dep_b", read) == "2"


def test_picklers_of_their_own(world: World) -> None:
    """[subclass] What a pickler decides for itself, it goes on deciding; the rest names versions."""
    name = world.add_probe(CLASSES)
    program = f"""
        import copyreg, io, json, pickle, _pickle
        from dep_a import {name} as a

        class Overriding(pickle.Pickler):
            def reducer_override(self, obj):
                return (str, ("overridden",)) if obj is a.Outer else NotImplemented

        class Mixin:
            def reducer_override(self, obj):
                return (str, ("mixed in",)) if obj is a.Outer else NotImplemented

        class Mixed(_pickle.Pickler, Mixin):
            pass

        class Again(Overriding):
            def reducer_override(self, obj):
                return super().reducer_override(obj)

        class Table(pickle.Pickler):
            dispatch_table = copyreg.dispatch_table | {{a.Sentinel: lambda one: (str, ("from the table",))}}

        class InPython(pickle._Pickler):
            dispatch = pickle._Pickler.dispatch.copy()

        def through(kind):
            file = io.BytesIO()
            kind(file).dump([a.Outer, a.Outer.Inner, a.SENTINEL])
            outer, inner, sentinel = pickle.loads(file.getvalue())
            return [outer if isinstance(outer, str) else outer is a.Outer, inner is a.Outer.Inner,
                    sentinel if isinstance(sentinel, str) else sentinel is a.SENTINEL]

        print(json.dumps([through(kind) for kind in (Overriding, Mixed, Again, Table, InPython)]))
        """
    assert world.answer(program) == [
        ["overridden", True, True],
        ["mixed in", True, True],
        ["overridden", True, True],
        [True, True, "from the table"],
        [True, True, True],
    ]


def test_an_object_that_answers_anything(world: World) -> None:
    """[subclass] A proxy, whose `__getattr__` may ask another machine, is asked what its pickler asks and no more."""
    name = world.add_probe("""
        ASKED = []
        class Proxy:
            def __getattr__(self, name):
                if not name.startswith("__"):
                    raise AttributeError(name)
                ASKED.append(name)
                return "answer"
            def __reduce_ex__(self, protocol):
                return Proxy, ()
        """)
    program = f"""
        import io, json, pickle
        from dep_a import {name} as a

        class Overriding(pickle.Pickler):
            def reducer_override(self, obj):
                return NotImplemented

        Overriding(io.BytesIO()).dump([a.Proxy()])
        print(json.dumps(a.ASKED))
        """
    assert world.answer(program) == []


REFUSED = """
    import json, pickle, sys
    START
    def attempt(value):
        found = []
        for dumps in (pickle.dumps, pickle._dumps):
            try:
                dumps(value)
            except Exception as error:
                found.append([type(error).__name__, str(error).split(" at 0x")[0]])
        return found
    class Local:
        pass
    Local.__module__ = "lib.mod"
    print(json.dumps([attempt(one) for one in (sys, lambda: 1, Local, Local(), (one for one in []))]))
    """


def test_refused(world: World) -> None:
    """[plain] What can't be pickled is refused with the same words."""
    program = REFUSED.replace("START", "import dep_b, lib.mod")
    assert world.answer(program) == world.plain_answer("dep_b", program)


def test_loaders_and_specs(world: World) -> None:
    """[round trip] What hangs on a module (cloudpickle takes some of it by value) leads to the same environment."""
    program = """
        import copy, json, pickle, subprocess, sys
        import dep_a
        home = dep_a.__loader__.environment
        spec = pickle.loads(pickle.dumps(dep_a.__spec__))
        loader = copy.deepcopy(dep_a.__loader__)
        code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).environment.name)"
        child = subprocess.run([sys.executable, "-c", code], input=pickle.dumps(loader), capture_output=True)
        same = [spec.loader.environment is home, loader.environment is home, copy.copy(home) is home]
        print(json.dumps([same, str(spec.name), child.stdout.decode().strip(), child.stderr.decode()]))
        """
    assert world.answer(program) == [[True, True, True], "dep_a", "dep-a", ""]


def test_copies(world: World) -> None:
    """[round trip] `copy` goes by the same protocols and changes nothing."""
    found = world.same_outcome("""
        import copy, lib.mod
        def outcome():
            one = lib.mod.Thing([lib.mod.Thing, 1])
            shallow, deep = copy.copy(one), copy.deepcopy(one)
            return [lib.VERSION, shallow == one, deep == one, deep.value is one.value, deep.value[0] is lib.mod.Thing]
        """)
    assert json.dumps(found["dep_a"]) == json.dumps(["1", True, True, False, True])
