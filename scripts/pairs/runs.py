"""Runs a pair: each side alone, then both in one process, in every order."""

from __future__ import annotations

import hashlib
import platform
import re
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pairs.place import PACKAGES, PROGRAM, PreparationError, environment, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pairs.catalogue import Pair
    from pairs.place import Place

WORKS = "works"
WORKS_SEPARATED = "works after SONAME isolation"
WORKS_IN_TURN = "works in turn"
CANNOT = "cannot"
FAILS_ALONE = "fails alone"
NOT_BUILT = "not built"
_FIRST, _SECOND = PACKAGES


def _one_then_other(one: str, other: str) -> tuple[str, ...]:
    return (f"import {one}", f"use {one}", f"import {other}", f"use {other}", f"use {one}", f"use {other}")


def _imported_then_used(one: str, other: str) -> tuple[str, ...]:
    return (f"import {one}", f"import {other}", f"use {one}", f"use {other}", f"use {one}")


def _in_a_thread(package: str) -> tuple[str, ...]:
    return (f"import {package}", *[f"use {package}"] * 3)


AT_ONCE = "two threads at once"
ORDERS: dict[str, tuple[str, ...]] = {
    "first, second, first again": _one_then_other(_FIRST, _SECOND),
    "second, first, second again": _one_then_other(_SECOND, _FIRST),
    "both imported, first used first": _imported_then_used(_FIRST, _SECOND),
    "both imported, second used first": _imported_then_used(_SECOND, _FIRST),
    AT_ONCE: (*_in_a_thread(_FIRST), "+", *_in_a_thread(_SECOND)),
}
TIMES = {AT_ONCE: 4}
"""How often an order is run; once unless it is here: threads do not meet in the same way every time."""


@dataclass(frozen=True, slots=True)
class Run:
    """How one process ended."""

    seconds: float
    failure: str = ""
    """Why it failed: the last line of the error, or the signal; empty: it worked."""
    step: str = ""
    """The step that failed, with the version in place of the side."""


@dataclass(frozen=True, slots=True)
class Result:
    """What is known of a pair after its runs."""

    name: str
    distribution: str
    versions: tuple[str, str]
    python: str
    """Of the running processes: ``3.11.7``."""
    fingerprint: str
    outcome: str
    said: str = ""
    """All that `mvenv build` printed."""
    seconds: float = 0.0
    """Of the build."""
    alone: dict[str, Run] | None = None
    """Version → its run in its own environment, without the shim."""
    together: dict[str, Run] | None = None
    """Order → run."""

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self)


def fingerprint(pair: Pair) -> str:
    """Tell apart what makes another run; the state of mvenv is not in it."""
    parts = [pair.name, *pair.requires(0), *pair.requires(1), pair.package.library]
    parts += [PROGRAM.read_text("utf-8"), repr(ORDERS), repr(TIMES)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def examine(pair: Pair, root: Path) -> Result:
    """Build the project of *pair* in *root* and run everything."""
    known = (pair.name, pair.distribution, pair.versions)
    try:
        place = prepare(pair, root)
        alone = {
            version: run(pair, place.alone(package), place, [f"import {package}", f"use {package}"])
            for package, version in zip(PACKAGES, pair.versions, strict=True)
        }
    except PreparationError as error:
        return Result(*known, pair.python, fingerprint(pair), NOT_BUILT, said=str(error))
    together = {name: _repeated(pair, place, name) for name in ORDERS}
    return Result(
        *known,
        _version_of(place.python),
        fingerprint(pair),
        _outcome(alone, together, place.said),
        place.said,
        round(place.seconds, 1),
        alone,
        together,
    )


def _repeated(pair: Pair, place: Place, order: str) -> Run:
    """Run an order as often as it needs; return the first run that failed, or else the last."""
    done = Run(0.0)
    for _ in range(TIMES.get(order, 1)):
        done = run(pair, place.python, place, ORDERS[order])
        if done.failure:
            break
    return done


def warnings(said: str) -> list[str]:
    """Return the warnings among what a build printed."""
    return [line.removeprefix("warning: ") for line in said.splitlines() if line.startswith("warning: ")]


def separations(said: str) -> list[str]:
    """Return what a build says it made an environment's own: library names, symbols, files."""
    return re.findall(r"^  (?:py_modules/\S+|\.venv): ((?:gave|made) .*)$", said, re.MULTILINE)


def _outcome(alone: dict[str, Run], together: dict[str, Run], said: str) -> str:
    if any(one.failure for one in alone.values()):
        return FAILS_ALONE
    failed = [order for order, one in together.items() if one.failure]
    if failed:
        return WORKS_IN_TURN if failed == [AT_ONCE] else CANNOT
    return WORKS_SEPARATED if separations(said) else WORKS


def run(pair: Pair, python: Path, place: Place, steps: Sequence[str]) -> Run:
    """Run steps in one process of *python*."""
    report = place.root / "report.txt"
    report.write_text("")
    started = time.monotonic()
    limit = pair.package.minutes * 60
    try:
        ended = subprocess.run(
            [python, place.root / "program.py", report, *steps],
            cwd=place.root,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=limit,
            check=False,
        )
        code, err = ended.returncode, ended.stderr
    except subprocess.TimeoutExpired:
        code, err = None, ""
    seconds = round(time.monotonic() - started, 1)
    lines = report.read_text("utf-8").splitlines()
    wrong = _wrong_version(pair, lines)
    if code == 0 and lines[-1:] == ["all ended"] and not wrong:
        return Run(seconds)
    failure = wrong or _failure(code, err, limit)
    return Run(seconds, _lasting(failure, place), _in_words(pair, _unended(lines)))


def _lasting(failure: str, place: Place) -> str:
    """Leave out what is another in every run: folders and addresses."""
    short = re.sub(rf"(?:{re.escape(str(place.root))}|\.)/py_modules/\S+?/site-packages/", "…/", failure)
    return re.sub(r"\b0x[0-9a-f]+", "0x…", short.replace(str(place.root), "."))


def _failure(code: int | None, err: str, limit: float) -> str:
    if code is None:
        return f"did not end in {limit:.0f} s"
    if code < 0:
        return signal.Signals(-code).name
    lines = [line for line in err.splitlines() if line.strip() and not line.startswith(("mvenv:", " "))]
    return lines[-1].strip()[:300] if lines else f"exit code {code}"


def _unended(lines: list[str]) -> str:
    ended = [line.removeprefix("end ") for line in lines if line.startswith("end ")]
    for line in lines:
        step = line.removeprefix("begin ")
        if step == line:
            continue
        if step in ended:
            ended.remove(step)
        else:
            return step
    return "end of the process"


def _wrong_version(pair: Pair, lines: list[str]) -> str:
    expected = dict(zip(PACKAGES, pair.versions, strict=True))
    for line in lines:
        if line.startswith("version "):
            _, package, version = line.split()
            if version != expected[package]:
                return f"{package} found {pair.distribution} {version}, not {expected[package]}"
    return ""


def _in_words(pair: Pair, step: str) -> str:
    for package, version in zip(PACKAGES, pair.versions, strict=True):
        step = step.replace(package, version)
    return step


def _version_of(python: Path) -> str:
    asked = subprocess.run([python, "--version"], capture_output=True, text=True, check=True)
    return asked.stdout.split()[1]


def machine() -> str:
    """Return what the results hold for."""
    return f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}"
