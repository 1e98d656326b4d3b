"""Fuzzing for a long time: `python -m tests.fuzz SECONDS [TARGET…]`, by way of `scripts/fuzz`.

Half of the time damage is made by the seeded generator of the tests; the other half is atheris' (libFuzzer: what
reaches new code is damaged further), where that is installed. What goes wrong is kept in `tests/fuzz/regressions`,
where the ordinary tests find it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.targets import REGRESSIONS, TARGETS, damaged, seed

if TYPE_CHECKING:
    from types import FrameType

    from tests.fuzz.targets import Target

_SLOW = 10
"""Seconds of the processor, however busy it is, that no file may take."""
_MEMORY = 4 << 30
_FOLDER = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


class _SlowError(Exception):
    pass


def _attempt(target: Target, folder: Path, content: bytes) -> str:
    """Read one file; return what went wrong in a line: the exception, and where it was raised."""
    signal.setitimer(signal.ITIMER_PROF, _SLOW)
    try:
        target.read(folder, content)
    except Exception as error:  # noqa: BLE001 - that is the question
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {Path(place.filename).name}, {place.name}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return ""


def _keep(target: Target, what: str, content: bytes) -> Path:
    path = REGRESSIONS / target.name / hashlib.sha256(what.encode()).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.stat().st_size > len(content):
        path.write_bytes(content)
    return path


def by_generator(target: Target, seconds: float, first: int) -> tuple[int, Counter[str]]:
    """Read damaged files for some time; return how many, and what went wrong how often."""
    found: Counter[str] = Counter()
    number = first
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(dir=_FOLDER) as name:
        while time.monotonic() < end:
            content = damaged(target, random.Random(number))
            number += 1
            what = _attempt(target, Path(name), content)
            if what:
                found[what] += 1
                _keep(target, what, content)
    return number - first, found


def by_atheris(target: Target, seconds: float) -> tuple[int, Counter[str]]:
    """Let atheris do it, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=_FOLDER) as name:
        corpus, told = Path(name, "corpus"), Path(name, "told.json")
        corpus.mkdir()
        (corpus / "seed").write_bytes(seed(target))
        for number in range(30):
            (corpus / str(number)).write_bytes(damaged(target, random.Random(number))[:20_000])
        command = [sys.executable, "-m", "tests.fuzz.atheris_run", target.name, str(told), str(corpus)]
        command += [
            f"-max_total_time={int(seconds)}",
            "-max_len=20000",
            "-timeout=60",
            f"-artifact_prefix={name}/",
            "-rss_limit_mb=4096",
            "-verbosity=0",
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if not told.exists():
            return 0, Counter({f"atheris ended with {done.returncode}: {done.stderr[-300:]}": 1})
        count, found = json.loads(told.read_text("utf-8"))
    return count, Counter(found)


def attempt_for_atheris(target: Target, folder: Path, content: bytes) -> str:
    """Read one file, and keep it if that goes wrong."""
    what = _attempt(target, folder, content)
    if what:
        _keep(target, what, content)
    return what


def _too_slow(number: int, frame: FrameType | None) -> None:
    raise _SlowError


def prepare() -> None:
    """Have what takes too long, or too much memory, fail."""
    signal.signal(signal.SIGPROF, _too_slow)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.RLIM_INFINITY))


def main() -> None:
    """Print a line for each kind of file, and at last the sum; exit with 1 if anything went wrong."""
    seconds, names = float(sys.argv[1]), sys.argv[2:] or list(TARGETS)
    has_atheris = importlib.util.find_spec("atheris") is not None
    each = seconds / len(names) / (2 if has_atheris else 1)
    sys.stdout.write("" if has_atheris else "atheris is not installed: the generator alone\n")
    everything, wrong = 0, Counter[str]()
    for name in names:
        target = TARGETS[name]
        if has_atheris:
            guided, found = by_atheris(target, each)
        else:
            guided, found = 0, Counter()
        if os.fork() == 0:  # what a limit of memory spoils is spoilt for one kind alone
            prepare()
            count, more = by_generator(target, each, random.SystemRandom().randrange(2**40))
            Path(".fuzz-told.json").write_text(json.dumps([count, more]), "utf-8")
            os._exit(0)
        os.wait()
        count, more = json.loads(Path(".fuzz-told.json").read_text("utf-8"))
        Path(".fuzz-told.json").unlink()
        found += Counter(more)
        everything, wrong = everything + guided + count, wrong + found
        sys.stdout.write(
            f"{name}: {guided} by atheris, {count} by the generator, {sum(found.values())} went wrong\n"
        )
        sys.stdout.write("".join(f"  {times} times {what}\n" for what, times in found.most_common(20)))
        sys.stdout.flush()
    sys.stdout.write(f"{everything} files read, {sum(wrong.values())} went wrong in {len(wrong)} ways\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
