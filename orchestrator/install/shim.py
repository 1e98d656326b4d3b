"""Putting the runtime shim and its files into an application environment."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING

from orchestrator.system.child_environment import chosen
from orchestrator.system.files import remove, write_text
from orchestrator.system.names import IMPORT_MAP, PTH, STATIC_VIEW
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from pathlib import Path
    from typing import Self

# `site.addpackage` goes through it line by line and ends at an error. So where the shim does not start nothing is found
# through the folder of links; where it does, the last line takes the entry out again. Tools that read code without
# running it know path lines alone.
_PTH_TEXT = (
    "import runtime_shim; runtime_shim.activate()\n"
    f"../{STATIC_VIEW}\n"
    f"import runtime_shim; runtime_shim.hide({STATIC_VIEW!r})\n"
)


class Compiled:
    """The shim's code, copied and compiled by a child while this process does what does not depend on it.

    :param python: an interpreter of the environment's version, which compiles it (:mod:`runtime_shim.bundle`): where
        programs run with ``PYTHONDONTWRITEBYTECODE`` (many containers) every start would compile it anew.
    """

    def __init__(self, python: str) -> None:
        self._python = python
        self._ending = ExitStack()
        self._made: Future[Path] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.close()

    def begin(self) -> Future[Path]:
        """Begin, if that has not been done."""
        if self._made is None:
            folder = self._ending.enter_context(temporary_folder())
            self._made = self._ending.enter_context(ThreadPoolExecutor(1)).submit(self._make, folder)
        return self._made

    def _make(self, folder: Path) -> Path:
        import runtime_shim  # only to know where it is

        target = folder / "runtime_shim"
        left_out = shutil.ignore_patterns("__pycache__", IMPORT_MAP, "py.typed", "*.bundle", "*.c", "*.pyi")
        shutil.copytree(runtime_shim.__path__[0], target, ignore=left_out)
        compiling = [self._python, "-I", "-S", str(target / "bundle.py"), str(target)]
        subprocess.run(compiling, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=chosen())
        return target

    def folder(self) -> Path:
        """Wait for it, and return where it is until the block ends."""
        return self.begin().result()


def copy(compiled: Path, site_packages: Path) -> Path:
    """Copy the compiled shim to *site_packages*, in place of what may be there, and return its folder."""
    target = site_packages / "runtime_shim"
    # What may be there is a distribution's, whose files are uv's cache's, too (hard links): none is written to.
    remove(target)
    shutil.copytree(compiled, target)
    return target


def start(copied: Path, import_map: str) -> None:
    """Have a copy of the shim started; the import map comes last, it is the commit point."""
    write_text(copied.parent / PTH, _PTH_TEXT)
    write_text(copied / IMPORT_MAP, import_map)


def write_beside(library: Path, files: Mapping[str, str]) -> None:
    """Write files beside ``site-packages``: name → text."""
    for name, text in sorted(files.items()):
        write_text(library / name, text)
