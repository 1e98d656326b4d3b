"""Notes on exceptions at the top: two versions of a class have met, and the note says which and whose.

[note]: where they met there is one; [none]: where both are merely around, the text is the plain one byte for byte;
[hooks]: `sys.excepthook`, `threading.excepthook` and programs' own; [code]: no code of the program runs for it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.shim.world import World

START = """
import asyncio, json, threading
import common, dep_a, dep_b
one, two = dep_a.shapes, dep_b.shapes
p, q = one.Point(1, 2), two.Point(3, 4)
"""

NOTE = """\
mvenv: shapes.solid.Point of two environments met here
  shapes {first} of environment {first_home}, required by {first_dependents}
  shapes {second} of environment {second_home}, required by {second_dependents}
  see `mvenv why shapes`; runtime_shim.convert(…, to=…) makes one the other's
"""
WHO = {"1": ("dep-a", "dep-a 1.0, dep-c 1.0"), "2": ("dep-b", "dep-b 2.0")}


def note(first: str) -> str:
    """Return the note that names version *first* first."""
    second = "2" if first == "1" else "1"
    (home, dependents), (other_home, other_dependents) = WHO[first], WHO[second]
    return NOTE.format(
        first=first,
        first_home=home,
        first_dependents=dependents,
        second=second,
        second_home=other_home,
        second_dependents=other_dependents,
    )


def traceback_of(world: World, program: str) -> str:
    """Return what a failing program prints on stderr."""
    outcome = world.program(START + program, check=False)
    assert outcome.code == 1, outcome
    return outcome.err


MET = {
    "operator": ("p + q", "1"),
    "operator in a function": ("def plus(a, b):\n    return a + b\nplus(p, q)", "1"),
    "operator of a nested function": ("def outer():\n    return (lambda: q + p)()\nouter()", "2"),
    "attribute of a module": ("import types\nbox = types.SimpleNamespace(p=p)\nbox.p + q", "1"),
    "comparison": ("p < q", "1"),
    "in a list": ("sum([p], q)", "2"),
    "in place": ("p @= q", "1"),
    "in place, at the end": ("exec('p @= q')", "1"),
    "isinstance in the library": ("two.checked(p)", "1"),
    "method": ("q.move(p)", "2"),
    "through an environment": ("dep_b.use(p)", "1"),
    "through a shared library": ("common.call(dep_b.use, p)", "1"),
    "isinstance in the application": (
        "def take(point):\n    if not isinstance(point, dep_b.shapes.Point):\n        raise ValueError('no')\ntake(p)",
        "1",
    ),
    "isinstance with several": ("def take(x):\n    assert isinstance(x, (int, two.Point))\ntake(p)", "1"),
    "type() is": ("def take(x):\n    if type(x) is not two.Point:\n        raise TypeError(x)\ntake(p)", "1"),
    "types compared": (
        "def same(x, y):\n    if x.__class__ is not y.__class__:\n        raise TypeError(x)\nsame(q, p)",
        "2",
    ),
    "assert at module level": ("assert isinstance(p, two.Point)", "1"),
    "derived by the application": ("class Mine(one.Point):\n    pass\nmine = Mine(1, 2)\nmine + q", "1"),
    "missing attribute": ("dep_b.norm(p)", "1"),
    "tested by a function": ("dep_b.take(p)", "1"),
    "other arguments": ("dep_b.joined(p)", "1"),
    "cause": ("try:\n    p + q\nexcept TypeError as error:\n    raise RuntimeError('x') from error", "1"),
    "group": (
        "try:\n    p + q\nexcept TypeError as e:\n    error = e\nraise ExceptionGroup('x', [KeyError(), error])",
        "1",
    ),
    "coroutine": ("async def main():\n    return p + q\nasyncio.run(main())", "1"),
    "generator": ("next(one + two for one, two in [(p, q)])", "1"),
    "-c like code": ("exec('p + q')", "1"),
}


@pytest.mark.every_python  # it is read in the byte code what has met
@pytest.mark.parametrize("case", MET)
def test_met(mixing_world: World, case: str) -> None:
    """[note] The traceback has the note once, with both versions, environments and dependents."""
    program, first = MET[case]
    text = re.sub(r"^ *\| ", "", traceback_of(mixing_world, program + "\n"), flags=re.MULTILINE)  # of a group
    assert text.count("mvenv: ") == 1, text
    assert note(first) in text or note({"1": "2", "2": "1"}[first]) in text, text


APART = {
    "another error": "int('x')",
    "both are arguments": "def work(p, q):\n    return int('x')\nwork(p, q)",
    "both are arguments of a library": "dep_a.report(-1, p, q)",
    "of an environment's callee": "dep_b.call(two.parse, 'x', p, q)",
    "results only": "len([p]) + str(q)",
    "inner calls": "print(p.x) + repr(q)",
    "raised by the application": "def work(p, q):\n    raise TypeError('unrelated')\nwork(p, q)",
    "type test of something else": (
        "def work(p, q, n):\n    if not isinstance(n, int):\n        raise TypeError(n)\nwork(p, q, '1')"
    ),
    "type test passed": (
        "def work(p, q):\n    if isinstance(p, (one.Point, two.Point)):\n        raise ValueError\nwork(p, q)"
    ),
    "a function has tested something else": "dep_b.repeat(p, 'x')",
    "not an error of types": "[p, q][5]",
    "own attribute missing": "p.nothing",
    "the standard library's, found in an environment": "dep_b.index(p)",
    "arguments that are not taken": "dep_b.use(p, 1, 2, 3)",
    "missing in both": "dep_b.call(getattr, p, 'nothing')",
    "one version": "one.Point(1, 2) + 3",
    "of one version with itself": "two.checked(3)",
    "import": "import no_such_module",
    "exit": "raise SystemExit('bye')",
    "interrupt": "raise KeyboardInterrupt",
}


@pytest.mark.parametrize("case", APART)
def test_merely_around(mixing_world: World, case: str) -> None:
    """[none] No note on what has nothing to do with the versions."""
    outcome = mixing_world.program(START + APART[case] + "\n", check=False)
    assert outcome.code != 0
    assert "mvenv" not in outcome.err
    assert APART[case].splitlines()[-1] in outcome.err or case == "exit"


PLAIN = """
import common, dep_a
point = dep_a.point()
def work():
    try:
        dep_a.call(dep_a.shapes.parse, "x")
    except ValueError as error:
        raise TypeError("two\\nlines") from error
work()
"""


def test_plain_text(mixing_world: World) -> None:
    """[none] Without a meeting the text is that of a plain venv, byte for byte."""
    found = mixing_world.program(PLAIN, check=False)
    expected = mixing_world.plain_program("dep_a", PLAIN, check=False)
    assert mixing_world.anonymous(found.err) == mixing_world.anonymous(expected.err)
    assert "two\nlines" in found.err


def test_hooks_are_the_original_ones(mixing_world: World) -> None:
    """[hooks] Nobody takes them for a program's own; the note's code isn't loaded before it is needed."""
    assert mixing_world.answer("""
        import json, sys, threading, traceback
        import dep_a
        print(json.dumps([sys.excepthook is sys.__excepthook__, threading.excepthook is threading.__excepthook__,
                          "runtime_shim.diagnosis.mixed_versions" in sys.modules]))
        """) == [True, True, False]


OWN_HOOKS = {
    "calls the original": "def hook(*error):\n    print('own', file=sys.stderr)\n    sys.__excepthook__(*error)",
    "formats": "def hook(*error):\n    print(''.join(traceback.format_exception(*error)), file=sys.stderr)",
    "logs": "def hook(*error):\n    logging.critical('own', exc_info=error)",
}


@pytest.mark.parametrize("case", OWN_HOOKS)
def test_own_hook(mixing_world: World, case: str) -> None:
    """[hooks] A program's own hook gets the note with the exception, once."""
    program = f"import logging, sys, traceback\n{OWN_HOOKS[case]}\nsys.excepthook = hook\np + q\n"
    text = traceback_of(mixing_world, program)
    assert text.count("mvenv: ") == 1
    assert note("1") in text


def test_handled(mixing_world: World) -> None:
    """[hooks] What the program handles and formats itself has no note, nor does the exception keep one."""
    assert mixing_world.answer(
        START
        + """
import traceback
try:
    p + q
except TypeError as error:
    text = traceback.format_exc()
    print(json.dumps(["mvenv" in text, hasattr(error, "__notes__"), str(error)]))
"""
    ) == [False, False, "unsupported operand type(s) for +: 'Point' and 'Point'"]


@pytest.mark.parametrize("first", ["import threading\n", ""])
def test_thread(mixing_world: World, first: str) -> None:
    """[hooks] An exception that ends a thread, whether threading was loaded before the shim or after."""
    program = f"{first}import dep_a, dep_b, threading\np, q = dep_a.point(), dep_b.point()\n"
    program += "thread = threading.Thread(target=lambda: p + q)\nthread.start()\nthread.join()\n"
    outcome = mixing_world.program(program)
    assert outcome.err.startswith("Exception in thread Thread-1")
    assert outcome.err.endswith(note("1"))


def test_no_code_of_the_program_runs(mixing_world: World) -> None:
    """[code] No representation, comparison, property or attribute look-up of the objects at hand."""
    text = traceback_of(
        mixing_world,
        """
class Trap:
    def __getattribute__(self, name):
        print("looked at", name, flush=True)
        raise RuntimeError
    __eq__ = __repr__ = __hash__ = __len__ = __bool__ = __iter__ = property(lambda self: print("called"))

class TrapList(list):
    def __iter__(self):
        print("iterated")
        return iter(())

def work(trap, items, big):
    one.plus(p, q)

work(Trap(), TrapList([p, q]), [p] * 100_000)
""",
    )
    assert note("1") in text
    outcome = mixing_world.program(
        START
        + """
class Trap:
    def __getattribute__(self, name):
        print("looked at", name, flush=True)
        raise RuntimeError

trap = Trap()
dep_b.shapes.plus(trap, q)
""",
        check=False,
    )
    assert outcome.out == ""


def test_broken_exceptions(mixing_world: World) -> None:
    """[code] An exception that resists is shown as it is."""
    text = traceback_of(
        mixing_world,
        """
class Odd(TypeError):
    def add_note(self, text):
        raise RuntimeError
    def __getattribute__(self, name):
        if name in ("__traceback__", "__dict__"):
            raise RuntimeError
        return super().__getattribute__(name)

def work(point):
    if not isinstance(point, two.Point):
        raise Odd("odd")
work(p)
""",
    )
    assert "Odd: odd\n" in text
    assert "excepthook" not in text
