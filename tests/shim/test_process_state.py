"""What single packages keep once per process or thread, shown with tiny ones of the same names and the same faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.shim import bindings, extensions
from tests.shim.world import build_world
from tests.support.native import configuration
from tests.support.plain import PlainVenvs
from tests.support.wheels import Index

if TYPE_CHECKING:
    from tests.shim.world import World
    from tests.support.interpreters import Interpreter

# What lxml does with `_ParserDictionaryContext`: an entry that is another copy's is refused.
ETREE = r"""
#include <Python.h>

static PyObject *key = NULL, *own_type = NULL;
#if TWO_POINTERS
PyObject *also = NULL;
#endif

static PyObject *context(PyObject *self, PyObject *args) {
    PyObject *entries = PyThreadState_GetDict();
    PyObject *found = PyDict_GetItem(entries, key);
    if (found == NULL) {
        found = PyObject_CallNoArgs(own_type);
        PyDict_SetItem(entries, key, found);
        Py_DECREF(found);
    }
    if (Py_TYPE(found) != (PyTypeObject *)own_type) {
        PyErr_SetString(PyExc_TypeError, "another copy's");
        return NULL;
    }
    Py_INCREF(found);
    return found;
}

static PyMethodDef methods[] = { {"context", context, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL} };

static int fill(PyObject *module) {
    key = PyUnicode_InternFromString("_ParserDictionaryContext");
#if TWO_POINTERS
    also = key;
#endif
    own_type = PyObject_CallFunction((PyObject *)&PyType_Type, "s(){}", "Context");
    PyObject *made = context(module, NULL);
    if (made == NULL) return -1;
    return PyModule_AddObject(module, "first", made);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "lxml.etree", .m_size = 0, .m_methods = methods, .m_slots = slots };
PyMODINIT_FUNC PyInit_etree(void) { return PyModuleDef_Init(&definition); }
"""

# What PySide6 does: every import statement of the process goes through its own function.
HOOK = r"""
#include <Python.h>

static PyObject *original = NULL;

static PyObject *own(PyObject *self, PyObject *args, PyObject *names) { return PyObject_Call(original, args, names); }

static PyMethodDef function = {"__import__", (PyCFunction)own, METH_VARARGS | METH_KEYWORDS, NULL};

static PyObject *install(PyObject *self, PyObject *args) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    if (original == NULL) original = PyObject_GetAttrString(builtins, "__import__");
    PyObject_SetAttrString(builtins, "__import__", PyCFunction_New(&function, NULL));
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = { {"install", install, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL} };
static PyModuleDef_Slot slots[] = {
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "lxml.hook", .m_size = 0, .m_methods = methods, .m_slots = slots };
PyMODINIT_FUNC PyInit_hook(void) { return PyModuleDef_Init(&definition); }
"""

# The part of setuptools that provides distutils.
HACK = """
import sys

class Finder:
    def find_spec(self, name, path, target=None):
        if name != "distutils" or path is not None:
            return None
        import importlib.abc, importlib.util
        module = importlib.import_module("setuptools._distutils")

        class Loader(importlib.abc.Loader):
            def create_module(self, spec):
                module.__name__ = "distutils"
                return module

            def exec_module(self, module):
                pass

        return importlib.util.spec_from_loader("distutils", Loader(), origin=module.__file__)

sys.meta_path.insert(0, Finder())
"""
SETUPTOOLS = {
    "_distutils_hack/__init__.py": HACK,
    "distutils-precedence.pth": "import _distutils_hack\n",
    "setuptools/__init__.py": "import distutils.core\nfrom distutils.core import Command\n",
    "setuptools/_distutils/__init__.py": "",
    "setuptools/_distutils/core.py": "from .cmd import Command\n",
    "setuptools/_distutils/cmd.py": "class Command:\n    pass\n",
}
# What TensorFlow's C code does for the classes of Abseil's status.
TENSORFLOW = """
import ctypes
ctypes.pythonapi.PyImport_AddModule.restype = ctypes.py_object
status = ctypes.pythonapi.PyImport_AddModule(b"pybind11_abseil.status")
if hasattr(status, "StatusCode"):
    raise ImportError('cannot initialize type "StatusCode": an object with that name is already defined')
status.StatusCode = VERSION
"""


@pytest.fixture(scope="module")
def odd(interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> World:
    """`dep_a` and `dep_b` on two versions of `lxml` and `setuptools`; `dep_c` is isolated and needs neither."""
    if reason := extensions.cannot_compile(interpreter):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp(f"odd-{interpreter}-")
    index = Index(folder / "index")
    headers = configuration(interpreter)
    for letter, version in (("a", "1"), ("b", "2"), ("c", "3")):
        compiled = bindings.compile_extension(headers, ETREE, {"TWO_POINTERS": str(int(letter == "c"))})
        files: dict[str, str | bytes] = {
            "lxml/__init__.py": f"VERSION = '{version}'\n",
            "lxml/etree.so": compiled,
        }
        files["lxml/hook.so"] = bindings.compile_extension(headers, HOOK, {})
        files["lxml/late.py"] = f"VERSION = '{version}'\n"
        index.add("lxml", version, files=files, tag=headers["tag"])
        needs = [f"lxml=={version}"]
        if letter != "c":
            texts: dict[str, str | bytes] = {
                **SETUPTOOLS,
                "setuptools/version.py": f"VERSION = '{version}'\n",
            }
            index.add("setuptools", f"6{version}.0", files=texts)
            needs.append(f"setuptools==6{version}.0")
            index.add(
                "tensorflow",
                version,
                files={"tensorflow/__init__.py": f"VERSION = '{version}'\n{TENSORFLOW}"},
            )
            needs.append(f"tensorflow=={version}")
        index.add(f"dep-{letter}", "1", requires=needs, files={f"dep_{letter}/__init__.py": ""})
    plain = {"dep_a": ["dep-a"], "dep_b": ["dep-b"]}
    return build_world(folder, index, interpreter, PlainVenvs(folder), ["dep-a", "dep-b", "dep-c"], plain)


THREAD_DICT = """
    import lxml.etree, threading

    def outcome():
        found = [lxml.etree.context() is lxml.etree.first]
        def run():
            found.append(lxml.etree.context() is lxml.etree.context())
            found.append(lxml.etree.context() is lxml.etree.first)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return found
    """


def test_entries_in_the_dict_of_the_thread(odd: World) -> None:
    """Each copy finds the entry it made while it was loaded, and its own one in every other thread."""
    found = odd.same_outcome(THREAD_DICT, differ=False, both_orders=True)
    assert found == {"dep_a": [True, True, False], "dep_b": [True, True, False]}


def test_a_module_that_is_not_as_expected_is_left_alone(odd: World) -> None:
    """Two variables hold the name: nobody can tell which one it looks up with."""
    name = odd.add_probe("import lxml.etree\ndef keys():\n    return lxml.etree.context()\n", ["dep_a"])
    program = f"""
import ctypes, json, dep_c
import dep_a.{name}
exec("import lxml.etree", vars(dep_c))
function = ctypes.pythonapi.PyThreadState_GetDict
function.restype = ctypes.c_void_p
entries = ctypes.cast(function(), ctypes.py_object).value
print(json.dumps(sorted(key for key in entries if "Context" in key)))
"""
    own, plain = sorted(odd.answer(program), key=len, reverse=True)
    assert plain == "_ParserDictionaryContext"
    assert own.startswith("_ParserDictionaryContext of dep-a")


def test_a_module_that_c_code_makes_under_a_name_of_nobodys(odd: World) -> None:
    probe = """
    import sys
    import tensorflow

    def outcome():
        return [tensorflow.VERSION, sys.modules["pybind11_abseil.status"].StatusCode]
    """
    found = odd.same_outcome(probe, both_orders=True)
    assert found == {"dep_a": ["1", "1"], "dep_b": ["2", "2"]}


def test_distutils_is_that_of_the_setuptools_one_sees(odd: World) -> None:
    probe = """
    import sys
    import distutils.cmd
    import setuptools, setuptools.version

    def outcome():
        from distutils.core import Command
        import distutils
        return [setuptools.version.VERSION, distutils.__file__, setuptools.Command is distutils.cmd.Command,
                sys.modules["distutils.cmd"].__file__, Command is setuptools.Command]
    """
    found = odd.same_outcome(probe, both_orders=True)
    assert found["dep_a"][2] and found["dep_a"][4]


@pytest.mark.parametrize("first", ["import dep_a, setuptools_of_a", "import dep_c", ""])
def test_distutils_of_those_without_setuptools(odd: World, first: str) -> None:
    """The standard library's, where it has one."""
    program = f"""
import json, sys
import dep_a, dep_c
if "setuptools_of_a" in {first!r}:
    exec("import setuptools, distutils.cmd", vars(dep_a))
def look(names):
    try:
        exec("import distutils.cmd; found = distutils.__file__", names)
    except ImportError:
        return None
    return names["found"]
found = [look(vars(dep_c)), look({{"__name__": "__main__"}})]
print(json.dumps(found + [look(vars(dep_a))]))
"""
    of_c, of_application, of_a = odd.answer(program, "-W", "ignore")
    assert of_c == of_application
    assert "setuptools" in of_a
    assert (of_c is not None) == (odd.interpreter.version == "3.11")
    assert of_c is None or "setuptools" not in of_c


@pytest.mark.parametrize("through", ["hooks", "hooks and Python code"])
def test_import_replaced_by_an_extension(odd: World, through: str) -> None:
    """It stands between every import statement and importlib, and is nobody's reason to import."""
    wrapped = """
import builtins
def install():
    compiled = builtins.__import__
    names = {"compiled": compiled, "__file__": "in/a/zip.py"}  # as PySide6's own Python code
    exec(compile("def own(*arguments, **names): return compiled(*arguments, **names)", "in/a/zip.py", "exec"), names)
    builtins.__import__ = names["own"]
"""
    hook = (
        wrapped + "install()\n" if "Python" in through else ""
    ) + "import lxml.hook\nlxml.hook.install()\n"
    probe = odd.add_probe(hook, ["dep_a"])
    text = "import lxml.late; from lxml import late; found = [lxml.VERSION, lxml.late.VERSION, late.VERSION]"
    generated = odd.add_probe(
        f"def look():\n    scope = {{}}\n    exec({text!r}, scope)\n    return scope['found']\n"
    )
    program = f"""
import json
import dep_a, dep_b
import dep_a.{generated}, dep_b.{generated}
import dep_a.{probe}
def look(side):
    exec({text!r}, vars(side))
    return side.found + side.{generated}.look()
print(json.dumps([look(dep_b), look(dep_a), look(dep_b)]))
"""
    assert odd.answer(program) == [["2"] * 6, ["1"] * 6, ["2"] * 6]
