"""Importing what all groups ask for in one child process, to find registers that two copies cannot share.

What imports in its own group's process, and fails here in the code of a distribution that is there once, has met there
what another copy has left: such a distribution is one to double (:mod:`orchestrator.plan.registries`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.install import trying
from orchestrator.install.record import installed
from orchestrator.install.smoke import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.environments.site import Staged
    from orchestrator.plan.model import Plan
    from orchestrator.uv.interpreter import Interpreter

_CODE = """
for name in names:
    files = []
    try:
        importlib.import_module(name)
    except BaseException as error:
        traceback = error.__traceback__
        while traceback is not None:
            files.append(traceback.tb_frame.f_code.co_filename)
            traceback = traceback.tb_next
        tell([name, files])
"""


@dataclass(frozen=True, slots=True)
class Met:
    """A module whose import fails after others, and the code that was at work when it did."""

    module: str
    files: tuple[str, ...]
    """Of the traceback, the innermost last."""


def import_together(
    python: Path, root: Path, modules: Sequence[Mapping[str, Sequence[str]]]
) -> tuple[Met, ...]:
    """Import the modules of all groups in one new interpreter, group after group; return what fails.

    Nothing is known of those after one that ends the interpreter, or takes too long.

    :param python: the application environment's interpreter.
    :param modules: for each group, distribution → import names.
    """
    names = list(dict.fromkeys(name for group in modules for found in group.values() for name in found))
    told, ended = trying.imported(python, root, names, _CODE, seconds=SECONDS * len(modules))
    return () if ended.too_late else tuple(Met(name, tuple(files)) for name, files in told)


def registered_in(
    met: Iterable[Met], staged: Staged, plan: Plan, interpreter: Interpreter
) -> dict[str, frozenset[str]]:
    """Return whose imports have failed in the code of distributions that are there once: distribution → those.

    :param met: what imports alone, and not together.
    """
    owners = _owners(staged, interpreter)
    copies = Counter(name for environment in plan.everywhere() for name in environment.pins)
    found: dict[str, set[str]] = {}
    for each in met:
        names = [owners[file] for file in each.files if file in owners]
        registrant = next((name for name in reversed(names) if copies[name] > 1), None)
        if registrant is not None and copies[names[-1]] == 1:
            found.setdefault(registrant, set()).add(names[-1])
    return {name: frozenset(shared) for name, shared in found.items()}


def _owners(staged: Staged, interpreter: Interpreter) -> dict[str, str]:
    """Return whose file is whose, of what is installed: path → distribution."""
    found: dict[str, str] = {}
    for site in staged.everywhere():
        folder = venv.site_packages(site.folder, interpreter)
        for distribution in installed(folder):
            found.update((str(folder / file), distribution.canonical_name) for file in distribution.files)
    return found


def failing(met: Iterable[Met]) -> set[str]:
    """Return the modules that have failed."""
    return {each.module for each in met}
