"""What compiled packages keep once per process or thread, and what becomes of it with two versions.

The same question, asked of every mechanism by which extension modules share state. Where the answer is that each
version has its own, the test named last shows it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SharedState:
    """One mechanism, and the answer."""

    what: str
    """The mechanism, Markdown."""
    where: str
    """The name under which, or the place where, extension modules find it."""
    answer: str
    """What two versions get, without a full stop."""
    by: str
    """What brings that about; empty if it is so in any process."""
    test: str
    """The test that shows it: file, and what to look for in it."""


NATIVE = (
    SharedState(
        "classes bound by pybind11",
        "`__pybind11_internals_v4_…` in the builtins; `__pybind11_internals_v5_…` and later in the interpreter's dict",
        "each its own; the extensions of one environment share theirs, those of unversioned distributions another",
        "`runtime_shim.process_state.type_registries`",
        "tests/shim/test_type_registries.py: builtins, state; tests/packages/test_native_state.py: scipy, duckdb",
    ),
    SharedState(
        "classes bound by nanobind",
        "`__nb_internals_v7_…`, `__nb_internals_v13_…_domain__` in the interpreter's dict",
        "each its own, as with pybind11",
        "`runtime_shim.process_state.type_registries`",
        "tests/shim/test_type_registries.py: state; tests/packages/test_native_state.py: jaxlib",
    ),
    SharedState(
        "classes that an unversioned distribution binds, in extensions of an isolated one",
        "the application's registry, which is not the environment's",
        "unknown to them: one registry could not hold both versions of what uses it",
        "",
        "tests/shim/test_type_registries.py: everyones",
    ),
    SharedState(
        "the type table of SWIG",
        "the module `swig_runtime_data4` (`5` since SWIG 4.4)",
        "each its own",
        "`runtime_shim.process_state.type_registries`",
        "tests/shim/test_type_registries.py: swig; tests/packages/test_native_state.py: faiss",
    ),
    SharedState(
        "the converters of Boost.Python",
        "inside `libboost_python3….so`, which is found by SONAME",
        "each its own where each brings a library of its own: wheels do, under a SONAME with a hash",
        "the SONAME step of the build, where two SONAMEs are equal and the files are not",
        "tests/packages/test_native_state.py: rdkit",
    ),
    SharedState(
        "the types that Cython's modules share",
        "modules named by Cython's version: `_cython_3_0_11`, `_cython_3_1_2`",
        "one for all who were made with the same Cython: functions and generators, which hold nothing of a package",
        "",
        "tests/packages/test_native_state.py: scikit-learn, lxml",
    ),
    SharedState(
        "C interfaces in capsules (`PyCapsule_Import`: numpy's `_ARRAY_API`, pyarrow's, `datetime`'s)",
        "an attribute of a module, imported by name",
        "that of the version which the extension's own environment sees",
        "`runtime_shim.caller.c_stack`",
        "tests/shim/test_extension_imports.py; tests/packages/test_native_state.py: scipy, scikit-learn",
    ),
    SharedState(
        "lxml's parser context and error logs",
        "`_ParserDictionaryContext`, `_GlobalErrorLog`, `_XSLTErrorLog` in the thread's dict (`PyThreadState_GetDict`)",
        "each its own, on Linux",
        "`runtime_shim.process_state.thread_keys`",
        "tests/shim/test_process_state.py; tests/packages/test_native_state.py: lxml",
    ),
    SharedState(
        "what `seterr` of numpy 1 has set",
        "`UFUNC_PYVALS` in the thread's dict; a context variable since numpy 2",
        "each its own, on Linux",
        "`runtime_shim.process_state.thread_keys`",
        "tests/packages/test_native_state.py: seterr",
    ),
    SharedState(
        "the callbacks of f2py (scipy, numpy)",
        "an entry per routine in the thread's dict",
        "one, put in place for the time of a call and put back after it, so it does no harm",
        "",
        "tests/packages/test_native_state.py: scipy",
    ),
    SharedState(
        "a module's state by its definition (`PyState_FindModule`), static variables, thread-local variables of C",
        "the extension's own shared object",
        "each its own: two versions are two files",
        "",
        "tests/shim/test_extensions.py",
    ),
    SharedState(
        "the import hook and the Python part of shiboken6 (PySide6)",
        "`builtins.__orig_import__`; the modules `shibokensupport`, `signature_bootstrap`",
        "each its own Python part; the hook of the version that was loaded last serves both",
        "`runtime_shim.process_state.companions`, `runtime_shim.process_state.import_hook`, "
        "and the SONAME step of the build",
        "tests/packages/test_native_state.py: PySide6",
    ),
    SharedState(
        "the classes of Abseil's status (TensorFlow)",
        "the module `pybind11_abseil.status`, which C code makes",
        "each its own",
        "`runtime_shim.process_state.companions`",
        "tests/shim/test_process_state.py",
    ),
    SharedState(
        "what `typing_extensions` puts into `typing`, on Python 3.11 and 3.12",
        "`typing._collect_parameters`, `typing._check_generic`",
        "each its own, for the code that sees it",
        "`runtime_shim.process_state.typing_patches`",
        "tests/packages/test_native_state.py: typing_extensions",
    ),
    SharedState(
        "`distutils`, which setuptools provides",
        "`sys.modules`",
        "each its own, for the code that sees that setuptools",
        "`runtime_shim.process_state.companions`",
        "tests/shim/test_process_state.py; tests/packages/test_native_state.py: setuptools",
    ),
)
