"""Following the shim: what is recorded is what ran, and coverage.py understands it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.support import shim_coverage
from tests.support.interpreters import found_interpreters

SOURCE = """\
def classify(number):
    if number > 1:
        return "many"
    for _ in range(number):
        continue
    return "few"


def never():
    return 0


classify(0)
"""
PROGRAM = "import os, site, sys; site.addsitedir(sys.argv[1]); import runtime_shim.parts.one; os._exit(0)"
FOLLOWED = [one for one in found_interpreters() if one.version != "3.11"]


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    shim = tmp_path / "lib" / "site-packages" / "runtime_shim"
    (shim / "parts").mkdir(parents=True)
    (shim / "__init__.py").write_text("")
    (shim / "parts" / "__init__.py").write_text("")
    (shim / "parts" / "one.py").write_text(SOURCE)
    return shim


@pytest.mark.skipif(not FOLLOWED, reason="sys.monitoring is new in Python 3.12")
def test_what_ran(shim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arcs = tmp_path / "arcs"
    arcs.mkdir()
    monkeypatch.setenv(shim_coverage.VARIABLE, str(arcs))
    site_packages = shim.parent
    shim_coverage.follow(site_packages.parent)
    for interpreter in FOLLOWED:
        subprocess.run([interpreter.executable, "-I", "-c", PROGRAM, site_packages], check=True)
        data = CoverageData(no_disk=True)
        shim_coverage.to_coverage([one.name for one in arcs.iterdir()], Path("/repository/shim"), data)
        assert set(data.arcs("/repository/shim/parts/one.py") or ()) == {
            *((-1, 1), (1, 9), (9, 13), (13, -1)),
            *((-1, 2), (2, 4), (4, 6), (6, -1)),
        }
        for one in arcs.iterdir():
            one.unlink()


def test_only_when_asked(shim: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(shim_coverage.VARIABLE, raising=False)
    shim_coverage.follow(shim.parent.parent)
    assert not (shim.parent / shim_coverage.PTH).exists()


def test_no_shim_no_measuring(shim: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(shim_coverage.VARIABLE, str(tmp_path))
    shim.rename(tmp_path / "elsewhere")
    shim_coverage.follow(shim.parent.parent)
    assert not (shim.parent / shim_coverage.PTH).exists()
