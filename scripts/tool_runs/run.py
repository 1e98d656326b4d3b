"""Runs the tests that a page is made of, and writes it."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairs.runs import machine
from tool_runs import report

if TYPE_CHECKING:
    from tool_runs.pages import Page

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTED = "collected.json"
RESULTS = "results.json"


def main(page: Page, description: str, arguments: list[str]) -> int:
    """Run the chosen tools' tests and write the page; return pytest's exit code.

    :param description: of the script, for its help.
    """
    told = _parse(page, description, arguments)
    told.work.mkdir(parents=True, exist_ok=True)
    known = _known(page, told.work / COLLECTED)
    if told.list:
        print("\n".join(known))
        return 0
    new = told.work / "run.json"
    new.unlink(missing_ok=True)
    chosen = [f"--tools={name}" for name in told.names]
    code = _pytest(page, "-rfE", f"--tools-results={new}", *chosen)
    kept_file = told.work / RESULTS
    kept = report.by_tool(_read(kept_file)) if told.names else {}
    kept |= report.by_tool(_read(new))
    results = {name: kept[name] for name in known if name in kept}
    kept_file.write_text(
        json.dumps([test for tests in results.values() for test in tests], indent=1) + "\n", "utf-8"
    )
    for name in report.by_tool(_read(new)):
        print(report.line(page, name, results[name]))
    if missing := [name for name in known if name not in results]:
        print(f"{page.file} stays as it is: nothing is known of {', '.join(missing)}", file=sys.stderr)
    else:
        text = report.text(page, results, platform.python_version(), machine())
        (REPOSITORY / page.file).write_text(text, "utf-8")
    return code


def _known(page: Page, file: Path) -> list[str]:
    """Return the names of all tools that have tests."""
    file.unlink(missing_ok=True)
    _pytest(page, "--collect-only", "-qq", f"--tools-list={file}", stdout=subprocess.DEVNULL)
    names: list[str] = json.loads(file.read_text("utf-8"))
    return names


def _pytest(page: Page, *arguments: str, stdout: int | None = None) -> int:
    command = [sys.executable, "-m", "pytest", "-p", "tests.tools.recorder", page.tests, *arguments]
    # What is installed beside the running Python is what the tests mean by `mvenv`.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return subprocess.run(
        command, cwd=REPOSITORY, env={**os.environ, "PATH": path}, stdout=stdout, check=False
    ).returncode


def _read(file: Path) -> list[dict[str, Any]]:
    if not file.exists():
        return []
    results: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return results


def _parse(page: Page, description: str, arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="none: all")
    parser.add_argument("--list", action="store_true", help=f"print the names of {page.called}, and end")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    default = (cache if cache.is_dir() else Path(tempfile.gettempdir())) / f"mvenv-{page.called}"
    parser.add_argument("--work", type=Path, default=default, metavar="DIR", help="results are kept here")
    return parser.parse_args(arguments)
