"""Finding the fewest groups of many requirements: how many questions, and how much besides uv's own time."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.place import CommandError, environment, mvenv
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.place import Place

_SETS = Path(__file__).resolve().parents[1] / "grouping" / "sets.json"
_SET = "sixty"
# What `mvenv --verbose` says when a uv has ended, and at the end of all.
_ENDED = re.compile(r"uv .*: exit code \d+, (?P<seconds>[\d.]+)s$")
_PROVED = re.compile(r"(?P<groups>\d+) groups?, the fewest possible, (?P<questions>\d+) questions")


def measure(place: Place) -> Result:
    """Lock a real set of requirements anew, with uv's cache full."""
    chosen = next(each for each in json.loads(_SETS.read_text("utf-8")) if each["name"] == _SET)
    project = place.folder / "requirements"
    project.mkdir()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "project"\nversion = "1"\nrequires-python = ">=3.11"\n'
        f"dependencies = {json.dumps(chosen['requirements'])}\n",
        "utf-8",
    )
    locked = [_lock(place, project) for _ in range(place.few(5) + 1)][1:]
    figures = [
        Figure(
            f"`mvenv lock` of {len(chosen['requirements'])} requirements; while a uv was at work",
            [asking for _, asking, _ in locked],
            [total for total, _, _ in locked],
            target=Target(1.1),
            in_short=True,
        ),
        Figure(
            "its questions to uv",
            [],
            [float(each) for *_, each in locked],
            "",
            Target(45, "value"),
            in_short=True,
        ),
    ]
    note = (
        "The set is `sixty` of `scripts/grouping/sets.json`; that the groups found are the fewest possible was proved. "
        "Uv's own time is that in which at least one uv process runs."
    )
    return Result(figures, notes=[note])


def _lock(place: Place, project: Path) -> tuple[float, float, int]:
    """Return the seconds that a lock takes, those of them in which a uv was at work, and the questions."""
    (project / "mvenv.lock").unlink(missing_ok=True)
    began = time.perf_counter()
    spans: list[tuple[float, float]] = []
    words = []
    with subprocess.Popen(
        [*mvenv(), "--verbose", "lock"],
        cwd=project,
        env=environment(place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            now = time.perf_counter()
            words.append(line)
            if (ended := _ENDED.search(line.rstrip())) is not None:
                spans.append((now - float(ended["seconds"]), now))
    seconds = time.perf_counter() - began
    proved = _PROVED.search("".join(words))
    if process.returncode or proved is None:
        raise CommandError("".join(words[-20:]))
    return seconds, covered(spans), int(proved["questions"])


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Return how long at least one of several spans of time lasts."""
    total, until = 0.0, float("-inf")
    for begin, end in sorted(spans):
        total += max(0.0, end - max(begin, until))
        until = max(until, end)
    return total
