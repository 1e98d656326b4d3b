"""Compiling what the archive holds, so that it need not be done at every start from a tree that cannot be written to.

Compiled files say nothing of times (``unchecked-hash``, PEP 552): those of an archive are all the same. Nor of places:
importlib writes in where a module is when it loads it. One process compiles one part, in order: what else a process has
compiled before shows in the references of what it writes (``marshal``), and a part that has not changed has to come out
the same.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.packing.model import File
from orchestrator.system.child_environment import chosen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.packing.model import Entry

_PROGRAM = """
import json, py_compile, sys, warnings
warnings.simplefilter("ignore")
for source, compiled, called in json.load(sys.stdin):
    try:
        py_compile.compile(source, compiled, called, True, 0, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    except py_compile.PyCompileError:  # a template, or for another Python: importing it would say so
        pass
"""
_SITE_PACKAGES = "/site-packages/"


def compiled(entries: Iterable[Entry], python: Path, cache_tag: str, scratch: Path) -> Iterator[File]:
    """Yield the compiled form of the Python files among *entries*; those that are not valid have none.

    :param python: an interpreter of the release that they will run with.
    :param scratch: an empty folder, which is to stay until the archive is written.
    :raises MvenvError: there was no room for them.
    """
    files: list[File] = []
    jobs: list[tuple[str, str, str]] = []
    for entry in entries:
        if isinstance(entry, File) and isinstance(entry.source, Path) and _is_imported(entry.name):
            target = scratch / f"{len(jobs)}.pyc"
            jobs.append((str(entry.source), str(target), entry.name.rpartition(_SITE_PACKAGES)[2]))
            files.append(File(_name(entry.name, cache_tag), target))
    if jobs:
        done = subprocess.run(
            [str(python), "-s", "-S", "-P", "-c", _PROGRAM],
            input=json.dumps(jobs),
            env={**chosen(), "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise MvenvError(
                "the modules could not be compiled",
                causes=(str(python), *done.stderr.strip().splitlines()[-1:]),
                hints=("make room for temporary files, or name another folder for them in TMPDIR",),
            )
    return (file for file in files if isinstance(file.source, Path) and file.source.is_file())


def _is_imported(name: str) -> bool:
    """Whether a file may be a module: what lies among commands is run, and that is compiled at every start."""
    return name.endswith(".py") and not name.rpartition("/")[0].endswith("/bin")


def _name(source: str, cache_tag: str) -> str:
    folder, slash, name = source.rpartition("/")
    return f"{folder}{slash}__pycache__/{name.removesuffix('.py')}.{cache_tag}.pyc"
