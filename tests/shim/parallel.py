"""Eight environments for threads that run at the same time: a library in eight versions, with an extension module.

All versions hold the same source but for `VERSION`. The package `dep_a` needs version 1, …, `dep_h` version 8.
"""

from __future__ import annotations

import string
import subprocess
import textwrap
from typing import TYPE_CHECKING

from tests.support.native import configuration

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.wheels import Index

ENVIRONMENTS = 8
PACKAGES = tuple(f"dep_{letter}" for letter in string.ascii_lowercase[:ENVIRONMENTS])
PARTS = 24
"""Modules of `lib` that many threads import for the first time at once."""

_SOURCE = r"""
#include <Python.h>
static PyObject *version(PyObject *self, PyObject *args) {
    PyObject *found = PyImport_ImportModule("lib.part_1");
    PyObject *answer = found == NULL ? NULL : PyObject_GetAttrString(found, "VERSION");
    Py_XDECREF(found);
    return answer;
}
static PyObject *import_module(PyObject *self, PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    return text == NULL ? NULL : PyImport_ImportModule(text);
}
static PyObject *call(PyObject *self, PyObject *function) { return PyObject_CallNoArgs(function); }
static PyMethodDef methods[] = {
    {"version", version, METH_NOARGS, NULL}, {"import_module", import_module, METH_O, NULL},
    {"call", call, METH_O, NULL}, {NULL, NULL, 0, NULL},
};
static int fill(PyObject *module) {
    PyObject *part = PyImport_ImportModule("lib.part_0");
    if (part == NULL) return -1;
    PyObject *found = PyObject_GetAttrString(part, "VERSION");
    Py_DECREF(part);
    return found == NULL ? -1 : PyModule_AddObject(module, "LOADED_WITH", found);
}
static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill},
#if defined(Py_GIL_DISABLED) && !defined(SILENT)
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
#endif
    {0, NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "lib." NAME, .m_methods = methods, .m_slots = slots
};
PyMODINIT_FUNC INIT(void) { return PyModuleDef_Init(&definition); }
"""

_LIBRARY = {
    "lib/__init__.py": """
        import sys
        from types import ModuleType

        VERSION = "@@"
        virtual = sys.modules["lib.virtual"] = ModuleType("lib.virtual")
        virtual.VERSION = VERSION
        """,
    "lib/again.py": """
        import lib.part_1

        VERSION = lib.part_1.VERSION
        """,
    **{f"lib/part_{number}.py": 'VERSION = "@@"\n' for number in range(PARTS)},
    **{f"lib/passing_{number}.py": "from lib import VERSION\n" for number in range(8)},
}

_WORK = """
    import importlib, importlib.metadata, importlib.util, random, sys, threading
    from concurrent.futures import ThreadPoolExecutor

    RIGHT = "@@"
    OWN = "/py_modules/dep-" + __package__[-1]

    def load(name):
        return importlib.import_module(name)

    def wrong(number, rounds):
        # Return what the thread of this number has found that is not its environment's.
        order, found = random.Random(number), []

        def check(what, answer, right=RIGHT):
            if answer != right:
                found.append([what, str(answer)])

        for turn in range(rounds):
            parts = [f"lib.part_{one}" for one in range(PARTS)]
            order.shuffle(parts)
            for name in parts[: PARTS if turn == 0 else 4]:
                check("import_module", importlib.import_module(name).VERSION)
                check("item", sys.modules[name].VERSION)
                check("get", sys.modules.get(name).VERSION)
                check("__import__", getattr(__import__(name), name.partition(".")[2]).VERSION)
            import lib
            from lib import part_0, native
            import lib.again
            check("statement", lib.VERSION)
            check("from", part_0.VERSION)
            check("virtual", sys.modules["lib.virtual"].VERSION)
            check("native", native.version())
            check("native was loaded with", native.LOADED_WITH)
            check("C code", native.import_module(parts[0]).VERSION)
            check("C code that calls", native.call(lambda: importlib.import_module(parts[1]).VERSION))
            check("contains", "lib.part_0" in sys.modules, True)
            check("absent", importlib.util.find_spec("lib.absent"), None)
            check("iteration", "lib" in {str(name) for name in list(sys.modules)}, True)
            check("a copy", sys.modules.copy()["lib"].VERSION)
            check("metadata", importlib.metadata.version("lib"), RIGHT + ".0")
            mine = [entry for entry in sys.path if "/py_modules/" in entry]
            check("sys.path", all(OWN in entry for entry in mine) and bool(mine), True)
            added = f"{__path__[0]}/added_{number}"
            sys.path.append(added)
            check("sys.path after append", added in sys.path, True)
            sys.path.remove(added)
            check("sys.path after remove", added in sys.path, False)
            passing = f"lib.passing_{number % 8}"
            check("before deletion", importlib.import_module(passing).VERSION)
            del sys.modules[passing]
            check("after deletion", importlib.import_module(passing).VERSION)
            check("reload", importlib.reload(sys.modules[passing]).VERSION)
            if number % 8 == 0:
                check("common reload", importlib.reload(lib.again).VERSION)
            names = {}
            exec("import lib.part_2; answer = lib.part_2.VERSION", names)
            check("exec", names["answer"])
            if turn % 4 == 0:
                with ThreadPoolExecutor(1) as pool:
                    check("a thread", pool.submit(importlib.import_module, "lib.part_3").result().VERSION)
        return found
    """

PROGRAM = """
    import importlib, json, sys, threading
    threads, rounds, packages = {threads}, {rounds}, {packages}
    assert not getattr(sys, "_is_gil_enabled", bool)(), "the GIL is enabled"
    barrier, results = threading.Barrier(threads), []

    def work(number):
        package = packages[number % len(packages)]
        try:
            barrier.wait()
            # The packages are imported for the first time at once as well.
            found = importlib.import_module(package).wrong(number // len(packages), rounds)
        except BaseException as error:
            import traceback
            found = [traceback.format_exc()]
        results.append([package, found])

    if sys.argv[1:] == ["outside"]:  # other modules come and go meanwhile
        def others():
            from types import ModuleType
            while len(results) < threads:
                for number in range(50):
                    sys.modules[f"made_{{number}}"] = ModuleType(f"made_{{number}}")
                for number in range(50):
                    del sys.modules[f"made_{{number}}"]
        threading.Thread(target=others).start()

    started = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert not getattr(sys, "_is_gil_enabled", bool)(), "the GIL has been enabled"
    print(json.dumps([result for result in results if result[1]]))
    """


def publish(index: Index, interpreter: Interpreter, folder: Path) -> None:
    """Put `lib` and the packages that need it, one version each, into *index*."""
    headers = configuration(interpreter)
    compiled = {
        "lib/native.so": _compile(headers["include"], folder, "native"),
        "lib/silent.so": _compile(headers["include"], folder, "silent", "-DSILENT"),
    }
    for version, package in enumerate(PACKAGES, start=1):
        files: dict[str, str | bytes] = {
            name: textwrap.dedent(text).replace("@@", str(version)) for name, text in _LIBRARY.items()
        }
        index.add("lib", f"{version}.0", files=files | compiled, tag=headers["tag"])
        work = textwrap.dedent(_WORK).replace("@@", str(version)).replace("PARTS", str(PARTS))
        name = package.replace("_", "-")
        index.add(name, "1.0", requires=[f"lib=={version}.0"], files={f"{package}/__init__.py": work})


def _compile(headers: str, folder: Path, name: str, *macros: str) -> bytes:
    source, product = folder / f"{name}.c", folder / f"{name}.so"
    source.write_text(_SOURCE, encoding="utf-8")
    command = ["cc", "-shared", "-fPIC", "-O1", "-w", f"-I{headers}", *macros]
    command += [f'-DNAME="{name}"', f"-DINIT=PyInit_{name}", str(source), "-o", str(product)]
    subprocess.run(command, check=True)
    return product.read_bytes()
