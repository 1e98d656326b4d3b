"""Importing every direct requirement once, in a child process, because metadata lies.

What a failure means, and what to do about it, is in :mod:`orchestrator.install.advice`.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.install import trying
from orchestrator.system.parallel import in_parallel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.install.trying import AtWork

SECONDS = 120
_TOO_LONG = f"it took more than {SECONDS} seconds"

_CODE = """
def children():
    try:
        return {each for thread in os.listdir("/proc/self/task") for each in read(f"/proc/self/task/{thread}/children")}
    except OSError:
        return set()
def read(path):
    with open(path) as file:
        return file.read().split()
before = set()
for name in names:
    problem = missing = ""
    module, _, attribute = name.partition(":")
    try:
        found = importlib.import_module(module)
        for each in filter(None, attribute.split(".")):
            found = getattr(found, each)
    except BaseException as error:
        problem = f"{type(error).__name__}: {error}"
        while error is not None and not isinstance(error, ModuleNotFoundError):
            error = error.__cause__ or error.__context__
        missing = str(error.name or "") if error is not None else ""
    now = children()
    tell([name, problem, missing, bool(now - before)])
    before = now
"""


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """A direct requirement that does not import, or one of its commands that would not."""

    requirement: str
    """Its name in `[tool.mvenv.constraints]`."""
    module: str
    """Or what a command calls, ``module:attribute``."""
    message: str
    missing: str = ""
    """The module that was not found, if that is the reason or was the reason of the reason."""
    group: int = 0
    """The number of the group, from 0."""


def check(
    python: Path,
    root: Path,
    modules: Sequence[Mapping[str, Sequence[str]]],
    commands: Sequence[Mapping[str, Sequence[str]]] = (),
    left_behind: Callable[[str], None] = lambda _: None,
    at_work: AtWork | None = None,
) -> list[ImportFailure]:
    """Import the modules of each group's requirements, one child process a group.

    :param python: the application environment's interpreter.
    :param modules: for each group, requirement → import names.
    :param commands: the same, to be imported after those: what a program does when it starts changes the process. Of
        ``module:attribute`` the attribute has to be there.
    :param left_behind: told of every requirement that leaves a process behind when it is imported.
    :param at_work: told what is being imported.
    """
    numbered = [(number, [found, *commands[number : number + 1]]) for number, found in enumerate(modules)]
    results = in_parallel(lambda each: _check(python, root, *each, left_behind, at_work), numbered)
    return [failure for failures in results for failure in failures]


def _check(
    python: Path,
    root: Path,
    group: int,
    asked: Sequence[Mapping[str, Sequence[str]]],
    left_behind: Callable[[str], None],
    at_work: AtWork | None,
) -> list[ImportFailure]:
    pairs = [
        (module, requirement) for found in asked for requirement, names in found.items() for module in names
    ]
    owner = dict(reversed(pairs))
    failures: list[ImportFailure] = []
    waiting = list(dict.fromkeys(module for module, _ in pairs))
    while waiting:
        answers, ended = trying.imported(python, root, waiting, _CODE, seconds=SECONDS, at_work=at_work)
        told = {name: (problem, missing) for name, problem, missing, _ in answers}
        if ended.left_behind:
            starters = [name for name, _, _, has_started in answers if has_started] or waiting
            for requirement in dict.fromkeys(owner[name] for name in starters):
                left_behind(requirement)
        end = _TOO_LONG if ended.too_late else _ended(ended.code)
        for module in waiting:
            problem, missing = told.get(module, ("", ""))
            if problem:
                first = problem.splitlines()[0]
                failures.append(ImportFailure(owner[module], module, first, missing, group))
        untold = [module for module in waiting if module not in told]
        if untold:  # the interpreter did not survive the first of them; the others get a new one
            failures.append(ImportFailure(owner[untold[0]], untold[0], end, group=group))
        waiting = untold[1:] if end != _TOO_LONG else []
    # A distribution's modules mostly fail for one reason.
    return list({(failure.requirement, failure.message): failure for failure in reversed(failures)}.values())[
        ::-1
    ]


def _ended(code: int) -> str:
    if code >= 1 << 31:  # Windows: an NTSTATUS, 0xC0000005 for an access violation
        return f"the interpreter was ended by exception 0x{code:08X}"
    if code >= 0:
        return f"the interpreter ended with code {code}"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"the interpreter was ended by signal {-code}{name}"
