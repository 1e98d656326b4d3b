"""The wheel of mvenv itself: with the accelerator where it can be compiled, and whole without it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

from runtime_shim import accelerator
from tests.support.process import clean_environment

pytestmark = pytest.mark.index  # the build backend is installed for it

ROOT = Path(__file__).resolve().parents[2]
COMPILED = "runtime_shim/accelerator/_caller.abi3.so"


def _built(folder: Path, **variables: str) -> tuple[str, list[str], str]:
    """Build the wheel; return its name, the files in it, and what was said."""
    command = [
        find_uv_bin(),
        "build",
        "--wheel",
        "--python",
        sys.executable,
        "--out-dir",
        str(folder),
        str(ROOT),
    ]
    pins = {"UV_BUILD_CONSTRAINT": str(ROOT / "scripts" / "constraints.txt")}
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**clean_environment(), **pins, **variables}
    )
    assert ended.returncode == 0, ended.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return wheel.name, archive.namelist(), ended.stderr


@pytest.mark.skipif(accelerator.extension is None, reason="it could not be compiled here")
def test_with_it(tmp_path: Path) -> None:
    """[accelerator] One file for every Python from 3.11 on."""
    before = (ROOT / COMPILED).stat().st_mtime_ns
    name, files, _ = _built(tmp_path)
    assert "-cp311-abi3-" in name
    assert COMPILED in files
    assert (ROOT / COMPILED).stat().st_mtime_ns == before, "the one that is used in place has been touched"


@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({accelerator.OFF: "1"}, id="switched off"),
        pytest.param({"CC": os.fspath(ROOT / "no-such-compiler")}, id="no compiler"),
    ],
)
def test_without_it(tmp_path: Path, variables: dict[str, str]) -> None:
    """[accelerator] The build says so, and goes on."""
    name, files, said = _built(tmp_path, **variables)
    assert name.endswith("-py3-none-any.whl")
    assert not [file for file in files if file.endswith(".so")]
    assert "without its accelerator" in said
