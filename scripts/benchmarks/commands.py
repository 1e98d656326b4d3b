"""What the command costs: running, building, and doing nothing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.by_hand import hand
from benchmarks.libraries import NEWEST, described, libraries, releases
from benchmarks.place import mvenv, run
from benchmarks.projects import conflict
from benchmarks.timing import alternately, seconds_of
from benchmarks.values import Figure, Result, Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.place import Place

AT_REST_SECONDS = 2.5
"""For so long after a build `mvenv run` compares digests: until then a file could change and keep its time."""


def measure(place: Place) -> Result:
    """Measure running and building, with full caches and with empty ones."""
    figures = [*_quick(place), *_builds(place)]
    at_rest = "`mvenv run` is that of a project whose files have been at rest for more than two seconds."
    network = "The builds on empty caches load from the package index: what they take depends on the network."
    return Result(figures, notes=[f"Built: {described(place.python.version)}.", at_rest, network])


def _quick(place: Place) -> list[Figure]:
    project = conflict(place)

    def command(*words: str | Path) -> Callable[[], float]:
        return seconds_of(lambda: run(place, *words, cwd=project.project))

    build = (*mvenv(), "build")
    run(place, *build, cwd=project.project)
    time.sleep(AT_REST_SECONDS)
    run(place, *mvenv(), "run", "python", "-c", "pass", cwd=project.project)
    code = ("-c", "pass")
    ran = alternately(
        command(project.shim, *code), command(*mvenv(), "run", "python", *code), pairs=place.runs
    )
    idle = alternately(command(project.plain, *code), command(*build), pairs=place.runs)
    return [
        Figure(
            "`mvenv run python -c pass`; `.venv/bin/python -c pass`",
            *ran,
            target=Target(0.010, "difference"),
            in_short=True,
        ),
        Figure(
            "`mvenv build`, nothing to do; `python -c pass`",
            *idle,
            target=Target(0.030, "difference"),
            in_short=True,
        ),
    ]


def _builds(place: Place) -> list[Figure]:
    project = libraries(place).project
    modules = list(releases(place.python.version))
    lock = project / "mvenv.lock"
    locked = lock.read_text("utf-8")
    find = ("--find-links", project.parent / "index", "--exclude-newer", NEWEST)
    own = hand(place, project, place.folder / "by-hand", *find)
    empty = {"UV_CACHE_DIR": str(place.folder / "empty-cache")}

    def build(*options: str, is_locked: bool, env: Mapping[str, str] | None = None) -> float:
        for folder in (project / ".venv", project / "py_modules", *map(Path, (env or {}).values())):
            shutil.rmtree(folder, ignore_errors=True)
        lock.unlink(missing_ok=True)
        if is_locked:
            lock.write_text(locked, "utf-8")
        return seconds_of(lambda: run(place, *mvenv(), "build", *options, cwd=project, env=env))()

    def by_hand(*steps: Callable[[], object], env: Mapping[str, str] | None = None) -> float:
        for folder in (own.folder, *map(Path, (env or {}).values())):
            shutil.rmtree(folder, ignore_errors=True)
        return seconds_of(lambda: [step() for step in steps])()

    rows = (
        (
            "`mvenv build --no-check` from the lock; uv by hand from pins",
            lambda: by_hand(own.install),
            lambda: build("--no-check", is_locked=True),
            Target(1.1),
            3,
        ),
        (
            "`mvenv build --no-check` without a lock; uv by hand, the groups being known",
            lambda: by_hand(own.resolve, own.install),
            lambda: build("--no-check", is_locked=False),
            None,
            3,
        ),
        (
            "`mvenv build` from the lock; uv by hand, and the imports of all, in all environments at once",
            lambda: by_hand(own.install, lambda: own.import_all(modules)),
            lambda: build(is_locked=True),
            None,
            3,
        ),
        (
            "first `mvenv build --no-check` on an empty cache; uv by hand, the groups being known",
            lambda: by_hand(lambda: own.resolve(empty), lambda: own.install(empty), env=empty),
            lambda: build("--no-check", is_locked=False, env=empty),
            Target(1.1),
            5,
        ),
    )
    figures = []
    for what, floor, ours, target, divisor in rows:
        times = alternately(floor, ours, pairs=place.few(divisor))
        figures.append(Figure(what, *times, target=target, in_short=target is not None))
    build(is_locked=True)  # what comes after finds the project built
    return figures
