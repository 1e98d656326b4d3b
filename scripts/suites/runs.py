"""Runs one suite in both places, and again where the outcomes differ."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from suites.outcomes import Result, Run, after_retry, differences, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from suites.catalogue import Suite
    from suites.place import Place

FORWARDED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSL_CERT_FILE")


class NotStartedError(Exception):
    """A library could not even be imported; the text is the end of the log."""


def compare(suite: Suite, places: tuple[Place, Place], logs: Path, every: int) -> Result:
    """Run *suite* in the plain and the isolated place, and compare.

    :param logs: folder for pytest's output and the recorded outcomes.
    :param every: 1 runs all test files, N only every Nth.
    """
    plain, isolated = places
    files = _files(suite, plain, every)
    alone = run(suite, plain, logs / "alone", files)
    together = run(suite, isolated, logs / "beside", files, beside=True)
    result = Result(
        suite.name,
        _versions(suite.distribution, alone.version, alone.between),
        _versions(suite.sibling, together.sibling, together.sibling_between),
        alone,
        together,
        differences(alone, together),
        notes=(*_notes("alone", alone), *_notes("beside", together), *proof(suite, alone, together)),
    )
    if result.differences and alone.exit is not None and together.exit is not None:
        # Whole files, because a test may depend on what the tests before it left behind.
        files = sorted({one.test.partition("::")[0] for one in result.differences})
        again = (
            run(suite, plain, logs / "alone-again", files),
            run(suite, isolated, logs / "beside-again", files, beside=True),
        )
        result = after_retry(result, *again)
    return result


def _versions(library: str, version: str, between: Mapping[str, str]) -> str:
    built_on = ", ".join(f"{name} {one}" for name, one in between.items())
    return f"{library} {version} ({built_on})" if built_on else f"{library} {version}"


def _notes(where: str, run: Run) -> list[str]:
    if run.exit is None:
        return [f"{where}: stopped or crashed before the end"]
    return [] if run.exit in (0, 1) else [f"{where}: pytest ended with exit code {run.exit}"]


def proof(suite: Suite, alone: Run, together: Run) -> list[str]:
    """Say what makes the comparison worthless: both sides must test one version, beside another one's modules."""
    notes = []
    if (alone.version, alone.pytest) != (together.version, together.pytest):
        notes.append(f"not the same version or pytest: {alone.version} and {together.version}")
    if suite.distribution == suite.sibling and together.version == together.sibling:
        notes.append("the sibling is the same version")
    for name in suite.between:
        if alone.between[name] != together.between[name]:
            notes.append(f"{name} is not the same: {alone.between[name]} and {together.between[name]}")
        if together.between[name] == together.sibling_between[name]:
            notes.append(f"{name} is the same version for the sibling")
    if together.file == together.sibling_file:
        notes.append("the sibling is the same module")
    return notes


def run(suite: Suite, place: Place, log: Path, files: list[str], *, beside: bool = False) -> Run:
    """Run the tests in *files* once, in one process of their own.

    :raises NotStartedError: not even the library could be imported.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    record = log.with_suffix(".jsonl")
    record.write_text("")
    told = {
        "beside": beside,
        "library": suite.distribution,
        "sibling": suite.sibling,
        "loads": suite.loads,
        "between": suite.between,
        "record": str(record),
        "arguments": [*_arguments(suite, place), *(str(_root(suite, place) / file) for file in files)],
    }
    settings = log.with_suffix(".json")
    settings.write_text(json.dumps(told))
    start = time.monotonic()
    with log.with_suffix(".log").open("w") as output:
        process = subprocess.Popen(
            [place.python, place.program, settings],
            cwd=place.program.parent,
            env=_environment(suite, place),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            process.wait(suite.time_limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    seconds = time.monotonic() - start
    recorded = read(record.read_text("utf-8").splitlines(), seconds)
    if recorded.version == "":
        tail = log.with_suffix(".log").read_text("utf-8", "replace")[-1500:]
        raise NotStartedError(f"the tests did not start:\n{tail}")
    return recorded


def _root(suite: Suite, place: Place) -> Path:
    """Return the folder that test ids begin at: the sdist's part, or ``site-packages``."""
    return place.tests if (place.tests / suite.tests[0]).exists() else place.site_packages


def _files(suite: Suite, place: Place, every: int) -> list[str]:
    """Return what to run: the folders as they are, or every so manyeth file of them."""
    if every == 1:
        return list(suite.tests)
    root = _root(suite, place)
    found = sorted(
        {
            path
            for start in suite.tests
            for pattern in suite.patterns
            for path in ([root / start] if (root / start).is_file() else (root / start).rglob(pattern))
        }
    )
    return [path.relative_to(root).as_posix() for path in found[:: min(every, max(1, len(found) // 3))]]


def _arguments(suite: Suite, place: Place) -> list[str]:
    configuration = place.tests / (suite.configuration or "pytest.ini")
    root = _root(suite, place)
    arguments = ["-c", str(configuration), "--rootdir", str(root), "-o", "addopts=", "-p", "no:cacheprovider"]
    arguments += ["-q", "--tb=short", "-ra", "--continue-on-collection-errors", "--timeout=120"]
    arguments += suite.arguments
    for one in suite.deselected:
        for test in one.tests:
            arguments += ["-k", test[3:]] if test.startswith("-k ") else ["--deselect", test]
    return arguments


def _environment(suite: Suite, place: Place) -> dict[str, str]:
    """Return what both runs are given: little, and the same."""
    variables = {name: os.environ[name] for name in FORWARDED if name in os.environ}
    variables |= {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "80"}
    for one in suite.environment:
        name, _, value = one.partition("=")
        variables[name] = value.format(tests=place.tests)
    return variables
