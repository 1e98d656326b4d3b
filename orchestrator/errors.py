"""The errors a user can cause, and the one form in which they are shown.

MvenvError (exit code 1)
├── ConfigError       pyproject.toml or custom_dependencies_versions.json
├── ResolutionError   no versions satisfy the requirements, or the index has no answer
├── InstallError      an environment could not be made
└── UsageError        the command line itself (exit code 2)

On screen::

    error: <what is wrong, one sentence>
      cause: <where, or what another tool said>

    hint: <what to do>
"""

from __future__ import annotations


class MvenvError(Exception):
    """A failure that the user can understand and mend: shown in a few lines, never as a traceback.

    :param message: what is wrong, in one sentence without a full stop.
    :param causes: where it is (file, line, key) or what another tool said; a line each.
    :param hints: what to do about it; a line each.
    """

    exit_code = 1

    def __init__(self, message: str, *, causes: tuple[str, ...] = (), hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.causes = causes
        self.hints = hints

    def __str__(self) -> str:
        lines = [f"error: {self.message}"]
        lines += [f"  cause: {cause}" for cause in self.causes]
        if self.hints:
            lines.append("")
            lines += [f"hint: {hint}" for hint in self.hints]
        return "\n".join(lines)


class ConfigError(MvenvError):
    """A file the user wrote says something that mvenv cannot accept."""


class ResolutionError(MvenvError):
    """The requirements cannot be satisfied, or the index could not say."""


class InstallError(MvenvError):
    """An environment could not be created, filled or committed."""


class UsageError(MvenvError):
    """The command line is wrong."""

    exit_code = 2
