"""The ``mvenv`` command. ``mvenv run`` takes a short way: it must not pay for what only builds need."""

from __future__ import annotations

import sys

from orchestrator.cli.run_again import run_again

_COLLECTED_AFTER = 500_000
"""New objects that can be part of cycles. A command that lives for a second has no garbage worth looking for, but
going through all that is loaded took a tenth of its time; a long search is still kept within bounds."""


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        run_again(sys.argv[1:])
        import gc  # as all that follows, not for most starts of a program

        gc.set_threshold(_COLLECTED_AFTER)
        try:
            _run(sys.argv[1:])
        finally:
            gc.freeze()  # the interpreter ends: it need not look through what is left
    except KeyboardInterrupt:
        sys.exit(130)


def _run(arguments: list[str]) -> None:
    from orchestrator.errors import MvenvError

    try:
        if any(argument.startswith("-") for argument in arguments):
            from orchestrator.cli.global_options import taken  # not for those who use none

            arguments = taken(arguments)
        if arguments[:1] in (["run"], ["python"]) and not {"-h", "--help"}.intersection(arguments[1:2]):
            from orchestrator.cli.run import run  # standard library only

            run(["--", *arguments] if arguments[0] == "python" else arguments[1:])
        from orchestrator.system.streams import accept_all_characters

        accept_all_characters()
        if arguments in (["build"], ["sync"], ["install"]):
            from orchestrator.cli.fresh import say_if_fresh  # loading click would double the time

            if say_if_fresh():
                return
        from orchestrator.cli.commands import cli
        from orchestrator.system.children import ended_with_this_process
        from orchestrator.system.scratch import scratch

        with ended_with_this_process(), scratch():
            code = cli(arguments)
        sys.exit(code)
    except MvenvError as error:
        from orchestrator.system.console import show_error

        show_error(str(error))
        sys.exit(error.exit_code)
    except OSError as error:
        from orchestrator.cli.root import system_error
        from orchestrator.system.console import show_error

        show_error(str(system_error(error)))
        sys.exit(1)


if __name__ == "__main__":
    main()
