"""The ``mvenv`` command. ``mvenv run`` takes a short way: it must not pay for what only builds need."""

from __future__ import annotations

import sys

from orchestrator.errors import MvenvError


def main() -> None:
    """Run the command line and exit with its code."""
    arguments = sys.argv[1:]
    try:
        if arguments[:1] == ["run"] and not {"-h", "--help"}.intersection(arguments[1:2]):
            from orchestrator.cli.run import run  # standard library only

            sys.exit(run(arguments[1:]))
        from orchestrator.cli import cli

        sys.exit(cli(arguments))
    except MvenvError as error:
        from orchestrator.console import show_error

        show_error(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
