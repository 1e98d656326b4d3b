"""The interpreter that a built project runs with: what there is to know of it, asked of itself."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import MvenvError
from orchestrator.system.child_environment import chosen

if TYPE_CHECKING:
    from pathlib import Path

_QUESTION = """
import json, os, sys, sysconfig
variable = sysconfig.get_config_var
release = "%d.%d" % sys.version_info[:2] + getattr(sys, "abiflags", "")
print(json.dumps({
    "executable": os.path.realpath(sys.executable), "release": release, "prefix": sys.base_prefix,
    "library": sysconfig.get_path("stdlib"), "platform_library": sysconfig.get_path("platstdlib", vars={
        "platbase": sys.base_exec_prefix, "installed_platbase": sys.base_exec_prefix, "base": sys.base_prefix,
    }),
    "shared_libraries": [each for each in (variable("LIBDIR"), sys.base_prefix + "/lib") if each],
    "cache_tag": sys.implementation.cache_tag, "abi": variable("SOABI") or "", "platform": sysconfig.get_platform(),
}))
"""


@dataclass(frozen=True, slots=True)
class Base:
    """An installation of Python."""

    executable: str
    """Its program, as no link."""
    release: str
    """``3.11``, free-threaded ``3.13t``."""
    prefix: str
    library: str
    """Folder of the standard library."""
    platform_library: str
    """Folder of its compiled modules' parent; mostly the same."""
    shared_libraries: list[str]
    """Where its ``libpython`` may be."""
    cache_tag: str
    """``cpython-311``: part of the names of compiled files."""
    abi: str
    """What compiled modules are for: ``cpython-311-x86_64-linux-gnu``."""
    platform: str
    """``linux-x86_64``."""


def ask(python: Path) -> Base:
    """Return what is behind the interpreter of an environment.

    :raises MvenvError: it does not run.
    """
    done = subprocess.run(
        [str(python), "-I", "-S", "-c", _QUESTION],
        stdin=subprocess.DEVNULL,
        env=chosen(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise MvenvError(
            "the interpreter of the project does not run",
            causes=(str(python), *done.stderr.strip().splitlines()[-1:]),
            hints=("run `mvenv build --reinstall`, which makes the environments again",),
        )
    return Base(**json.loads(done.stdout))
