"""Putting the runtime shim and its files into an application environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.child_environment import chosen
from orchestrator.system.files import remove, write_text
from orchestrator.system.names import IMPORT_MAP, PTH, STATIC_VIEW

if TYPE_CHECKING:
    from collections.abc import Mapping

# `site.addpackage` goes through it line by line and ends at an error. So where the shim does not start nothing is found
# through the folder of links; where it does, the last line takes the entry out again. Tools that read code without
# running it know path lines alone.
_PTH_TEXT = (
    "import runtime_shim; runtime_shim.activate()\n"
    f"../{STATIC_VIEW}\n"
    f"import runtime_shim; runtime_shim.hide({STATIC_VIEW!r})\n"
)


def copy(site_packages: Path, python: Path) -> Path:
    """Copy the shim's code to *site_packages*, in place of what may be there, compile it, and return its folder.

    :param python: the environment's interpreter, which compiles the shim (:mod:`runtime_shim.bundle`): where programs
        run with ``PYTHONDONTWRITEBYTECODE`` (many containers) every start would compile it anew.
    """
    import runtime_shim  # only to know where it is

    source = Path(runtime_shim.__path__[0])
    target = site_packages / "runtime_shim"
    left_out = shutil.ignore_patterns("__pycache__", IMPORT_MAP, "py.typed", "*.bundle", "*.c", "*.pyi")
    # What may be there is a distribution's, whose files are uv's cache's, too (hard links): none is written to.
    remove(target)
    shutil.copytree(source, target, ignore=left_out)
    compiling = [str(python), "-I", "-S", str(target / "bundle.py"), str(target)]
    subprocess.run(compiling, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=chosen())
    return target


def start(copied: Path, import_map: str) -> None:
    """Have a copy of the shim started; the import map comes last, it is the commit point."""
    write_text(copied.parent / PTH, _PTH_TEXT)
    write_text(copied / IMPORT_MAP, import_map)


def write_beside(library: Path, files: Mapping[str, str]) -> None:
    """Write files beside ``site-packages``: name → text."""
    for name, text in sorted(files.items()):
        write_text(library / name, text)
