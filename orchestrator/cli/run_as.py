"""Whose command is meant: environments by the names people give them, and the commands in them.

Standard library only, like :mod:`orchestrator.cli.run`, which alone uses it.
"""

from __future__ import annotations

import os
from pathlib import Path

from orchestrator.errors import MvenvError
from orchestrator.system import this_system

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from orchestrator.state.documents import EnvironmentEntry, NameAndVersion, Record


def environment_called(asked: str, record: Record) -> EnvironmentEntry | None:
    """Return the environment that *asked* means, None for the application's.

    :param asked: an environment's name or folder, an import alias, ``NAME==VERSION`` of a distribution, or a
        distribution's name if one environment holds it. What all share is the application's, too.
    :raises MvenvError: if there is none, or several.
    """
    graph = record["graph"]
    environments, application = graph["environments"], graph["application"]
    for entry in environments:
        if asked.rstrip("/") in (entry["name"], entry["path"], Path(entry["path"]).name):
            return entry
    for alias in graph["aliases"]:
        if asked == alias["name"]:
            return next((entry for entry in environments if entry["name"] == alias["environment"]), None)
    name, _, version = (word.strip() for word in asked.partition("=="))
    holding = [entry for entry in environments if _holds(entry["distributions"], name, version)]
    if len(holding) == 1:
        return holding[0]
    if not holding and (asked == application["name"] or _holds(application["distributions"], name, version)):
        return None
    if holding:
        raise MvenvError(
            f"`{asked}` is in several environments",
            causes=tuple(f"`{entry['name']}` has {_release(entry, name)}" for entry in holding),
            hints=(f"name the environment, for example `mvenv run --as {holding[0]['name']} …`",),
        )
    raise MvenvError(
        f"no environment `{asked}`",
        causes=(
            "it is neither the name of an environment nor of a distribution in one",
            f"there are: {', '.join([application['name'], *(entry['name'] for entry in environments)])}",
        ),
        hints=("`mvenv list` shows which distribution is in which",),
    )


def _holds(distributions: list[NameAndVersion], name: str, version: str) -> bool:
    from runtime_shim.model.names import canonical  # for those who ask for an environment

    return any(
        canonical(one["name"]) == canonical(name) and (not version or one["version"] == version)
        for one in distributions
    )


def _release(entry: EnvironmentEntry, name: str) -> str:
    return next(
        f"{one['name']} {one['version']}" for one in entry["distributions"] if _holds([one], name, "")
    )


def command_of(entry: EnvironmentEntry, name: str, root: Path, record: Record) -> str | None:
    """Return the file of a command of an environment, or of one that it borrows from; None if there is none."""
    homes = [entry["name"], *entry["borrowed"].values()]
    places = {one["name"]: one["path"] for one in record["graph"]["environments"]}
    for home in dict.fromkeys(homes):
        file = _command(root / places[home], name) if home in places else None
        if file is not None:
            return file
    return None


def _command(folder: Path, name: str) -> str | None:
    for file in this_system.file_names(name, os.environ):
        path = os.path.join(folder, this_system.SCRIPTS, file)  # noqa: PTH118 - as in orchestrator.cli.run
        if not _is_interpreter(path) and os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
            return path
    return None


def _is_interpreter(path: str) -> bool:
    """Whether a command is an environment's own Python: a link to another, or on Windows a program that starts it."""
    name = os.path.basename(path)  # noqa: PTH119 - as above
    linked = os.path.islink(path) or this_system.PYTHON.endswith(".exe")  # noqa: PTH114
    return name.startswith("python") and linked


def refuse_hidden(name: str, root: Path, record: Record, elsewhere: str | None) -> None:
    """Make sure that no environment has a command of this name, which is not in the application environment.

    Another program of the name, anywhere on PATH, is not what is meant then.

    :param elsewhere: that program.
    :raises MvenvError: if one has it.
    """
    graph = record["graph"]
    having = [entry for entry in graph["environments"] if _command(root / entry["path"], name)]
    if not having:
        return
    causes = [
        f"environment `{entry['name']}` has it: {entry['path']}/{this_system.SCRIPTS}/{name}"
        for entry in having
    ]
    if elsewhere is not None:
        causes.append(f"{elsewhere} is another program, and was not run")
    raise MvenvError(
        f"`{name}` is no command of the application",
        causes=tuple(causes),
        hints=(
            *(f"`mvenv run --as {entry['name']} {name}` runs it" for entry in having),
            *((f"`{elsewhere}` runs the other",) if elsewhere is not None else ()),
        ),
    )
