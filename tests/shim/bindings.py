"""Tiny extension modules that keep a registry as pybind11, nanobind and SWIG do, compiled with each Python's headers.

`bound` 1 and 2 have one module for each place where a registry can be: `bound.state` (and `bound.more`, of the same
registry), `bound.builtins`, `bound.swig`, and `bound.failing`, whose initialisation fails after it has registered
its class. `everyones` is unversioned and has the same modules. Each registers one class, and fails if the registry
has one of that name. While it is loaded each calls the function that `meanwhile.hook` holds, if there is one.
"""

from __future__ import annotations

import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.native import configuration

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter
    from tests.support.wheels import Index

STATE, BUILTINS, SWIG = range(3)
WHERE = {"state": STATE, "more": STATE, "builtins": BUILTINS, "swig": SWIG, "failing": STATE}
NAMES = {
    STATE: "__pybind11_internals_v5_gcc_libstdcpp_cxxabi1016__",
    BUILTINS: "__pybind11_internals_v4_gcc_libstdcpp_cxxabi1016__",
    SWIG: "type_pointer_capsule",
}
DIRECT = ["dep-a", "dep-b", "everyones", "meanwhile"]

SOURCE = r"""
#include <Python.h>
#include <string.h>

typedef struct { char names[8][40]; } Registry;
static Registry *own = NULL;

/* As pybind11's get_python_state_dict and SWIG's SWIG_Python_GetModule. */
static PyObject *find(void) {
    PyObject *found = NULL;
#if WHERE == 2
    PyObject *module = PyImport_ImportModule("swig_runtime_data4");
    if (module == NULL) { PyErr_Clear(); return NULL; }
    found = PyDict_GetItemString(PyModule_GetDict(module), NAME);
    Py_DECREF(module);
#else
    PyObject *dict = WHERE ? PyEval_GetBuiltins() : PyInterpreterState_GetDict(PyInterpreterState_Get());
    found = PyDict_GetItemString(dict, NAME);
#endif
    return found;
}

static int make(Registry *registry) {
    PyObject *capsule = PyCapsule_New(registry, NULL, NULL);
#if WHERE == 2
    PyObject *module = PyImport_AddModule("swig_runtime_data4");
    return module == NULL ? -1 : PyModule_AddObject(module, NAME, capsule);
#else
    PyObject *dict = WHERE ? PyEval_GetBuiltins() : PyInterpreterState_GetDict(PyInterpreterState_Get());
    return PyDict_SetItemString(dict, NAME, capsule);
#endif
}

static PyObject *list(Registry *registry) {
    PyObject *names = PyList_New(0);
    for (int i = 0; i < 8 && registry->names[i][0]; i++) {
        PyObject *text = PyUnicode_FromString(registry->names[i]);
        PyList_Append(names, text);
        Py_DECREF(text);
    }
    return names;
}

static PyObject *registered(PyObject *self, PyObject *args) { return list(own); }

static PyObject *registered_now(PyObject *self, PyObject *args) {
    PyObject *capsule = find();
    if (capsule == NULL) Py_RETURN_NONE;
    return list(PyCapsule_GetPointer(capsule, NULL));
}

static PyMethodDef methods[] = {
    {"registered", registered, METH_NOARGS, NULL}, {"registered_now", registered_now, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int begin(void) {
    PyObject *capsule = find();
    if (capsule != NULL) own = PyCapsule_GetPointer(capsule, NULL);
    else if (make(own = calloc(1, sizeof(Registry))) < 0) return -1;
    int free = 0;
    for (; own->names[free][0]; free++)
        if (strcmp(own->names[free], CLASS) == 0) {
            PyErr_SetString(PyExc_ImportError, "already registered: " CLASS);
            return -1;
        }
    strcpy(own->names[free], CLASS);
    PyObject *meanwhile = PyImport_ImportModule("meanwhile");
    if (meanwhile == NULL) return -1;
    PyObject *called = PyObject_CallMethod(meanwhile, "call", "s", FULL);
    Py_DECREF(meanwhile);
    if (called == NULL) return -1;
    Py_DECREF(called);
    if (FAILS) { PyErr_SetString(PyExc_ImportError, "fails"); return -1; }
    return 0;
}

static int fill(PyObject *module) {
    return MULTI && begin() < 0 ? -1 : PyModule_AddStringConstant(module, "VERSION", VERSION);
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
    if (begin() < 0) return NULL;
    PyObject *module = PyModule_Create(&definition);
#ifdef Py_GIL_DISABLED
    if (module != NULL) PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
#endif
    if (module != NULL && fill(module) < 0) { Py_DECREF(module); return NULL; }
    return module;
}
#endif
"""


def publish(index: Index, interpreter: Interpreter) -> None:
    """Put all of them, and `dep-a` and `dep-b` that need one `bound` each, into *index*."""
    headers = configuration(interpreter)
    packages = (("bound", "1"), ("bound", "2"), ("everyones", "1"))
    jobs = [(package, module, version) for package, version in packages for module in WHERE]
    with ThreadPoolExecutor(2) as pool:
        built = dict(zip(jobs, pool.map(lambda job: _compile(headers, *job), jobs), strict=True))
    index.add(
        "meanwhile", "1", files={"meanwhile.py": "hook = None\ndef call(name):\n    hook and hook(name)\n"}
    )
    for package, version in packages:
        files: dict[str, str | bytes] = {f"{package}/__init__.py": ""}
        files |= {f"{package}/{module}.so": built[package, module, version] for module in WHERE}
        index.add(package, version, requires=["meanwhile"], files=files, tag=headers["tag"])
    for letter, version in (("a", "1"), ("b", "2")):
        source = "import importlib\ndef load(name):\n    return importlib.import_module(name)\n"
        index.add(
            f"dep-{letter}",
            "1",
            requires=[f"bound=={version}", "everyones"],
            files={f"dep_{letter}/__init__.py": source},
        )


def _compile(headers: dict[str, str], package: str, module: str, version: str) -> bytes:
    where = WHERE[module]
    # pybind11 3 and nanobind initialise in two phases, pybind11 2 and SWIG in one.
    multi = where == STATE
    macros = {
        "VERSION": f'"{version}"',
        "FULL": f'"{package}.{module}"',
        "INIT": f"PyInit_{module}",
        "NAME": f'"{NAMES[where]}"',
        "CLASS": f'"{package}.{module}.Class"',
        "WHERE": str(where),
        "FAILS": str(int(module == "failing")),
        "MULTI": str(int(multi)),
        "SIZE": "0" if multi else "-1",
    }
    return compile_extension(headers, SOURCE, macros)


def compile_extension(headers: dict[str, str], text: str, macros: dict[str, str]) -> bytes:
    """Return a shared object made from C."""
    with tempfile.TemporaryDirectory() as folder:
        source, product = Path(folder, "source.c"), Path(folder, "product.so")
        source.write_text(text, encoding="utf-8")
        command = ["cc", "-shared", "-fPIC", "-O1", "-w", f"-I{headers['include']}"]
        command += [f"-D{name}={value}" for name, value in macros.items()]
        subprocess.run([*command, str(source), "-o", str(product)], check=True)
        return product.read_bytes()
