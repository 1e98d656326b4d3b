"""Measuring the shim in the projects that tests build, whose interpreters have no coverage.py.

Only where ``MVENV_SHIM_COVERAGE`` names a folder (``scripts/coverage`` sets it). The copy of the shim in an
environment is followed by :mod:`tests.support.arcs_recorder`, which a ``.pth`` file starts; that needs Python 3.12.
Run as a program this module turns the folder into coverage.py's data, as if the repository's own files had run:

    python -m tests.support.shim_coverage FOLDER DATA_FILE
"""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import runtime_shim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from coverage import CoverageData

VARIABLE = "MVENV_SHIM_COVERAGE"
# Before `_mvenv.pth`, so that the shim's own start is seen.
PTH = "_measure.pth"
_RECORDER = Path(__file__).with_name("arcs_recorder.py")


def follow(library: Path) -> None:
    """Have the shim in an environment followed, if that is asked for and the environment has one.

    :param library: ``lib/pythonX.Y`` of the environment.
    """
    arcs = os.environ.get(VARIABLE)
    site_packages = library / "site-packages"
    shim = site_packages / "runtime_shim"
    pth = site_packages / PTH
    if not arcs or library.name == "python3.11" or not shim.is_dir() or pth.exists():
        return
    names = {"__name__": "arcs_recorder", "SHIM": f"{shim}/", "ARCS": arcs}
    # The text itself: opening a file is something that a strict interpreter may warn of.
    source = _RECORDER.read_text("utf-8")
    pth.write_text(f"import sys; exec(compile({source!r}, 'arcs', 'exec'), {names!r})\n", "utf-8")


def to_coverage(arcs: Iterable[str], source: Path, data: CoverageData) -> None:
    """Add recorded arcs to coverage.py's data.

    :param arcs: ``file,before,after``; folders in a file's path end in ``:``.
    :param source: the folder whose copies have run.
    """
    by_file = defaultdict(list)
    for arc in arcs:
        name, before, after = arc.rsplit(",", 2)
        by_file[str(source / name.replace(":", "/"))].append((int(before), int(after)))
    data.add_arcs(by_file)


def main(folder: str, file: str) -> None:
    """Write the data file."""
    from coverage import CoverageData  # only here: who uses `tests.support` alone need not have it

    data = CoverageData(file)
    to_coverage(os.listdir(folder), Path(runtime_shim.__file__).resolve().parent, data)
    data.write()


if __name__ == "__main__":
    main(*sys.argv[1:])
