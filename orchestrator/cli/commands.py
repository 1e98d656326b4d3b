"""The command line, one module a command."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import click

from orchestrator import __version__
from orchestrator.cli.add import add
from orchestrator.cli.alias import alias
from orchestrator.cli.build import build
from orchestrator.cli.cache import cache
from orchestrator.cli.clean import clean
from orchestrator.cli.completion import VARIABLE, completion
from orchestrator.cli.constrain import constrain
from orchestrator.cli.doctor import doctor
from orchestrator.cli.examples import with_examples
from orchestrator.cli.export import export
from orchestrator.cli.graph import graph
from orchestrator.cli.groups import Commands
from orchestrator.cli.init import init
from orchestrator.cli.isolate import isolate
from orchestrator.cli.kernel import kernel
from orchestrator.cli.list import list_
from orchestrator.cli.lock import lock
from orchestrator.cli.outdated import outdated
from orchestrator.cli.override import override
from orchestrator.cli.pack import pack
from orchestrator.cli.remove import remove
from orchestrator.cli.root import system_error
from orchestrator.cli.selecting import selecting
from orchestrator.cli.shell import shell
from orchestrator.cli.tree import tree
from orchestrator.cli.why import why
from orchestrator.errors import UsageError
from orchestrator.system import shown


class _Commands(Commands):
    synonyms: ClassVar[dict[str, str]] = {"sync": "build", "install": "build"}


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--project", metavar="DIR", help="The project nearest to DIR, not to the working directory.")
@click.option("-C", "--directory", metavar="DIR", help="Work in DIR.")
@click.option("-q", "--quiet", is_flag=True, help="Errors and warnings only; twice: errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Say what is asked of uv, and how long it took.")
@click.option("--color", type=click.Choice(shown.COLORS), help="Colours: on a terminal, always, never.")
@click.option("--no-progress", is_flag=True, help="No progress lines on a terminal.")
@click.version_option(__version__, "--version", "-V", prog_name="mvenv", message="%(prog)s %(version)s")
def commands(**_: Any) -> None:
    """End dependency conflicts: install libraries that need different versions of a third, run them together.

    Settings live in `[tool.mvenv]` of pyproject.toml; uv's own settings and environment variables apply. The options
    below may also stand behind a command (but for `run` and `python`, where they are the program's).
    """


@commands.command(
    "run",
    short_help="Run a command in the project's environments.",
    options_metavar="[OPTIONS]",
    context_settings={"ignore_unknown_options": True},
)
@click.option("--no-build", is_flag=True, help="Fail instead of building when the environments are stale.")
@click.option(
    "--as", "environment", metavar="ENVIRONMENT", help="With that environment's view, not the application's."
)
@click.option(
    "--with",
    "additions",
    metavar="REQUIREMENT",
    multiple=True,
    help="Have this besides, in this run alone: a requirement, a folder, an archive or a repository.",
)
@selecting
@click.argument("command", nargs=-1, required=True, metavar="COMMAND [ARGUMENT]... | SCRIPT.py | -m MODULE")
def run_help(**_: Any) -> None:
    """Run COMMAND in the application environment; build first if anything has changed.

    A build takes in the dependency groups and extras that the options name; without any, those of the last build. The
    command takes mvenv's place: its exit code and its signals are its own.

    Of several versions of a command, its plain name is the one that the application imports; another is called
    NAME@VERSION. `--as` takes an environment's name, NAME==VERSION of a distribution in it, or a distribution's name if
    only one environment has it: `mvenv run --as black==23.1.0 python -m black`.

    What `--with` names comes first on the application's search path, with what it needs; the environments of the
    project see their own. It is kept in the cache, and in no file of the project.
    """
    raise AssertionError("`mvenv run` is handled before click is loaded")


@commands.command(
    "python", short_help="Run the project's Python.", context_settings={"ignore_unknown_options": True}
)
@click.argument("arguments", nargs=-1, metavar="[ARGUMENT]...")
def python_help(**_: Any) -> None:
    """Run the application environment's Python; build first if anything has changed.

    The same as `mvenv run python`: without an argument a shell, else a script, `-m MODULE` or `-c CODE`.
    """
    raise AssertionError("`mvenv python` is handled before click is loaded")


commands.add_command(add)
commands.add_command(alias)
commands.add_command(build)
commands.add_command(cache)
commands.add_command(clean)
commands.add_command(completion)
commands.add_command(constrain)
commands.add_command(doctor)
commands.add_command(export)
commands.add_command(graph)
commands.add_command(init)
commands.add_command(isolate)
commands.add_command(kernel)
commands.add_command(outdated)
commands.add_command(override)
commands.add_command(lock)
commands.add_command(pack)
commands.add_command(remove)
commands.add_command(list_)
commands.add_command(shell)
commands.add_command(tree)
commands.add_command(why)


def _with_values(command: click.Command) -> None:
    """Let no option of a command take an empty text, which would mean that it was not given."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _with_values(each)
    for parameter in command.params:
        if (
            isinstance(parameter, click.Option)
            and isinstance(parameter.type, (click.types.StringParamType, click.Path))
            and parameter.flag_value != ""  # what an option is that may stand alone
            and parameter.callback is None
        ):
            parameter.callback = _not_empty


def _not_empty(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
    source = context.get_parameter_source(parameter.name or "")
    given = value if isinstance(value, tuple) else (value,)
    if source is click.core.ParameterSource.COMMANDLINE and not all(str(each).strip() for each in given):
        raise click.BadParameter("it is empty", context, parameter)
    return value


_with_values(commands)
with_examples(commands)


def cli(arguments: list[str]) -> int:
    """Run the command line *arguments* and return the exit code.

    :raises MvenvError: what a command could not do.
    """
    if not arguments and VARIABLE not in os.environ:
        with click.Context(commands, info_name="mvenv") as context:
            click.echo(commands.get_help(context), err=True)
        return UsageError.exit_code
    try:
        code = commands.main(arguments, prog_name="mvenv", standalone_mode=False)
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.Abort:
        return 130
    except click.exceptions.NoArgsIsHelpError as error:  # a group without its command
        click.echo(error.format_message(), err=True)
        return UsageError.exit_code
    except click.UsageError as error:
        # Not `error.ctx`: an option without its value leaves that at None.
        where = f"mvenv {arguments[0]}" if arguments[0] in commands.commands else "mvenv"
        message = error.format_message().rstrip(".")
        hints = [f"`{where} --help` shows how it is used"]
        if arguments[0] == "install" and "unexpected extra argument" in message:
            hints.insert(0, f"`mvenv add {' '.join(arguments[1:])}` adds requirements, then builds")
        raise UsageError(message, hints=tuple(hints)) from None
    except OSError as error:
        raise system_error(error) from error
    return code if isinstance(code, int) else 0
