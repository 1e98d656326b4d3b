"""Makes the project of a pair: two dependants that pin one version each, built by `mvenv build`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.wheels import build_wheel

if TYPE_CHECKING:
    from pairs.catalogue import Pair

PACKAGES = ("dep_a", "dep_b")
PROGRAM = Path(__file__).resolve().parent / "inside" / "program.py"
FORWARDED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")
BUILD_LIMIT = 3600.0
"""Seconds; the downloads of the biggest pair on a slow line."""
PROJECT = """\
[project]
name = "pair"
version = "1"
requires-python = "=={python}.*"
dependencies = ["dep-a", "dep-b"]

[tool.uv.sources]
dep-a = {{ path = "wheels/dep_a-1-py3-none-any.whl" }}
dep-b = {{ path = "wheels/dep_b-1-py3-none-any.whl" }}

[tool.mvenv]
python = "{python}"
"""
VERSION = """

def version():
    import importlib.metadata
    return importlib.metadata.version("{distribution}")
"""


class PreparationError(Exception):
    """The project could not be built; the text is what mvenv said last."""


@dataclass(frozen=True, slots=True)
class Place:
    """A built project."""

    root: Path
    said: str
    """What `mvenv build` printed, both streams."""
    seconds: float

    @property
    def python(self) -> Path:
        """The application's interpreter."""
        return self.root / ".venv/bin/python"

    def alone(self, package: str) -> Path:
        """Return the interpreter of a dependant's environment, which knows nothing of any other."""
        environments: list[str] = json.loads((self.root / ".venv/mvenv.json").read_text("utf-8"))[
            "environments"
        ]
        for environment in environments:
            if any((self.root / environment).glob(f"lib/python3.*/site-packages/{package}.py")):
                return self.root / environment / "bin/python"
        raise PreparationError(f"{package} has no environment of its own: the versions do not conflict")


def prepare(pair: Pair, root: Path) -> Place:
    """Build the project in *root*, made anew.

    :raises PreparationError: mvenv refused, or took too long.
    """
    if root.exists():
        shutil.rmtree(root)
    for side, package in enumerate(PACKAGES):
        source = pair.package.library + VERSION.format(distribution=pair.distribution)
        build_wheel(
            root / "wheels",
            package.replace("_", "-"),
            "1",
            files={f"{package}.py": source},
            requires=pair.requires(side),
        )
    (root / "pyproject.toml").write_text(PROJECT.format(python=pair.python))
    shutil.copy(PROGRAM, root)
    started = time.monotonic()
    try:
        built = subprocess.run(
            [sys.executable, "-m", "orchestrator", "build"],
            cwd=root,
            env=environment(uv=True),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=BUILD_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PreparationError(f"mvenv build did not end in {BUILD_LIMIT:.0f} s") from None
    if built.returncode:
        raise PreparationError(built.stdout.strip()[-2000:])
    return Place(root, built.stdout, time.monotonic() - started)


def environment(*, uv: bool = False) -> dict[str, str]:
    """Return the variables of a child process; with *uv* also those that say where packages come from."""
    prefixes = ("UV_", "PIP_") if uv else ()
    kept = {
        name: value for name, value in os.environ.items() if name in FORWARDED or name.startswith(prefixes)
    }
    return {**kept, "NO_COLOR": "1", "QT_QPA_PLATFORM": "offscreen", "MPLBACKEND": "agg"}
