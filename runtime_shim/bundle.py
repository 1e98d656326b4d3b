"""The shim's own modules in one file, compiled when the environment is built.

The shim has many small modules, and its first import needs forty of them. Each file takes a search, a check against
its source and two reads; the bundle is read once. ``mvenv build`` runs this file as a script with the environment's
interpreter, since code is of one version of Python. Where the bundle does not fit the interpreter, or is missing, the
modules are found as files as ever.
"""

# No `from __future__ import annotations` here: that is one more file to open.
import marshal
import os
import sys
from _frozen_importlib import ModuleSpec, module_from_spec
from _frozen_importlib_external import MAGIC_NUMBER
from _imp import _fix_co_filename, source_hash  # type: ignore[attr-defined]

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

FILE = "modules.bundle"
_CHECKSUM_SIZE = 8
_LAST = "runtime_shim.runtime"


class Bundle:
    """Finds and loads the modules of the shim that a file holds."""

    def __init__(self, folder: str, modules: "dict[str, tuple[str, bytes]]") -> None:
        self._folder = folder
        self._modules = modules
        """Module name → its file, relative to the shim's folder, and its compiled code (:mod:`marshal`).

        In the order in which they can be executed: each behind those that it imports.
        """

    def find_spec(self, name: str) -> "ModuleSpec | None":
        """Return the spec of a module of the shim, None for one that is not in the file."""
        found = self._modules.get(name)
        if found is None:
            return None
        path = os.path.join(self._folder, found[0])
        spec = ModuleSpec(name, self, origin=path)  # type: ignore[arg-type]
        spec.has_location = True
        if found[0].endswith("__init__.py"):
            spec.submodule_search_locations = [os.path.dirname(path)]
        return spec

    def create_module(self, spec: "ModuleSpec") -> None:
        """Let importlib make an ordinary module."""

    def exec_module(self, module: "ModuleType") -> None:
        """Execute the module's code, which says where its source is now: projects are moved.

        What the last module imports, all the others, is executed first, one after the other: importlib, which would
        look for each in turn and take its lock, costs as much as their code. It holds the lock of the last meanwhile.
        """
        if module.__name__ == _LAST:
            for name in list(self._modules):
                if name != _LAST and name not in sys.modules:
                    self._load(name)
        code = marshal.loads(self._modules.pop(module.__name__)[1])  # it is not needed a second time
        _fix_co_filename(code, module.__file__)  # as importlib does with .pyc files
        exec(code, vars(module))  # noqa: S102 - as above

    def _load(self, name: str) -> None:
        spec: Any = self.find_spec(name)
        module = module_from_spec(spec)
        sys.modules[name] = module
        try:
            self.exec_module(module)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        parent, _, child = name.rpartition(".")
        setattr(sys.modules[parent], child, module)


def read(folder: str) -> "Bundle | None":
    """Return the bundle in the shim's folder; None if there is none for this interpreter, or it is damaged."""
    try:
        with open(os.path.join(folder, FILE), "rb") as file:
            if file.read(len(MAGIC_NUMBER)) != MAGIC_NUMBER:
                return None
            checksum, content = file.read(_CHECKSUM_SIZE), file.read()
    except OSError:
        return None
    # marshal takes much damage for something else.
    return Bundle(folder, marshal.loads(content)) if checksum == _checksum(content) else None


def write(folder: str) -> None:
    """Compile what the shim loads at its start into the bundle; the shim in *folder* has to be the one imported."""
    import importlib.machinery

    executed = _Executed(importlib.machinery.PathFinder)
    sys.meta_path.insert(0, executed)
    importlib.import_module(_LAST)  # all that it imports is what a start needs
    modules: dict[str, tuple[str, bytes]] = {}
    for name in executed.names:
        path = sys.modules[name].__file__ or ""
        with open(path, "rb") as file:
            source = file.read()
        # Relative paths alone: a project can be moved, and what a build writes does not say where it was.
        relative = os.path.relpath(path, folder)
        modules[name] = relative, marshal.dumps(compile(source, relative, "exec", dont_inherit=True))
    with open(os.path.join(folder, FILE), "wb") as file:
        content = marshal.dumps(modules)
        file.write(MAGIC_NUMBER + _checksum(content) + content)


class _Executed:
    """Notes the shim's modules in the order in which they have been executed to the end."""

    def __init__(self, finder: "Any") -> None:
        self._finder = finder
        self.names: list[str] = []

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        """Find what the next finder finds; its loader says when it has executed the module."""
        if not name.startswith(_LAST.rpartition(".")[0] + "."):
            return None
        spec: Any = self._finder.find_spec(name, path, target)
        if spec is None or not spec.has_location or not spec.origin.endswith(".py"):
            return None  # the accelerator: an extension module, or not there
        execute = spec.loader.exec_module

        def exec_module(module: "ModuleType") -> None:
            execute(module)
            self.names.append(name)

        spec.loader.exec_module = exec_module
        return spec


def _checksum(content: bytes) -> bytes:
    """Return what importlib compares of a source file in hash-based ``.pyc`` files (PEP 552)."""
    checksum: bytes = source_hash(int.from_bytes(MAGIC_NUMBER, "little"), content)
    return checksum


if __name__ == "__main__":
    import compileall

    sys.path[:0] = [os.path.dirname(sys.argv[1])]
    compileall.compile_dir(sys.argv[1], quiet=1)
    write(sys.argv[1])
