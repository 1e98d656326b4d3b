"""Choosing the Python that the environments are made for."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError
from orchestrator.system.child_environment import chosen
from orchestrator.uv.failure import first_lines
from orchestrator.uv.run import run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.config.model import Project

MINIMUM = (3, 11)

# What `packaging.markers` calls an environment, asked of the interpreter itself, where its packages go, and which
# modules it finds before those: built in, frozen, in the folders of the standard library. They are more than
# `sys.stdlib_module_names` (`test`, `_testcapi`, what a distributor has added).
_QUESTION = """
import _imp, json, os, platform, sys, sysconfig
folders = [each for each in sys.path if os.path.isdir(each) and not each.endswith("-packages")]
standard = {*sys.builtin_module_names, *getattr(_imp, "_frozen_module_names", list)()}
for folder in folders:
    for entry in os.scandir(folder):
        name, dot, suffix = entry.name.partition(".")
        if os.path.isfile(os.path.join(entry.path, "__init__.py")) or suffix == "py" or suffix.endswith(("so", "pyd")):
            standard.add(name)
release = "{0.major}.{0.minor}.{0.micro}".format(sys.implementation.version)
level = sys.implementation.version.releaselevel
release += "" if level == "final" else level[0] + str(sys.implementation.version.serial)
scheme = "venv" if "venv" in sysconfig.get_scheme_names() else "posix_prefix"  # before 3.11, which is told below
abi_flags = getattr(sys, "abiflags", None)
if abi_flags is None:  # Windows, before 3.14
    abi_flags = "t" if sysconfig.get_config_var("Py_GIL_DISABLED") else ""
print(json.dumps({
    "executable": os.path.abspath(sys.executable), "version": list(sys.version_info[:3]),
    "platform": getattr(sys.implementation, "_multiarch", ""), "abi_flags": abi_flags, "standard": sorted(standard),
    "library": os.path.dirname(sysconfig.get_path("purelib", scheme, {"base": ""})).strip(os.sep),
    "markers": {
        "implementation_name": sys.implementation.name, "implementation_version": release, "os_name": os.name,
        "platform_machine": platform.machine(), "platform_release": platform.release(),
        "platform_system": platform.system(), "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "platform_python_implementation": platform.python_implementation(),
        "python_version": ".".join(platform.python_version_tuple()[:2]), "sys_platform": sys.platform,
    }}))
"""

# What uv says where a Python is the trouble; all else is about uv itself: its settings, its cache.
_ABOUT_PYTHONS = ("No interpreter found", "Invalid version request", "Python interpreter")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs."""

    executable: str
    version: tuple[int, int, int]
    markers: Mapping[str, str]
    """The values of environment markers (PEP 508)."""
    platform: str = ""
    """What its compiled modules are for, ``x86_64-linux-gnu``; empty where it does not say."""
    abi_flags: str = ""
    """``t`` of a free-threaded build, ``d`` of a debug build: compiled modules of others don't fit."""
    library: str = "lib/python3"
    """Folder of the library below an environment: ``lib/python3.11``, free-threaded ``lib/python3.13t``."""
    standard: frozenset[str] = frozenset()
    """Top-level names of the modules that it finds before any distribution's."""
    target: tuple[str, ...] = ()
    """What uv is told besides, if it is one that need not be there (:mod:`orchestrator.uv.elsewhere`)."""

    @property
    def arguments(self) -> list[str]:
        """What tells uv for which Python and platform a question is."""
        return ["--python", self.executable, *self.target]

    @property
    def made_for(self) -> tuple[str, str]:
        """What wheels are for, as `mvenv.lock` calls it: ``3.13t``, ``cpython-linux-x86_64``.

        Minor version and ABI flags; implementation, system, machine, and the C library if it is musl.
        """
        markers = ("implementation_name", "sys_platform", "platform_machine")
        named = [self.markers[name] for name in markers]
        return (
            f"{self.version[0]}.{self.version[1]}{self.abi_flags}",
            "-".join([*named, "musl"] if self.uses_musl else named),
        )

    @property
    def uses_musl(self) -> bool:
        """Whether its C library is musl (Alpine), for which there are wheels of their own."""
        return self.platform.endswith("-musl")


def request(configured: str | None) -> str | None:
    """Return which Python the user asks for: ``UV_PYTHON``, else ``[tool.mvenv] python``, else None."""
    return os.environ.get("UV_PYTHON") or configured


def find(root: Path, configured: str | None) -> Interpreter:
    """Return the interpreter for the project at *root*.

    It is the one asked for (:func:`request`); without a request uv's rules decide (``.python-version``,
    ``requires-python``, then the first on PATH).

    :raises ConfigError: if there is none, or it is too old.
    """
    asked = request(configured)
    arguments = ["python", "find", "--system", "--no-python-downloads", *(["--", asked] if asked else [])]
    answer = run(arguments, cwd=root)
    if answer.code != 0:
        # A version manager's shim may exist and refuse to run; look behind it.
        first = answer
        answer = run(arguments, cwd=root, environment={"PATH": _path_without_shims()})
        # Behind the shims are Pythons that nobody asked for; what uv says of them helps nobody.
        answer = answer if answer.code == 0 else first
    if answer.code != 0:
        if not any(sign in answer.stderr for sign in _ABOUT_PYTHONS):
            raise ConfigError(
                "uv cannot work as it is set up",
                causes=first_lines(answer.stderr),
                hints=(
                    "check uv's environment variables (`UV_…`), `uv.toml` and `[tool.uv]`",
                    "see that its cache can be written to (`mvenv cache dir`)",
                ),
            )
        raise ConfigError(
            f"no Python found for `{asked}`" if asked else "no Python found",
            causes=first_lines(answer.stderr, 3),
            hints=(
                f"install it (`uv python install {asked}`)" if asked else "install a Python 3.11 or newer",
                "or name another in `[tool.mvenv] python` or the environment variable `UV_PYTHON`",
            ),
        )
    interpreter = inspect(answer.stdout.strip())
    if interpreter.version[:2] < MINIMUM:
        found = ".".join(map(str, interpreter.version))
        raise ConfigError(
            f"mvenv needs Python 3.11 or newer, and the project's is {found}",
            causes=(interpreter.executable,),
            hints=("set `[tool.mvenv] python` or `UV_PYTHON`, for example to `3.12`",),
        )
    return interpreter


def check(interpreter: Interpreter, project: Project) -> None:
    """Make sure that the project accepts the Python.

    :raises ConfigError: if ``requires-python`` does not.
    """
    found = ".".join(map(str, interpreter.version))
    if not SpecifierSet(project.requires_python).contains(found, prereleases=True):
        raise ConfigError(
            f"the project requires Python {project.requires_python}, and the chosen one is {found}",
            causes=(
                f"{show_place(project.pyproject)}: project.requires-python",
                interpreter.executable,
            ),
            hints=("choose another in `[tool.mvenv] python` or the environment variable `UV_PYTHON`",),
        )


def inspect(executable: str) -> Interpreter:
    """Ask an interpreter about itself.

    :raises ConfigError: if it does not run.
    """
    try:
        completed = subprocess.run(
            [executable, "-I", "-c", _QUESTION],
            capture_output=True,
            text=True,
            check=True,
            stdin=subprocess.DEVNULL,
            env=chosen(),
        )
        told = json.loads(completed.stdout)
    except subprocess.CalledProcessError as error:
        # Its own last words; the command itself is the whole question.
        causes = (*error.stderr.strip().splitlines()[-1:], f"it ended with exit code {error.returncode}")
        raise ConfigError(f"the Python `{executable}` does not run", causes=causes) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"the Python `{executable}` does not run", causes=(str(error),)) from None
    major, minor, micro = told["version"]
    return Interpreter(
        *(told["executable"], (major, minor, micro), told["markers"], told["platform"], told["abi_flags"]),
        library=told["library"],
        standard=frozenset(told["standard"]),
    )


def _path_without_shims() -> str:
    """Return PATH with pyenv's real installations in place of its shims."""
    entries = os.environ.get("PATH", "").split(os.pathsep)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    kept = [entry for entry in entries if Path(entry) != root / "shims"]
    real = sorted(
        (root / "versions").glob("*/bin"), key=lambda folder: _version_key(folder.parent.name), reverse=True
    )
    return os.pathsep.join([*kept, *map(str, real)])


def _version_key(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split(".") if part.isdigit())
