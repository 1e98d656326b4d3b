"""Finding the Pythons that the suite runs its environments on."""

from __future__ import annotations

import dataclasses
import functools
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from uv import find_uv_bin

from runtime_shim import accelerator

if TYPE_CHECKING:
    from collections.abc import Iterator

SUPPORTED = ("3.11", "3.12", "3.13", "3.14", "3.15")
FREE_THREADED = ("3.13t", "3.14t", "3.15t")
"""Builds without the global interpreter lock; the tests run on those that are there (`scripts/pythons 3.13t`)."""

ACCELERATOR = "MVENV_TEST_ACCELERATOR"
"""The environment variable that says whether these tests run with the shim's accelerator: `on`, `off`, or `mixed`,
which is the default: on the oldest Python without it, on the others with it, so that each test runs both ways.
"""

# Where the shim reads the C stack it depends on how the interpreter was compiled: this version by two compilers.
BY_TWO_COMPILERS = "3.13"

# `_base_executable` is the interpreter behind a venv's: an environment must not be made from another one.
_PROBE = """
import platform, sys
compiler = platform.python_compiler().split()  # GCC 16.2.0 [...]
print(platform.python_implementation(), platform.python_version(), sys._base_executable, sep="\\n")
print(compiler[0].lower() + compiler[1].split(".")[0] if len(compiler) > 1 else "")
print("t" if "t" in getattr(sys, "abiflags", "") else "")
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A CPython that runs."""

    executable: Path
    """Absolute path of the real binary: no pyenv shim, no venv."""
    full_version: str
    """`3.11.7`."""
    compiler: str = ""
    """`gcc16`: what compiled it, and that in which major version."""
    threading: str = ""
    """`t` where it is free-threaded."""
    is_second: bool = False
    """Whether it is one of another compiler, beside the one that is this version's."""
    is_accelerated: bool = field(default=True, compare=False)
    """Whether the shim may use its accelerator there."""

    @property
    def version(self) -> str:
        """`3.11`, `3.13t`."""
        return ".".join(self.full_version.split(".")[:2]) + self.threading

    @property
    def release(self) -> tuple[int, int]:
        """`(3, 11)`."""
        major, minor = self.full_version.split(".")[:2]
        return int(major), int(minor)

    @property
    def variables(self) -> dict[str, str]:
        """What says to the shim that it may not use its accelerator."""
        return {} if self.is_accelerated else {accelerator.OFF: "1"}

    @property
    def name(self) -> str:
        """What it is called in the ids of tests: `3.11`, or `3.13-gcc16` for a second one."""
        return f"{self.version}-{self.compiler}" if self.is_second else self.version

    def __str__(self) -> str:
        return self.version


@functools.cache
def find_interpreter(version: str) -> Interpreter | None:
    """Return the first CPython of a minor version (`3.12`, `3.13t`) that really runs, or None."""
    for executable in _candidates(version):
        found = _probe(executable)
        if found is not None and found.version == version:
            return found
    return None


def found_interpreters() -> tuple[Interpreter, ...]:
    """Return one interpreter per supported version that this machine has."""
    return tuple(found for version in SUPPORTED if (found := find_interpreter(version)) is not None)


@functools.cache
def second_interpreter() -> Interpreter | None:
    """Return a CPython of `BY_TWO_COMPILERS` that another compiler has made than the one found first, or None."""
    first = find_interpreter(BY_TWO_COMPILERS)
    if first is None:
        return None
    for executable in (*_unpacked_ones(BY_TWO_COMPILERS), *_candidates(BY_TWO_COMPILERS)):
        found = _probe(executable)
        if found is not None and found.version == first.version and found.compiler != first.compiler:
            return dataclasses.replace(found, is_second=True)
    return None


def free_threaded_interpreters() -> tuple[Interpreter, ...]:
    """Return the free-threaded ones that this machine has."""
    return tuple(found for version in FREE_THREADED if (found := find_interpreter(version)) is not None)


def every_interpreter() -> tuple[Interpreter, ...]:
    """Return what the tests that take `interpreter` may run on: oldest first, the newest last."""
    second = second_interpreter()
    ordinary = [
        one
        for found in found_interpreters()
        for one in (found, second if found.version == BY_TWO_COMPILERS else None)
        if one is not None
    ]
    every = (*ordinary[:1], *free_threaded_interpreters(), *ordinary[1:])
    choice = os.environ.get(ACCELERATOR, "mixed")
    return tuple(
        dataclasses.replace(one, is_accelerated=choice == "on" or (choice == "mixed" and one is not every[0]))
        for one in every
    )


def running_interpreter() -> Interpreter:
    """Return the interpreter behind the one that runs the tests."""
    found = _probe(Path(sys.executable))
    assert found is not None, f"{sys.executable} cannot be started"
    return found


def missing_versions() -> tuple[str, ...]:
    """Return what the tests want and this machine does not have: versions, in words for people."""
    missing = [version for version in (*SUPPORTED, *FREE_THREADED) if find_interpreter(version) is None]
    if second_interpreter() is None:
        missing.append(f"{BY_TWO_COMPILERS} of a second compiler")
    return tuple(missing)


def _candidates(version: str) -> Iterator[Path]:
    """Yield the files that may be this Python, likely and cheap ones first; many need not exist or run."""
    if version == f"{sys.version_info[0]}.{sys.version_info[1]}":
        yield Path(sys.executable)
    # All of PATH, not the first hit: pyenv puts shims in front that fail for versions not selected.
    for folder in os.get_exec_path():
        yield Path(folder) / f"python{version}"
    installed = f"versions/{version[:-1]}.*t" if version in FREE_THREADED else f"versions/{version}.*"
    yield from sorted(_pyenv_root().glob(f"{installed}/bin/python"), reverse=True)
    yield from _unpacked_ones(version)
    for managed in ((), ("--managed-python",)):
        answer = _output(find_uv_bin(), "python", "find", "--no-python-downloads", *managed, version)
        if answer:
            yield Path(answer)


def _unpacked_ones(version: str) -> list[Path]:
    """Return those of a version that `scripts/pythons` has unpacked."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(os.environ.get("MVENV_PYTHONS") or Path(cache) / "mvenv-pythons")
    return sorted(folder.glob(f"*-{version}/usr/bin/python{version}"), reverse=True)


def _pyenv_root() -> Path:
    root = os.environ.get("PYENV_ROOT") or _output("pyenv", "root")
    return Path(root) if root else Path.home() / ".pyenv"


@functools.cache
def _probe(executable: Path) -> Interpreter | None:
    if not executable.is_file():
        return None
    answer = _output(str(executable), "-I", "-c", _PROBE)
    if answer is None:
        return None
    implementation, full_version, base, compiler, threading, *_ = [*answer.split("\n"), "", ""]
    return Interpreter(Path(base), full_version, compiler, threading) if implementation == "CPython" else None


def _output(*command: str) -> str | None:
    """Return what a command prints, or None when it cannot be started or fails."""
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
