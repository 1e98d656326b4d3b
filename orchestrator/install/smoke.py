"""Importing every direct requirement once, in a child process, because metadata lies.

What a failure means, and what to do about it, is in :mod:`orchestrator.install.advice`.
"""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.system import children
from orchestrator.system.parallel import in_parallel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SECONDS = 120
_TOO_LONG = f"it took more than {SECONDS} seconds"

_CHILD = """
import importlib, json, os, sys
out = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
for name in json.loads(sys.argv[1]):
    problem = missing = ""
    try:
        importlib.import_module(name)
    except BaseException as error:
        problem = f"{type(error).__name__}: {error}"
        while error is not None and not isinstance(error, ModuleNotFoundError):
            error = error.__cause__ or error.__context__
        missing = str(error.name or "") if error is not None else ""
    print(json.dumps([name, problem, missing]), file=out, flush=True)
out.flush()
os._exit(0)
"""


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """A direct requirement that does not import, or one of its commands that would not."""

    requirement: str
    """Its name in `[tool.mvenv.constraints]`."""
    module: str
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
) -> list[ImportFailure]:
    """Import the modules of each group's requirements, one child process a group.

    :param python: the application environment's interpreter.
    :param modules: for each group, requirement → import names.
    :param commands: the same, to be imported after those: what a program does when it starts changes the process.
    """
    numbered = [(number, [found, *commands[number : number + 1]]) for number, found in enumerate(modules)]
    results = in_parallel(lambda each: _check(python, root, *each), numbered)
    return [failure for failures in results for failure in failures]


def _check(
    python: Path, root: Path, group: int, asked: Sequence[Mapping[str, Sequence[str]]]
) -> list[ImportFailure]:
    pairs = [
        (module, requirement) for found in asked for requirement, names in found.items() for module in names
    ]
    owner = dict(reversed(pairs))
    failures: list[ImportFailure] = []
    waiting = list(dict.fromkeys(module for module, _ in pairs))
    while waiting:
        told, end = _import(python, root, waiting)
        for module in waiting:
            message, missing = told.get(module, ("", ""))
            if message:
                failures.append(ImportFailure(owner[module], module, message.splitlines()[0], missing, group))
        untold = [module for module in waiting if module not in told]
        if untold:  # the interpreter did not survive the first of them; the others get a new one
            failures.append(ImportFailure(owner[untold[0]], untold[0], end, group=group))
        waiting = untold[1:] if end != _TOO_LONG else []
    # A distribution's modules mostly fail for one reason.
    return list({(failure.requirement, failure.message): failure for failure in reversed(failures)}.values())[
        ::-1
    ]


def _import(python: Path, root: Path, names: Sequence[str]) -> tuple[dict[str, tuple[str, str]], str]:
    """Import modules in a new interpreter.

    :return: module → what went wrong (empty: nothing) and which module was missing; and how the interpreter ended.
    """
    # `-P`: the project's own files must not stand in for a distribution's modules.
    command = [str(python), "-P", "-W", "ignore", "-c", _CHILD, json.dumps(names)]
    ended = children.run(command, cwd=root, environment=os.environ, seconds=SECONDS)
    output, end = ended.stdout, _TOO_LONG if ended.too_late else _ended(ended.code)
    answers = (json.loads(line) for line in output.splitlines() if line.startswith("["))
    return {module: (message, missing) for module, message, missing in answers}, end


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
