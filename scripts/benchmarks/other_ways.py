"""The same imports plainly, with mvenv, by swapping entries, and with mvenv's peers."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.place import CommandError, environment, run
from benchmarks.projects import inside
from benchmarks.values import Compared, Result
from peers import ways
from peers.said import last
from peers.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from benchmarks.place import Place

_OLD, _NEW = "7.1.2", "8.1.8"
_TASK = Task("click twice", f"click=={_OLD}", "click", f"click=={_NEW}", "click", "", [])
_AGAIN = """
def again(count):
    for _ in range(count):
        import click
    return click
"""
_BOTH = f"\nassert [old.__version__, new.__version__] == ['{_OLD}', '{_NEW}']\n"
# Both versions are imported, then one again and again.
_PROGRAM = """
import json, time
began = time.perf_counter()
{first}
first = time.perf_counter() - began
{check}
{again}
assert again(1).__version__ == {imported}.__version__
def deep(depth, function):
    return deep(depth - 1, function) if depth else function()
def timed():
    began = time.process_time()
    again({count})
    return (time.process_time() - began) / {count}
found = {{f"at {{depth}}": min(deep(depth, timed) for _ in range(5)) for depth in (0, 100)}}
print(json.dumps({{"first": first, **found}}))
"""
_ROWS = {
    "first": "first import of both (plain: of one)",
    "at 0": "repeated import",
    "at 100": "repeated import, 100 calls deep",
}


@dataclass(frozen=True, slots=True)
class _Way:
    """A program that imports both versions, and one of them again."""

    started: ways.Started
    imported: str
    """Which is imported again."""
    again: str = _AGAIN
    """Leaves a function that does it so many times."""
    count: int = 50

    def text(self) -> str:
        """Return the program."""
        check = _BOTH if "old" in self.started.program else ""
        return _PROGRAM.format(
            first=self.started.program,
            check=check,
            again=self.again,
            imported=self.imported,
            count=self.count,
        )


def measure(place: Place) -> Result:
    """Set every way up, and run them in turns."""
    task = replace(_TASK, python=str(place.python.executable))
    programs: dict[str, list[str]] = {}
    found: dict[str, dict[str, list[float]] | str] = {}
    with _surroundings(place):
        for name, prepare in _WAYS.items():
            folder = _folder(place, name)
            folder.mkdir(parents=True)
            try:
                way = prepare(task, folder)
            except RuntimeError as error:
                found[name] = last(str(error), folder)
                continue
            (folder / "main.py").write_text(way.text(), "utf-8")
            programs[name] = way.started.command
            found[name] = {row: [] for row in _ROWS}
    for number in range(place.runs + 1):
        for name, command in programs.items():
            kept = found[name]
            if isinstance(kept, str):
                continue
            folder = _folder(place, name)
            try:
                words = run(place, folder / command[0], *command[1:], "main.py", cwd=folder)
            except CommandError as error:
                found[name] = last(str(error), folder)
                continue
            answer = json.loads(words.splitlines()[-1])
            if number:  # the first fills caches
                for row in _ROWS:
                    kept[row].append(answer[row])
    compared = [
        Compared(what, {name: _of(each, row) for name, each in found.items()}) for row, what in _ROWS.items()
    ]
    note = (
        f"click {_OLD} beside {_NEW}. Swapping is `scripts/benchmarks/inside/swapping.py`: before each import the "
        "caller is looked for on the stack, and the entries of `sys.modules` are exchanged for its own. In depfix and "
        "envknit an import stands in a `with` that names the version, each time."
    )
    return Result(compared=compared, notes=[note])


def _of(found: Mapping[str, list[float]] | str, row: str) -> list[float] | str:
    return found if isinstance(found, str) else found[row]


def _folder(place: Place, name: str) -> Path:
    return place.folder / "ways" / name.split()[0]


@contextlib.contextmanager
def _surroundings(place: Place) -> Iterator[None]:
    """Have what sets up the peers run as commands of this place do."""
    before = dict(os.environ)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    variables = {**environment(place), "PATH": path}
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _plain(task: Task, folder: Path) -> _Way:
    python = ways.environment(task, folder, task.new)
    return _Way(ways.Started([python], "import click as new\n"), "new", count=5000)


def _mvenv(task: Task, folder: Path) -> _Way:
    return _Way(ways.mvenv(task, folder), "new", count=5000)


def _swapping(task: Task, folder: Path) -> _Way:
    """Each side is a package with a folder of libraries."""
    python = ways.environment(task, folder)
    (folder / "swapping.py").write_text(inside("swapping"), "utf-8")
    sides = {}
    for side, requirement in (("old", task.old), ("new", task.new)):
        package = folder / f"{side}_side"
        package.mkdir()
        (package / "__init__.py").write_text(f"import click\n{_AGAIN}", "utf-8")
        ways.install_into(folder / f"{side}_libraries", task, folder, requirement)
        sides[str(package)] = (str(folder / f"{side}_libraries"), ["click"])
    begun = f"import swapping\nswapping.install({sides!r})\nimport old_side, new_side\n"
    program = f"{begun}old, new = old_side.click, new_side.click\n"
    return _Way(ways.Started([python], program), "old", "from old_side import again\n")


def _depfix(task: Task, folder: Path) -> _Way:
    return _Way(ways.depfix(task, folder), "old", _inside(f"depfix.using({task.old!r})"))


def _reyk(task: Task, folder: Path) -> _Way:
    started = ways.reyk(task, folder)
    with (folder / "old_side" / "main.py").open("a", encoding="utf-8") as file:
        file.write(_AGAIN)
    return _Way(started, "old", "from old_side.main import again\n")


def _envknit(task: Task, folder: Path) -> _Way:
    return _Way(ways.envknit(task, folder), "old", _inside(f"envknit.use('click', {_OLD!r})"))


def _inside(context: str) -> str:
    """Import in a context, each time."""
    return _AGAIN.replace("        import click", f"        with {context}:\n            import click")


_WAYS: dict[str, Callable[[Task, Path], _Way]] = {
    "plain": _plain,
    "mvenv": _mvenv,
    "swapping entries": _swapping,
    "depfix": _depfix,
    "reyk": _reyk,
    "envknit": _envknit,
}
