"""Tiny extension modules, compiled with each interpreter's own headers, in wheels of two versions.

`cext` 1 and 2 hold the modules `cext.multi` and `cext.single` (multi-phase and single-phase initialisation) and
the same two at the top level, `cext_multi` and `cext_single`. All come from one C source.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.shim import universe
from tests.support.native import configuration

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.wheels import Index

# As the first thing in a program: the reader of the C stack is chosen when the shim starts.
WITHOUT_READER = """
from runtime_shim.caller import c_stack
c_stack.start = lambda environment_of_path: False
c_stack._reader = c_stack._Unavailable()
"""

MODULES = ("cext.multi", "cext.single", "cext_multi", "cext_single")

SOURCE = r"""
#define PY_SSIZE_T_CLEAN
#include <Python.h>

static int loads = 0;

static PyObject *version(PyObject *self, PyObject *args) { return PyUnicode_FromString(VERSION); }
static PyObject *count(PyObject *self, PyObject *args) { return PyLong_FromLong(loads); }

#define TEXT(name) const char *name; if (!PyArg_ParseTuple(args, "s", &name)) return NULL

static PyObject *import_module(PyObject *self, PyObject *args) { TEXT(name); return PyImport_ImportModule(name); }

static PyObject *import_level(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *empty = PyTuple_New(0), *globals = PyModule_GetDict(self);
    PyObject *found = PyImport_ImportModuleLevel(name, globals, NULL, empty, 0);
    Py_DECREF(empty);
    return found;
}

static PyObject *import_from(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *list = Py_BuildValue("[s]", "VERSION");
    PyObject *found = PyImport_ImportModuleLevel(name, NULL, NULL, list, 0);
    Py_DECREF(list);
    return found;
}

static PyObject *import_object(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *text = PyUnicode_FromString(name), *found = PyImport_Import(text);
    Py_DECREF(text);
    return found;
}

static PyObject *import_builtin(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *function = PyDict_GetItemString(PyEval_GetBuiltins(), "__import__");
    return PyObject_CallFunction(function, "s", name);
}

static PyObject *get_module(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *text = PyUnicode_FromString(name), *found = PyImport_GetModule(text);
    Py_DECREF(text);
    if (found == NULL && !PyErr_Occurred()) Py_RETURN_NONE;
    return found;
}

static PyObject *get_item(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *found = PyDict_GetItemString(PyImport_GetModuleDict(), name);
    if (found == NULL) Py_RETURN_NONE;
    Py_INCREF(found);
    return found;
}

static PyObject *add_module(PyObject *self, PyObject *args) {
    TEXT(name);
    PyObject *made = PyImport_AddModule(name);
    if (made == NULL || PyModule_AddStringConstant(made, "VERSION", VERSION) < 0) return NULL;
    Py_INCREF(made);
    return made;
}

static PyObject *call(PyObject *self, PyObject *args) {
    return PyObject_CallObject(PyTuple_GET_ITEM(args, 0), NULL);
}

static PyObject *call_with(PyObject *self, PyObject *args) {
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *found = PyObject_CallObject(PyTuple_GET_ITEM(args, 0), rest);
    Py_DECREF(rest);
    return found;
}

static PyObject *call_then_import(PyObject *self, PyObject *args) {
    PyObject *function; const char *name;
    if (!PyArg_ParseTuple(args, "Os", &function, &name)) return NULL;
    PyObject *called = PyObject_CallObject(function, NULL);
    if (called == NULL) return NULL;
    PyObject *imported = PyImport_ImportModule(name);
    if (imported == NULL) { Py_DECREF(called); return NULL; }
    return Py_BuildValue("[NN]", called, imported);
}

typedef struct { PyObject_HEAD } Thing;

static PyObject *thing_repr(PyObject *self) {
    PyObject *lib = PyImport_ImportModule("lib.late");
    if (lib == NULL) return NULL;
    PyObject *found = PyObject_GetAttrString(lib, "VERSION");
    Py_DECREF(lib);
    return found;
}

static PyTypeObject ThingType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cext.Thing",
    .tp_basicsize = sizeof(Thing),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew,
    .tp_repr = thing_repr,
};

static PyMethodDef methods[] = {
    {"version", version, METH_NOARGS, NULL}, {"count", count, METH_NOARGS, NULL},
    {"import_module", import_module, METH_VARARGS, NULL}, {"import_level", import_level, METH_VARARGS, NULL},
    {"import_from", import_from, METH_VARARGS, NULL}, {"import_object", import_object, METH_VARARGS, NULL},
    {"import_builtin", import_builtin, METH_VARARGS, NULL}, {"get_module", get_module, METH_VARARGS, NULL},
    {"get_item", get_item, METH_VARARGS, NULL}, {"add_module", add_module, METH_VARARGS, NULL},
    {"call", call, METH_VARARGS, NULL}, {"call_with", call_with, METH_VARARGS, NULL},
    {"call_then_import", call_then_import, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module) {
    loads++;
    PyObject *lib = PyImport_ImportModule("lib");
    if (lib == NULL) return -1;
    if (PyModule_AddObject(module, "LIBRARY", PyObject_GetAttrString(lib, "VERSION")) < 0) return -1;
    Py_DECREF(lib);
    PyObject *early = PyImport_AddModule(FULL ".early");
    if (early == NULL || PyModule_AddStringConstant(early, "VERSION", VERSION) < 0) return -1;
    PyObject *late = PyImport_ImportModuleLevel("lib.sub.deep", NULL, NULL, Py_None, 0);
    if (late == NULL) return -1;
    Py_DECREF(late);
    PyObject *virtual = PyImport_AddModule(FULL ".virtual");
    if (virtual == NULL || PyModule_AddStringConstant(virtual, "VERSION", VERSION) < 0) return -1;
    if (PyType_Ready(&ThingType) < 0) return -1;
    Py_INCREF(&ThingType);
    return PyModule_AddObject(module, "Thing", (PyObject *)&ThingType);
}

static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, .m_name = FULL, .m_size = SIZE, .m_methods = methods };

#if MULTI
static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
#ifdef Py_GIL_DISABLED
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
PyMODINIT_FUNC INIT(void) { definition.m_slots = slots; return PyModuleDef_Init(&definition); }
#else
PyMODINIT_FUNC INIT(void) {
    PyObject *module = PyModule_Create(&definition);
#ifdef Py_GIL_DISABLED
    if (module != NULL) PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
#endif
    if (module != NULL && fill(module) < 0) { Py_DECREF(module); return NULL; }
    return module;
}
#endif
"""


def _compiler() -> str:
    return os.environ.get("CC", "cc")


def cannot_compile(interpreter: Interpreter) -> str | None:
    """Return why extension modules cannot be compiled for an interpreter, None if they can."""
    if shutil.which(_compiler()) is None:
        return f"there is no C compiler ({_compiler()})"
    header = Path(configuration(interpreter)["include"]) / "Python.h"
    return None if header.is_file() else f"Python {interpreter} has no headers ({header})"


def publish(index: Index, interpreter: Interpreter) -> None:
    """Put `lib`, `shared`, both versions of `cext`, and `dep-a` and `dep-b` that need one each into *index*."""
    universe.publish_library(index)
    headers = configuration(interpreter)
    jobs = [(version, module) for version in universe.VERSIONS for module in MODULES]
    with ThreadPoolExecutor(2) as pool:
        compiled = dict(zip(jobs, pool.map(lambda job: _compile(headers, *job), jobs), strict=True))
    for letter, version in zip("ab", universe.VERSIONS, strict=True):
        files: dict[str, str | bytes] = {"cext/__init__.py": f'VERSION = "{version}"\n'}
        for module in MODULES:
            files[module.replace(".", "/") + ".so"] = compiled[version, module]
        index.add("cext", version, requires=[f"lib=={version}"], files=files, tag=headers["tag"])
        index.add(
            f"dep-{letter}",
            f"{version}.0",
            requires=[f"lib=={version}", f"cext=={version}", "shared"],
            files={f"dep_{letter}/__init__.py": "import lib\n\nVERSION = lib.VERSION\n"},
        )


def _compile(headers: dict[str, str], version: str, module: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source, product = Path(folder, "source.c"), Path(folder, "product.so")
        source.write_text(SOURCE, encoding="utf-8")
        multi = "multi" in module
        macros = {
            "VERSION": f'"{version}"',
            "FULL": f'"{module}"',
            "INIT": f"PyInit_{module.rpartition('.')[2]}",
            "MULTI": str(int(multi)),
            "SIZE": "0" if multi else "-1",
        }
        command = [_compiler(), "-shared", "-fPIC", "-O1", "-w", f"-I{headers['include']}"]
        command += [f"-D{name}={value}" for name, value in macros.items()]
        subprocess.run([*command, str(source), "-o", str(product)], check=True)
        return product.read_bytes()
