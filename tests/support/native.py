"""Wheels with native libraries in them, compiled by the test: what `auditwheel` leaves of a real package."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.native import elf

if TYPE_CHECKING:
    from tests.support.interpreters import Interpreter

# A module with the functions that a library declares as `const char *f(void)` or `int f(void)`.
_MODULE = r"""
#include <Python.h>
%(declarations)s
%(functions)s
static PyMethodDef methods[] = { %(methods)s {NULL, NULL, 0, NULL} };
static struct PyModuleDef definition = { PyModuleDef_HEAD_INIT, "%(name)s", NULL, -1, methods };
PyMODINIT_FUNC PyInit_%(name)s(void) {
    PyObject *module = PyModule_Create(&definition);
#ifdef Py_GIL_DISABLED
    if (module != NULL) PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
#endif
    return module;
}
"""


def cannot_compile(interpreter: Interpreter) -> str | None:
    """Return why extension modules in C and C++ cannot be compiled, None if they can."""
    for compiler in ("cc", "c++"):
        if shutil.which(compiler) is None:
            return f"there is no compiler ({compiler})"
    header = Path(configuration(interpreter)["include"]) / "Python.h"
    return None if header.is_file() else f"Python {interpreter} has no headers ({header})"


def soname(path: Path) -> str:
    """Return the name by which the dynamic linker knows the library at *path*."""
    found = elf.read(path)
    assert found is not None, f"{path} is no library"
    return found.soname


def configuration(interpreter: Interpreter) -> dict[str, str]:
    """Return the folder of the interpreter's headers and the tag of wheels for it."""
    code = (
        "import json, sys, sysconfig\n"
        "python = f'cp{sys.version_info[0]}{sys.version_info[1]}'\n"
        "platform = sysconfig.get_platform().replace('-', '_').replace('.', '_')\n"
        "abi = python + getattr(sys, 'abiflags', '')\n"
        "print(json.dumps({'include': sysconfig.get_path('include'), 'tag': f'{python}-{abi}-{platform}'}))"
    )
    answer = subprocess.run(
        [interpreter.executable, "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout
    found: dict[str, str] = json.loads(answer)
    return found


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles into a folder; what was compiled before can be linked against."""

    folder: Path
    interpreter: Interpreter

    def library(
        self, file: str, source: str, *, soname: str = "", links: tuple[str, ...] = (), rpath: str = ""
    ) -> bytes:
        """Return a shared library, C++ if the source says `inline`.

        :param soname: empty for none.
        :param links: files compiled before.
        """
        return self._compile(file, source, soname, links, rpath)

    def module(
        self,
        name: str,
        functions: dict[str, str],
        *,
        links: tuple[str, ...] = (),
        rpath: str = "",
        body: str = "",
    ) -> bytes:
        """Return an extension module that hands on functions without arguments: name → `int` or `const char *`.

        :param body: C++ source that defines the functions; by default they are a library's.
        """
        made = {"int": "PyLong_FromLong", "const char *": "PyUnicode_FromString"}
        declarations = "" if body else "\n".join(f"{kind} {each}(void);" for each, kind in functions.items())
        source = _MODULE % {
            "name": name,
            "declarations": body + declarations,
            "functions": "\n".join(
                f"static PyObject *py_{each}(PyObject *s, PyObject *a) {{ return {made[kind]}({each}()); }}"
                for each, kind in functions.items()
            ),
            "methods": " ".join(f'{{"{each}", py_{each}, METH_NOARGS, NULL}},' for each in functions),
        }
        return self._compile(f"{name}.so", source, "", links, rpath)

    def _compile(self, file: str, text: str, soname: str, links: tuple[str, ...], rpath: str) -> bytes:
        plus = "inline" in text
        source = self.folder / f"{file}.{'cpp' if plus else 'c'}"
        source.write_text(text, encoding="utf-8")
        command = ["c++" if plus else "cc", "-shared", "-fPIC", "-O1", "-w", str(source)]
        command += [f"-I{configuration(self.interpreter)['include']}", "-o", str(self.folder / file)]
        command += [f"-Wl,-soname,{soname}"] if soname else []
        command += [f"-Wl,-rpath,{rpath}"] if rpath else []
        command += [str(self.folder / link) for link in links]
        subprocess.run(command, check=True)
        return (self.folder / file).read_bytes()
