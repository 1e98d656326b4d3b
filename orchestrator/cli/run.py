"""``mvenv run``: from a shell to the user's program. Standard library only, until a build is due.

Where nothing has changed since the last start, :mod:`orchestrator.cli.run_again` has taken a shorter way.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestrator.cli import run_again
from orchestrator.cli.root import project_root, system_error
from orchestrator.errors import MvenvError, UsageError
from orchestrator.state import freshness, still_fresh
from orchestrator.state.record import read_record
from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from typing import NoReturn

    from orchestrator.config.model import Selection
    from orchestrator.install.layers import Layer
    from orchestrator.state.documents import EnvironmentEntry, Record


_LIST = ("`mvenv list` shows the environments",)
_HELP = ("see `mvenv run --help`",)


def run(arguments: list[str]) -> NoReturn:
    """Replace this process by the command; build first if the environments are missing or stale.

    :param arguments: what stands behind ``mvenv run``.
    :raises MvenvError: if there is nothing to run, or nothing to run it in.
    """
    asked = _parse(arguments)
    root = project_root()
    record = built(root, may_build=asked.may_build, for_a_start=True, selection=asked.selection)
    environment = layer = None
    if asked.environment is not None:
        from orchestrator.cli.run_as import environment_called  # for those who ask for one

        environment = environment_called(asked.environment, record)
    if asked.additions:
        from orchestrator.cli.run_with import layer_for  # as above

        layer = layer_for(asked.additions, root, record)
    _become(_resolve(asked.command, root, record, environment, layer), root, environment, layer)


def built(
    root: Path, *, may_build: bool, for_a_start: bool = False, selection: Selection | None = None
) -> Record:
    """Return the record of environments that are what the project asks for; build first if they are not.

    :param for_a_start: overrides that take effect when an interpreter starts, without a build, are no reason for one.
    :param selection: for which dependency groups and extras they have to be; None: whichever they are for.
    :raises MvenvError: they are not, and must not be built; or the build fails.
    """
    record = read_record(root)
    if not freshness.is_fresh(root, record, for_a_start=for_a_start) or not _is_for(selection, record):
        if not may_build:
            raise _not_built(root, record, selection)
        if record is not None:
            from orchestrator.state.absence import absences  # for what a build mends

            for missing in absences(root, record):
                sys.stderr.write(
                    f"note: `{missing.place}` {missing.message}, building again: {missing.cause}\n"
                )
        build_again(root, record, selection)
        record = read_record(root)
        assert record is not None
    else:
        assert record is not None
        if for_a_start:
            still_fresh.keep(root, record)
    return record


class _Asked:
    """What the command line says."""

    __slots__ = ("additions", "command", "environment", "may_build", "selection")

    def __init__(self) -> None:
        self.may_build = True
        """Whether a build is wanted where one is due."""
        self.environment: str | None = None
        self.selection: Selection | None = None
        self.additions: list[str] = []
        """Requirements for this run alone."""
        self.command: list[str] = []


def _parse(arguments: list[str]) -> _Asked:
    asked = _Asked()
    said: list[tuple[str, str]] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-") and rest[0] != "-m":
        option = rest.pop(0)
        if option == "--":
            break
        name, equals, value = option.partition("=")
        if name in ("--as", "--with"):
            hints = _LIST if name == "--as" else _HELP
            if not equals and not rest:
                raise UsageError(f"Option '{name}' requires an argument", hints=hints)
            value = value if equals else rest.pop(0)
            if not value.strip():
                raise UsageError(f"Invalid value for '{name}': it is empty", hints=hints)
            if name == "--as":
                asked.environment = value
            else:
                asked.additions.append(value)
            continue
        if option == "--no-build":
            asked.may_build = False
            continue
        from orchestrator.cli.selecting import takes_a_name  # loads click, for those who use these options

        has_name = takes_a_name(name)
        if has_name is None or (equals and not has_name):
            raise UsageError(
                f"No such option '{option}'",
                hints=("options of the command go behind it; see `mvenv run --help`",),
            )
        if has_name and not equals:
            if not rest:
                raise UsageError(f"Option '{name}' requires an argument", hints=_HELP)
            value = rest.pop(0)
        said.append((name, value))
    if not rest or rest == ["-m"]:
        raise UsageError("`mvenv run` needs a command", hints=("for example `mvenv run python app.py`",))
    asked.command = rest
    if said:
        from orchestrator.cli.selecting import selection_said  # as above

        asked.selection = selection_said(said)
    return asked


def _is_for(selection: Selection | None, record: Record | None) -> bool:
    """Whether the last build was told of the same dependency groups and extras; whoever says nothing keeps to it."""
    if selection is None or record is None:
        return True
    from orchestrator.pipeline.built_request import recorded_selection  # for those who say something

    return selection == recorded_selection(record["request"])


def _not_built(root: Path, record: Record | None, selection: Selection | None) -> MvenvError:
    from orchestrator.state.absence import absences  # as above

    missing = [] if record is None else list(absences(root, record))
    if missing:
        return MvenvError(
            f"`{missing[0].place}` {missing[0].message}",
            causes=tuple(each.cause for each in missing),
            hints=tuple(dict.fromkeys(each.hint for each in missing)),
        )
    if record is None:
        place = root / APPLICATION_FOLDER
        what = "does not exist" if not place.is_dir() else "holds no record of a build of this mvenv's"
        message, cause = "the project has not been built", f"{place} {what}"
    elif not _is_for(selection, record):
        return MvenvError(
            "the environments are those of other dependency groups or extras",
            causes=(str(root / APPLICATION_FOLDER),),
            hints=("run `mvenv build` with the same options, or leave out `--no-build`",),
        )
    else:
        message, cause = "the environments are missing or out of date", f"{root / 'pyproject.toml'}"
    return MvenvError(message, causes=(cause,), hints=("run `mvenv build`, or leave out `--no-build`",))


def build_again(root: Path, record: Record | None, selection: Selection | None = None) -> None:
    """Build the project as it was built the last time, or for a selection, and say what came of it."""
    from orchestrator.cli.build import summarize
    from orchestrator.cli.replacing import may_replace
    from orchestrator.config.project import load_project
    from orchestrator.config.request import Request
    from orchestrator.pipeline.build import build
    from orchestrator.pipeline.built_request import kept_selection
    from orchestrator.system.children import ended_with_this_process
    from orchestrator.system.console import Reporter
    from orchestrator.system.scratch import scratch

    reporter = Reporter()
    try:
        with ended_with_this_process(), scratch():
            pyproject = root / "pyproject.toml"
            if selection is None:
                selection = kept_selection(record, load_project(pyproject))
            built = build(pyproject, reporter, Request(selection, replace=may_replace(root)))
    except OSError as error:
        raise system_error(error) from error
    summarize(built, reporter)


def _resolve(
    command: list[str],
    root: Path,
    record: Record,
    environment: EnvironmentEntry | None,
    layer: Layer | None,
) -> list[str]:
    scripts = root / APPLICATION_FOLDER / this_system.SCRIPTS
    python = str(root / APPLICATION_FOLDER / this_system.PYTHON)
    name = command[0]
    is_path = this_system.is_path(name)
    own: str | list[str] | None
    if layer is not None and not is_path and not run_again.is_for_python(name):
        from orchestrator.cli.run_with import command_in

        own = command_in(layer, name, python)
        if own is not None:
            return [*own, *command[1:]]
    if environment is not None and not is_path and not run_again.is_for_python(name):
        from orchestrator.cli.run_as import command_of
        from orchestrator.install.scripts import is_python

        own = command_of(environment, name, root, record)
        if own is not None:  # with the Python that has the shim, not the environment's own
            return [*([python] if is_python(Path(own)) else []), own, *command[1:]]
    own = run_again.own_command(command, str(root))
    if own is not None:
        return own
    if is_path:
        files = (name, *this_system.file_names(name, os.environ))
        found = next((file for file in files if Path(file).exists()), None)
    else:
        elsewhere = os.environ.get("PATH", os.defpath).split(os.pathsep)
        found = run_again.which(name, elsewhere)
        if record["environments"]:
            from orchestrator.cli.run_as import (
                refuse_hidden,
            )  # for what a project does not have, in most cases

            refuse_hidden(name, root, record, found)
        if found is not None:
            from orchestrator.cli.run_elsewhere import check  # as above

            check(name, found, root, [str(scripts), *elsewhere])
    if found is not None:
        return [found, *command[1:]]
    if is_path or name.endswith(".py"):
        raise MvenvError(
            f"no such file: `{name}`",
            causes=(f"the working directory is {Path.cwd()}",),
            hints=("check the spelling, and the folder you are in",),
        )
    from orchestrator.cli.run_elsewhere import hints  # as above

    raise MvenvError(
        f"command not found: `{name}`",
        causes=(f"it is neither in {scripts} nor on PATH",),
        hints=tuple(hints(name, None, root)),
    )


def _become(
    command: list[str], root: Path, as_environment: EnvironmentEntry | None, layer: Layer | None
) -> NoReturn:
    variables = run_again.variables_in(str(root))
    if layer is not None:
        from orchestrator.cli.run_with import with_layer

        variables = with_layer(variables, layer)
    if as_environment is not None:
        from runtime_shim.model.names import ASKED_FOR, STARTED_BY

        variables[STARTED_BY] = ASKED_FOR + as_environment["name"]
    try:
        this_system.become(command, variables)
    except OSError as error:
        raise MvenvError(f"cannot run `{command[0]}`", causes=(str(error),)) from None
