"""Which of CPython's test modules are run under the shim, and in which parts."""

from __future__ import annotations

from dataclasses import dataclass

METHODS = ("fork", "spawn", "forkserver")

# `test.test_multiprocessing_fork` and its siblings are a few lines each, and CPython 3.11.7 and 3.12.1 forget to
# install them. In parts, as later versions have them, they can run beside one another.
_PARTS = {
    "processes": "only_type='processes'",
    "threads": "only_type='threads'",
    "manager": "only_type='manager'",
    "misc": "exclude_types=True",
}
_MULTIPROCESSING = """
from test._test_multiprocessing import install_tests_in_module_dict

install_tests_in_module_dict(globals(), {method!r}, {part})
"""
MULTIPROCESSING_MODULES = {
    f"multiprocessing_{method}_{name}": _MULTIPROCESSING.format(method=method, part=part)
    for method in METHODS
    for name, part in _PARTS.items()
}
"""Module name → source; they lie beside the program."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Test modules that run in one process."""

    name: str
    modules: tuple[str, ...]
    """Each `module`, or `module:Class,Class` for some classes of it."""
    timeout: float = 1200
    """Seconds."""

    def __str__(self) -> str:
        return self.name


def _suite(name: str, *classes: str) -> Suite:
    module = name if name in MULTIPROCESSING_MODULES else f"test.{name}"
    return Suite(name, (":".join(filter(None, (module, ",".join(classes)))),))


_IMPORTING = (
    "test_importlib",
    "test_import",
    "test_pkgutil",
    "test_runpy",
    "test_modulefinder",
    "test_zipimport_support",
    "test_frozen",
    "test_module",
    "test_site",
    "test_sys",
)
_PICKLING = ("test_pickle", "test_pickletools", "test_copy", "test_copyreg")
_LOOKING = (
    "test_inspect",
    "test_linecache",
    "test_threading_local",
    "test_traceback",
    "test_typing",
    "test_warnings",
)
# Many seconds each, for subprocesses or for sleep.
_LONG = (
    "test_atexit",
    "test_code",
    "test_concurrent_futures",
    "test_doctest",
    "test_logging",
    "test_multiprocessing_main_handling",
    "test_pydoc",
    "test_subprocess",
    "test_sys_setprofile",
    "test_threading",
    "test_unittest",
    "test_venv",
    "test_zipimport",
)

WHOLE = tuple(map(_suite, (*_IMPORTING, *_PICKLING, *_LOOKING, *_LONG, *MULTIPROCESSING_MODULES)))
"""Everything; a Python that lacks a module leaves it out."""

# The classes where what crosses the border is pickled, or where a new process finds its modules and its start.
_WORKERS = (
    "WithProcessesTestPoolWorkerErrors",
    "WithProcessesTestQueue",
    "WithProcessesTestSubclassingProcess",
)
_CARRIED = (
    "WithProcessesTestListenerClient",
    "WithProcessesTestPicklingConnections",
    "WithProcessesTestSharedCTypes",
)
_STARTED = ("TestInitializers", "TestNoForkBomb", "TestSimpleQueue", "TestStartMethod", "_TestImportStar")
_MANAGED = ("WithManagerTestContainers", "WithManagerTestMyManager", "WithManagerTestRemoteManager")

SLICE = (
    *map(_suite, (*_IMPORTING, *_PICKLING, *_LOOKING)),
    _suite("multiprocessing_fork_processes", *_WORKERS),
    _suite("multiprocessing_spawn_processes", *_CARRIED),
    _suite("multiprocessing_spawn_misc", *_STARTED),
    _suite("multiprocessing_spawn_manager", *_MANAGED),
    _suite("multiprocessing_forkserver_processes", *_WORKERS),
    _suite("multiprocessing_forkserver_misc", *_STARTED),
)
"""What a minute is enough for, in one state."""
