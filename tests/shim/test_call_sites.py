"""Which calls are known to be the interpreter's own look-ups, so that the C stack need not be read for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

pytestmark = pytest.mark.every_python

# The hash of a name is asked for in the middle of a look-up, by C code that the frame of the look-up has called.
PROGRAM = """
import builtins, json, sys, types
import json.decoder
import runtime_shim
runtime_shim._started_runtime()
from runtime_shim.caller import call_sites

class Name(str):
    def __hash__(self):
        found.append(call_sites.is_of_interpreter(sys._getframe(1)))
        return str.__hash__(self)

def asked(source):
    global found
    for code in (source, "def f():\\n    " + source.replace("\\n", "\\n    ") + "\\nf()"):
        found = []
        names = {"Name": Name, "sys": sys, "json": json, "types": types}
        exec(compile(code, "/nobody/knows.py", "exec"), names)
        yield sorted(set(found))

def through_wrapper(source):
    original = builtins.__import__
    builtins.__import__ = lambda *given: original(*given)
    try:
        return list(asked(source))
    finally:
        builtins.__import__ = original

own, others = OWN, OTHERS
print(json.dumps([
    [list(asked(source)) for source in own],
    [list(asked(source)) for source in others],
    through_wrapper("__import__(str(Name('json')))"),
]))
"""
OWN = (
    "sys.modules.get(Name('json'))",
    "sys.modules.get(Name('json')).__dict__.get('x')",
    "sys.modules[Name('json')]",
    "Name('json') in sys.modules",
    "Name('json') not in sys.modules",
    "sys.modules.setdefault(Name('json'), None)",
    "(sys.modules.get(str('x')), sys.modules.get(Name('json')))",
    "x = Name('json')\nif x in sys.modules:\n    y = sys.modules[x]",
    "sys.modules.get(\n    Name('json'),\n    None,\n)",
)
OTHERS = (
    "modules = sys.modules\nmodules.get(Name('json'))",
    "modules = sys.modules\nmodules[Name('json')]",
    "get = sys.modules.get\nget(Name('json'))",
    "{}.get(Name('json'))",
    "sys.modules.copy().get(Name('json'))",
    "sys.modules['json'].__dict__.get(Name('json'))",
    "sys.modules.get('json').__dict__.get(Name('json'))",
    "list(map(sys.modules.get, [Name('json')]))",
    "hash(Name('json'))",
    "sys = types.SimpleNamespace(modules={})\nsys.modules.get(Name('json'))",
    "class A:\n    sys = types.SimpleNamespace(modules={})\n    sys.modules.get(Name('json'))",
    "__import__ = lambda name: hash(name)\n__import__(Name('json'))",
    "Name('json') in {**sys.modules}",
    "sys.modules | {Name('json'): None}",
)


def test_forms(world: World) -> None:
    """[call sites] Only what the code itself tells to be a look-up in ``sys.modules`` is taken for one."""
    program = PROGRAM.replace("OWN", repr(OWN)).replace("OTHERS", repr(OTHERS))
    own, others, wrapped = world.answer(program)
    assert dict(zip(OWN, own, strict=True)) == {form: [[True], [True]] for form in OWN}
    assert not any(True in answer for answers in others for answer in answers), others
    assert not any(True in answer for answer in wrapped)


def test_import(world: World) -> None:
    """[call sites] ``__import__`` is the interpreter's unless somebody has put something else in its place."""
    source = """
import builtins, json, sys
import runtime_shim
runtime_shim._started_runtime()
from runtime_shim.caller import call_sites
found = []
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "no_such_module":
            frame = sys._getframe()
            while "knows" not in frame.f_code.co_filename:
                frame = frame.f_back
            found.append(call_sites.is_of_interpreter(frame))
sys.meta_path.insert(0, Finder())
CODE = compile("try:\\n    __import__('no_such_module')\\nexcept ImportError:\\n    pass", "/nobody/knows.py", "exec")
exec(CODE, {})
original = builtins.__import__
builtins.__import__ = lambda *given: original(*given)
exec(CODE, {})
builtins.__import__ = original
exec(CODE, {"__import__": lambda name: original(name)})
exec(CODE, {})
print(json.dumps(found))
"""
    assert world.answer(source) == [True, False, False, True]
