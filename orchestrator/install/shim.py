"""Putting the runtime shim and its files into an application environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.system.files import write_text
from orchestrator.system.names import IMPORT_MAP, PTH

if TYPE_CHECKING:
    from collections.abc import Mapping

_PTH_TEXT = "import runtime_shim; runtime_shim.activate()\n"


def write(site_packages: Path, python: Path, import_map: str) -> None:
    """Copy the shim to *site_packages* and have it started; the import map comes last, it is the commit point.

    :param python: the environment's interpreter, which compiles the shim: where programs run with
        ``PYTHONDONTWRITEBYTECODE`` (many containers) every start would compile it anew.
    """
    import runtime_shim  # only to know where it is

    source = Path(runtime_shim.__file__).parent
    target = site_packages / "runtime_shim"
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", IMPORT_MAP, "py.typed"))
    compiling = [str(python), "-I", "-S", "-m", "compileall", "-q", str(target)]
    subprocess.run(compiling, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    write_text(site_packages / PTH, _PTH_TEXT)
    write_text(target / IMPORT_MAP, import_map)


def write_beside(library: Path, files: Mapping[str, str]) -> None:
    """Write files beside ``site-packages``: name → text."""
    for name, text in sorted(files.items()):
        write_text(library / name, text)
