"""The program of test_evaluation_loop: calls back into Python by all kinds of instructions, and counts loops."""

PROGRAM = """
import json, sys
from runtime_shim.caller import c_stack

stack = c_stack._Stack(lambda path: None)
assert stack.layout_is_known()
wrong, ways = [], set()

def look(way, answer=None):
    # The evaluation loops that Python frames have entered are those on the C stack.
    def looked(*_, **__):
        frame, entered = sys._getframe(), 0
        while frame is not None:
            entered += stack.is_entry(frame)
            frame = frame.f_back
        there = sum(stack._kind(address) is c_stack._EVALUATION for address in stack._addresses(256))
        ways.add(way)
        if there != entered:
            wrong.append([way, entered, there])
        return answer() if callable(answer) else answer
    return looked

BINARY = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
          "and": "&", "or": "|", "xor": "^", "lshift": "<<", "rshift": ">>"}

class Awaitable:
    def __await__(self):
        return iter(())

class Endless:
    __iter__ = lambda self: self
    __next__ = look("next", 1)

class AsyncIterator:
    __aiter__ = lambda self: self
    __anext__ = look("anext", Awaitable())

class Twice:
    left = 2
    __iter__ = lambda self: self
    def __next__(self):
        look("next of a generator expression")()
        self.left -= 1
        if self.left < 0:
            raise StopIteration
        return 1

names = {f"__{prefix}{name}__": look(prefix + name, 0) for name in BINARY for prefix in ("", "r", "i")}
names |= {f"__{name}__": look(name, 0) for name in ("neg", "pos", "invert", "enter", "exit", "call", "getattr")}
names |= {f"__{name}__": look(name, 1) for name in ("len", "hash", "index", "int")}
names |= {f"__{name}__": look(name, "x") for name in ("str", "repr", "format")}
names |= {f"__{name}__": look(name, True) for name in ("bool", "lt", "le", "eq", "ne", "gt", "ge", "contains")}
names |= {f"__{name}__": look(name) for name in ("getitem", "setitem", "delitem", "setattr", "delattr")}
names |= {"__iter__": look("iter", lambda: iter((1, 2))), "__await__": look("await", lambda: iter(()))}
names |= {f"__{name}__": look(name, Awaitable()) for name in ("aenter", "aexit")}
names |= {"__aiter__": look("aiter", AsyncIterator()), "keys": look("keys", ["a"]), "read": property(look("property"))}
Thing = type("Thing", (), names)

class Described:
    __get__, __set__, __delete__ = look("get"), look("set"), look("delete")
    __set_name__ = look("set_name")

class Owner:
    described = Described()

class Meta(type):
    __instancecheck__, __subclasscheck__ = look("instancecheck", True), look("subclasscheck", True)
    __prepare__ = classmethod(look("prepare", dict))

class Names(dict):
    __getitem__, __setitem__, __delitem__ = look("load a name", 1), look("store a name"), look("delete a name")

class Failure(Exception):
    __init__ = look("init of an exception")

def finish(coroutine):
    try:
        coroutine.send(None)
    except StopIteration:
        pass

def main():
    a, owner = Thing(), Owner()
    for sign in BINARY.values():
        exec(f"a {sign} 1; 1 {sign} a; x = a; x {sign}= 1", {"a": a})
    -a; +a; ~a; not a; len(a); hash(a); str(a); repr(a); f"{a}"; f"{a!r}"; [1, 2][a]; int(a); [0, 1, 2][a:]
    if a: pass
    while a: break
    a < 1; a <= 1; a == 1; a != 1; a > 1; a >= 1; 1 in a; 1 not in a
    a[0]; a[0] = 1; del a[0]; a[0:1]; a.x = 1; del a.x; a.unknown; a(); a(*[1]); a(**{"k": 1}); a.read
    with a: pass
    for _ in a: pass
    for _ in Endless(): break
    x, y = a
    x, *y = a
    [*a]; {*a}; (*a,); max(*a); {**a}; dict(**a); [i for i in a]; {i: i for i in a}; {i for i in a}
    owner.described; owner.described = 1; del owner.described
    Checked = Meta("Checked", (), {})
    isinstance(1, Checked); issubclass(int, Checked)
    class Made(metaclass=Meta): described = Described()
    async def use():
        async with a: pass
        async for _ in a: break
        await a
    finish(use())
    def delegate():
        yield from a
    list(delegate())
    match a:
        case Thing(x=0): pass
    scope = {"__builtins__": vars(__builtins__) | {"__import__": look("import"), "__build_class__": look("class")}}
    exec("import nothing; from nothing import __doc__ as x", scope)
    exec("class Q: pass", scope)
    exec("x = 1; y = x; print; del x", {}, Names())
    try:
        raise Failure
    except Failure:
        pass
    (lambda: a + 1)(); list(map(look("map"), [1])); sorted([2, 1], key=look("sorted", 1)); sum(x for x in Twice())

main()
print(json.dumps([wrong, len(ways)]))
"""
