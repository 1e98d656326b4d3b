"""Pythons of other platforms, which `scripts/foreign-pythons` unpacks: their programs run here, emulated or not."""

from __future__ import annotations

import functools
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.interpreters import Interpreter

PLATFORMS = ("arm64", "musl")

_EXECUTABLES = {"arm64": "usr/bin/python3.13", "musl": "bin/python3.13"}
# What compiles extension modules for them. What calls a C library's plain functions can do with either.
_COMPILERS = {"arm64": "aarch64-linux-gnu-gcc", "musl": "cc"}


@dataclass(frozen=True, slots=True)
class Foreign:
    """A Python of another platform."""

    platform: str
    interpreter: Interpreter
    compiler: str
    """A command, which need not be there."""


@functools.cache
def find(platform: str) -> Foreign | None:
    """Return the Python of a platform, None if it is not there or does not run."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(os.environ.get("MVENV_PYTHONS") or Path(cache) / "mvenv-pythons")
    executable = home / "foreign" / platform / _EXECUTABLES[platform]
    try:
        version = subprocess.run(
            [executable, "-I", "-c", "import platform; print(platform.python_version())"],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None
    return Foreign(platform, Interpreter(executable, version), _COMPILERS[platform])
