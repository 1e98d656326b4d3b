"""Ending a command of mvenv at any of its file-system steps, and judging what is left.

A step is what an audit hook is told of (PEP 578): a file opened for writing, a rename, a folder made, a link, something
deleted, a process started. The command runs in a fork of this process, which has imported what takes long.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import signal
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.integration.workshop import CONFLICT, Workshop, copy, publish_conflict
from tests.support.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_STEPS = frozenset(
    {
        *("os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.chmod", "os.utime"),
        *("os.truncate", "subprocess.Popen", "fcntl.flock"),
    }
)
SIGNALS = (signal.SIGKILL, signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SECONDS = 120
"""Within which every command has ended."""


PROGRAM = "app.py"
# What the program prints is the state that a command leaves.
_APP = """
import importlib.util
import dep_a, dep_b, plain

found = [name for name in ("top", "extra", "low_old") if importlib.util.find_spec(name)]
print(dep_a.low_version, dep_b.low_version, *found, *["apart"] * ("py_modules" in plain.__file__))
"""
_OLD = "1.5 2.0 top\n"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command in a fork has ended."""

    code: int
    """Negative for a signal."""
    said: str
    steps: tuple[str, ...]
    """What it was about to do, in its order; without a fault all that it did."""


@dataclass(frozen=True, slots=True)
class Case:
    """A command, what it changes, and how that can be seen."""

    name: str
    command: tuple[str, ...]
    before: str
    """What the program prints before; the old state."""
    after: str
    """What it prints in the new state."""
    edits: str = ""
    """The file that the command edits, with its build in one step."""
    changed: bool = False
    """Whether pyproject.toml asks for something else than what is built."""
    next: str = ""
    """What the program prints after the next build; of a command that edits, that depends on how far it came."""


CASES = (
    Case("build", ("build",), _OLD, "1.5 2.0 extra\n", changed=True),
    Case("lock", ("lock",), _OLD, _OLD, changed=True, next="1.5 2.0 extra\n"),
    Case("run", ("run", "python", "-c", ""), _OLD, "1.5 2.0 extra\n", changed=True),
    Case("add", ("add", "extra"), _OLD, "1.5 2.0 top extra\n", "pyproject.toml"),
    Case("remove", ("remove", "top"), _OLD, "1.5 2.0\n", "pyproject.toml"),
    Case("isolate", ("isolate", "plain"), _OLD, "1.5 2.0 top apart\n", "pyproject.toml"),
    Case("constrain", ("constrain", "dep-a", "low<1.5"), _OLD, "1.0 2.0 top\n", "pyproject.toml"),
    Case("alias", ("alias", "low_old", "low==1.0"), _OLD, "1.0 2.0 top low_old\n", "pyproject.toml"),
    Case(
        "override",
        ("override", "dep-a==1.0", "low==1.0"),
        _OLD,
        "1.0 2.0 top\n",
        "custom_dependencies_versions.json",
    ),
)


@dataclass
class Laboratory:
    """A built project, copied for each trial."""

    patterns: Mapping[bool, Path]
    """Whether pyproject.toml has changed since it was built → the project."""
    environment: Mapping[str, str]
    folder: Path
    """Where copies are made."""
    texts: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def trial(self, case: Case, step: int, number: signal.Signals) -> list[str]:
        """End the command of *case* before a step (from 0) by a signal; return what is wrong then."""
        root = self._copy(case)
        files = dict(self._mine(root))
        try:
            ended = forked(case.command, root, self._variables(), step, number)
            return [*self._judged(case, root, ended, number, files)]
        finally:
            shutil.rmtree(root.parent, ignore_errors=True)

    def steps(self, case: Case) -> tuple[str, ...]:
        """Run the command to its end, and return its steps; learn what its files say then."""
        root = self._copy(case)
        try:
            old = self._texts(root)
            ended = forked(case.command, root, self._variables())
            assert ended.code == 0, ended.said
            assert self._printed(root) == case.after, self._printed(root)
            self.texts[case.name] = {name: {text, self._texts(root)[name]} for name, text in old.items()}
            return tuple(step.replace(str(root), "ROOT") for step in ended.steps)
        finally:
            shutil.rmtree(root.parent, ignore_errors=True)

    def _judged(
        self, case: Case, root: Path, ended: Ended, number: signal.Signals, files: Mapping[str, bytes]
    ) -> Iterator[str]:
        if "Traceback" in ended.said:
            yield f"a traceback: {ended.said}"
        if ended.code == 0 and number is not signal.SIGKILL:
            pass  # it came too late: in the last words
        elif number is signal.SIGKILL:
            if ended.code not in (-number, 0):
                yield f"exit code {ended.code}, and not killed: {ended.said}"
        elif ended.code != 128 + number:
            yield f"exit code {ended.code} after {number.name}: {ended.said}"
        elif not ended.said.rstrip().splitlines()[-1:][0].startswith(f"Ended by {number.name}"):
            yield f"no word of the signal: {ended.said}"
        pattern = self.patterns[case.changed]
        printed = self._printed(root)
        if printed not in (case.before, case.after):
            yield f"neither the old build runs nor the new one: {printed}"
        for name, text in self._texts(root).items():
            if text not in self.texts[case.name][name]:
                yield f"{name} is neither as it was nor as it was to be: {text!r}"
        if case.edits and number is not signal.SIGKILL:
            is_new = printed == case.after
            if is_new is (self._texts(root)[case.edits] == self._texts(pattern)[case.edits]):
                yield f"{case.edits} and the build do not belong together; printed: {printed}"
        if dict(self._mine(root)) != files:
            yield "files of the user's have changed"
        again = forked(("build",), root, self._variables())
        if again.code != 0:
            yield f"the next build fails: {again.said}"
            return
        printed = self._printed(root)
        is_new = not case.edits or self._texts(root)[case.edits] != self._texts(pattern)[case.edits]
        expected = (case.next or case.after) if is_new else case.before
        if printed != expected:
            yield f"the next build makes another thing: {printed}, not {expected}"
        if litter := [*self._litter(root)]:
            yield f"litter after the next build: {litter}"

    def _copy(self, case: Case) -> Path:
        place = Path(tempfile.mkdtemp(dir=self.folder))
        root = place / "project"
        shutil.copytree(self.patterns[case.changed], root, symlinks=True)
        (place / "tmp").mkdir()
        os.environ["TMPDIR"] = str(place / "tmp")
        return root

    def _variables(self) -> dict[str, str]:
        return {**self.environment, "TMPDIR": os.environ["TMPDIR"]}

    def _printed(self, root: Path) -> str:
        python = root / ".venv/bin/python"
        outcome = run([python, PROGRAM], cwd=root, env=self.environment, check=False)
        return outcome.out if outcome.code == 0 else str(outcome)

    @staticmethod
    def _texts(root: Path) -> dict[str, str]:
        names = ("pyproject.toml", "custom_dependencies_versions.json", "mvenv.lock")
        return {name: (root / name).read_text() if (root / name).exists() else "" for name in names}

    @staticmethod
    def _mine(root: Path) -> Iterator[tuple[str, bytes]]:
        for name in ("mine.txt", "app.py", ".venv-mine/mine.txt", ".mine.1234"):
            yield name, (root / name).read_bytes()

    @staticmethod
    def _litter(root: Path) -> Iterator[str]:
        import json

        record = json.loads((root / ".venv/mvenv.json").read_text("utf-8"))
        used = {path.partition("/")[2] for path in record["environments"]}
        known = {"pyproject.toml", "custom_dependencies_versions.json", "mvenv.lock", "py_modules", ".venv"}
        known |= {"mine.txt", "app.py", ".venv-mine", ".mine.1234"}
        yield from (path.name for path in root.iterdir() if path.name not in known)
        yield from (path.name for path in (root / ".venv").iterdir() if path.name.startswith(".venv"))
        modules = root / "py_modules"
        if modules.is_dir():
            ours = {".gitignore", ".ignore", "CACHEDIR.TAG", *used}
            yield from (f"py_modules/{path.name}" for path in modules.iterdir() if path.name not in ours)
        yield from (path.name for path in (root.parent / "tmp").iterdir() if path.name.startswith("mvenv"))


def make_laboratory(folder: Path) -> Laboratory:
    """Build a project with a conflict below *folder*; needs no package index."""
    index, project = Workshop(folder, folder / "cache").new("faults")
    publish_conflict(index)
    index.add("low", "1.5")
    index.add("extra", "1.0", requires=["low>=2"])
    project.pyproject(CONFLICT)
    project.write(PROGRAM, _APP)
    for name in ("mine.txt", ".venv-mine/mine.txt", ".mine.1234"):
        project.write(name, "mine")
    project.mvenv("build")
    changed = copy(project, folder / "changed")
    changed.pyproject(("dep-a", "dep-b", "extra", "plain"))
    places = folder / "trials"
    places.mkdir()
    return Laboratory({False: project.root, True: changed.root}, project.environment, places)


def forked(
    command: Sequence[str],
    root: Path,
    variables: Mapping[str, str],
    step: int | None = None,
    number: signal.Signals = signal.SIGKILL,
) -> Ended:
    """Run a command of mvenv in a fork of this process, which gets a signal before one of its steps."""
    said, steps = root.parent / "said", root.parent / "steps"
    child = os.fork()
    if not child:
        code = 70
        try:
            code = _become(command, root, variables, (said, steps), step, number)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return Ended(
        os.waitstatus_to_exitcode(status),
        said.read_text("utf-8", "replace"),
        tuple(steps.read_text("utf-8", "replace").splitlines()),
    )


def _become(
    command: Sequence[str],
    root: Path,
    variables: Mapping[str, str],
    files: tuple[Path, Path],
    step: int | None,
    number: signal.Signals,
) -> int:
    os.setsid()
    signal.alarm(SECONDS)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    os.chdir(root)
    log = os.open(files[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    out = os.open(files[0], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(out, 1)
    os.dup2(out, 2)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w"), write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w"), write_through=True)
    sys.argv = ["mvenv", *command]
    count = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event == "open":
            flags = arguments[2]
            if not isinstance(flags, int) or not flags & _WRITING or arguments[0] == os.devnull:
                return
        elif event not in _STEPS:
            return
        os.write(log, f"{event} {' '.join(map(ascii, arguments[:2]))}\n".encode())
        now, count = count, count + 1
        if now == step:
            os.kill(os.getpid(), number)

    from orchestrator.__main__ import main

    sys.addaudithook(hook)
    try:
        main()
    except SystemExit as finished:
        return finished.code if isinstance(finished.code, int) else 0
    except BaseException:  # noqa: BLE001 - what would be a traceback of mvenv's
        traceback.print_exc()
        return 1
    return 0


def load() -> None:
    """Import what commands import, so that forks need not."""
    import virtualenv  # noqa: F401

    import orchestrator.cli.build
    import orchestrator.cli.commands
    import orchestrator.cli.run
    import orchestrator.pipeline.build
    import orchestrator.pipeline.dry_run
    import orchestrator.pipeline.lock  # noqa: F401


def of_the_commit(steps: Sequence[str]) -> list[int]:
    """Return the numbers of the steps that put a build in place, and of the first three that clean up after it.

    Without a build it is the lock that is put in place.
    """
    renames = [number for number, step in enumerate(steps) if "os.rename" in step]
    exchange = max(
        [number for number in renames if "ROOT/.venv'" in steps[number]]
        or [number for number in renames if "ROOT/mvenv.lock'" in steps[number]]
    )
    first = exchange
    while any(name in steps[first - 1] for name in (".pyproject.toml.", ".mvenv.lock.", ".custom_dep")):
        first -= 1
    return list(range(first, min(exchange + 4, len(steps))))


def chosen(steps: Sequence[str], every: int, seed: int) -> list[int]:
    """Return the numbers of steps to try: all that can be seen in the project, and each *every*-th of the others.

    What is made aside (an environment in the making, a temporary folder) is hundreds of steps of the same kind.
    """
    hidden = random.Random(seed).randrange(every)
    picked = []
    for number, step in enumerate(steps):
        aside = any(part in step for part in ("ROOT/.venv-", "mvenv-build-", "ROOT/py_modules/"))
        # A name without its folder: removed by `shutil.rmtree`.
        visible = not aside and ("ROOT/" in step or "subprocess" in step)
        if visible or number % every == hidden or ("os.rename" in step and "ROOT/.venv'" in step):
            picked.append(number)
    return picked
