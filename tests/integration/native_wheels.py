"""Three versions of packages with native libraries, as they are found in real wheels; each needs its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.native import Compiler, configuration

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.wheels import Index

VERSIONS = ("1.0", "2.0", "3.0")

# `libfoo` needs `libbase`, which lies beside it; both have a state. `libsame` is the same in every version.
_BASE = """
static int counted = 0;
int base_count(void) { return ++counted; }
const char *base_version(void) { return "%s"; }
"""
_FOO = """
int base_count(void);
int count(void) { return base_count(); }
const char *foo_version(void) { return "%s"; }
int only_in_%s(void) { return 1; }
"""
_SAME = 'const char *same(void) { return "same"; }\n'

_INIT = """
import ctypes, os
from foo._foo import base_version, count, foo_version, same
_path = os.path.join(os.path.dirname(__file__), "..", "foo.libs", "libfoo.so.1")
by_path = ctypes.CDLL(_path)  # many packages do: the file name must stay
by_path.foo_version.restype = ctypes.c_char_p
from foo import _late  # finds its library loaded, and has no search path
"""

# A static of an inline function, which both modules of the package share.
_COUNTER = """
inline int &counter() { static int value = 0; return value; }
int bump() { return ++counter(); }
int version() { return %s; }
"""

DEPENDANT = """
import foo, plus, plus_two
def found():
    foo.count(); foo.by_path.count(); plus.bump(); plus_two.bump()
    return [
        foo.foo_version(), foo.base_version(), foo.by_path.foo_version().decode(), foo._late.foo_version(),
        foo.same(), foo.count() , plus.version(), plus.bump(),
    ]
"""


def expected(version: str) -> list[object]:
    """Return what the first call of a dependant's `found` answers if nothing is shared with another version."""
    return [version, version, version, version, "same", 3, int(version[0]), 3]


def publish(index: Index, interpreter: Interpreter, folder: Path) -> None:
    """Put `foo` and `plus` in three versions, and `dep-1` to `dep-3` that need one each, into *index*."""
    tag = configuration(interpreter)["tag"]
    for version in VERSIONS:
        number = version[0]
        build = folder / number
        build.mkdir()
        compiler = Compiler(build, interpreter)
        base = compiler.library("libbase.so", _BASE % version, soname="libbase.so")
        foo = compiler.library(
            "libfoo.so.1",
            _FOO % (version, number),
            soname="libfoo.so.1",
            links=("libbase.so",),
            rpath="$ORIGIN",
        )
        same = compiler.library("libsame.so.5", _SAME, soname="libsame.so.5")
        functions = {
            "foo_version": "const char *",
            "base_version": "const char *",
            "same": "const char *",
            "count": "int",
            f"only_in_{number}": "int",  # bound to another version's library, the module does not load
        }
        module = compiler.module(
            "_foo",
            functions,
            links=("libfoo.so.1", "libbase.so", "libsame.so.5"),
            rpath="$ORIGIN/../foo.libs",
        )
        late = compiler.module("_late", {"foo_version": "const char *"}, links=("libfoo.so.1",))
        index.add(
            "foo",
            version,
            files={
                "foo/__init__.py": _INIT,
                "foo/_foo.so": module,
                "foo/_late.so": late,
                "foo.libs/libfoo.so.1": foo,
                "foo.libs/libbase.so": base,
                "foo.libs/libsame.so.5": same,
            },
            tag=tag,
        )
        bump = {"bump": "int", "version": "int"}
        index.add(
            "plus",
            version,
            files={
                "plus.so": compiler.module("plus", bump, body=_COUNTER % number),
                "plus_two.so": compiler.module("plus_two", bump, body=_COUNTER % number),
            },
            tag=tag,
        )
        index.add(
            f"dep-{number}",
            "1.0",
            requires=[f"foo=={version}", f"plus=={version}"],
            files={f"dep_{number}.py": DEPENDANT},
        )
