"""Importing every direct requirement once, in a child process, because metadata lies."""

from __future__ import annotations

import json
import os
import re
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
    try:
        importlib.import_module(name)
        problem = ""
    except BaseException as error:
        problem = f"{type(error).__name__}: {error}"
    print(json.dumps([name, problem]), file=out, flush=True)
out.flush()
os._exit(0)
"""

# What old releases say when a newer dependency took something away → the constraint that brings it back.
_LIKELY = (
    (
        r"numpy\.dtype size changed|compiled using NumPy 1|_ARRAY_API not found|np\.\w+`? was removed",
        "numpy<2",
    ),
    (r"module 'numpy' has no attribute|cannot import name '\w+' from 'numpy", "numpy<2"),
    (r"No module named 'pkg_resources\b", "+setuptools<81"),
    (r"No module named 'distutils\b", "+setuptools"),
    (r"cannot import name '\w+' from 'pydantic|PydanticImportError|PydanticUserError", "pydantic<2"),
)


# PEP 594 and the modules removed with it in 3.12 and 3.13: what an index holds under these names is another thing.
_LEFT_THE_STANDARD_LIBRARY = frozenset(
    "aifc asynchat asyncore audioop cgi cgitb chunk crypt imghdr imp lib2to3 mailcap msilib nis nntplib "  # noqa: SIM905
    "ossaudiodev pipes smtpd sndhdr spwd sunau telnetlib uu xdrlib".split()
)


@dataclass(frozen=True, slots=True)
class ImportFailure:
    """A direct requirement that does not import."""

    requirement: str
    module: str
    message: str

    def hint(self) -> str:
        """Suggest what to write into ``[tool.mvenv.constraints]``."""
        for pattern, constraint in _LIKELY:
            if re.search(pattern, self.message):
                return self._constraint(constraint)
        missing = re.search(r"No module named '(\w+)(\.)?", self.message)
        if missing is not None and missing[1] in _LEFT_THE_STANDARD_LIBRARY:
            return f"`{missing[1]}` is no longer in Python's standard library; an older Python has it"
        if missing is not None and missing[2]:
            older = self._constraint(f"{missing[1]}<…")
            return f"`{missing[1]}` is there without it; an older release may do: {older}"
        if missing is not None:
            return self._constraint(f"+{missing[1]}")
        bound = self._constraint("…<…")
        return f"its metadata may promise too much; an older release of a dependency may do: {bound}"

    def _constraint(self, text: str) -> str:
        return f'add `"{self.requirement}" = ["{text}"]` to `[tool.mvenv.constraints]`'


def check(python: Path, root: Path, modules: Sequence[Mapping[str, Sequence[str]]]) -> list[ImportFailure]:
    """Import the modules of each group's requirements, one child process a group.

    :param python: the application environment's interpreter.
    :param modules: for each group, distribution → import names.
    """
    found = in_parallel(lambda names: _check(python, root, names), modules)
    return [failure for failures in found for failure in failures]


def _check(python: Path, root: Path, modules: Mapping[str, Sequence[str]]) -> list[ImportFailure]:
    owner = {
        module: requirement for requirement, names in reversed(list(modules.items())) for module in names
    }
    failures: list[ImportFailure] = []
    waiting = list(dict.fromkeys(module for found in modules.values() for module in found))
    while waiting:
        told, end = _import(python, root, waiting)
        failures += [
            ImportFailure(owner[module], module, told[module].splitlines()[0])
            for module in waiting
            if told.get(module)
        ]
        untold = [module for module in waiting if module not in told]
        if untold:  # the interpreter did not survive the first of them; the others get a new one
            failures.append(ImportFailure(owner[untold[0]], untold[0], end))
        waiting = untold[1:] if end != _TOO_LONG else []
    # A distribution's modules mostly fail for one reason.
    return list({(failure.requirement, failure.message): failure for failure in reversed(failures)}.values())[
        ::-1
    ]


def _import(python: Path, root: Path, names: Sequence[str]) -> tuple[dict[str, str], str]:
    """Import modules in a new interpreter: module → what went wrong, or empty; and how the interpreter ended."""
    # `-P`: the project's own files must not stand in for a distribution's modules.
    command = [str(python), "-P", "-W", "ignore", "-c", _CHILD, json.dumps(names)]
    ended = children.run(command, cwd=root, environment=os.environ, seconds=SECONDS)
    output, end = ended.stdout, _TOO_LONG if ended.too_late else _ended(ended.code)
    told = dict(json.loads(line) for line in output.splitlines() if line.startswith("["))
    return told, end


def _ended(code: int) -> str:
    if code >= 0:
        return f"the interpreter ended with code {code}"
    try:
        name = f" ({signal.Signals(-code).name})"
    except ValueError:
        name = ""
    return f"the interpreter was ended by signal {-code}{name}"
