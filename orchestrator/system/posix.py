"""What is so on Linux and other POSIX systems: where things lie in an environment, commands, processes, links.

:mod:`orchestrator.system.this_system` chooses between this module and its like for the other systems. Standard library
only, and little of it: ``mvenv run`` asks here before every start.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

SCRIPTS = "bin"
"""Folder of the commands in an environment."""
PYTHON = "bin/python"
"""An environment's interpreter."""
SITE_PACKAGES = "lib/python*/site-packages"
"""Pattern of the folder of distributions in an environment."""
NEW_SESSION, CREATION_FLAGS = True, 0
"""How :class:`subprocess.Popen` starts a child that can be ended with all that it starts.

That is a session and not only a process group: a background group that asks the terminal for a password would be
stopped (SIGTTIN) and never end.
"""


def file_names(command: str, variables: Mapping[str, str]) -> Sequence[str]:  # noqa: ARG001 - as on Windows
    """Return the names that the file of a command may have, in the order in which they are tried."""
    return (command,)


def command_name(file_name: str, variables: Mapping[str, str]) -> str:  # noqa: ARG001 - as on Windows
    """Return what the command in a file of this name is called."""
    return file_name


def versioned_name(file_name: str, version: str) -> str:
    """Return the name of a command's file that says which version it is of."""
    return f"{file_name}@{version}"


def is_path(command: str) -> bool:
    """Whether a command is given as a path, so that it is not looked for on ``PATH``."""
    return "/" in command


def interpreter_behind(environment: str) -> str:
    """Return the file that has to be there for the Python of an environment to start, as links lead to it."""
    return os.path.realpath(f"{environment}/{PYTHON}")


def place_link(target: str, at: str) -> None:
    """Make a file or folder be found at *at*, too.

    :param target: relative to the folder of *at*, or absolute.
    :raises OSError: something is there already.
    """
    os.symlink(target, at)  # noqa: PTH211 - the target is a text of its own


if sys.platform != "win32":

    def is_running(process: int) -> bool:
        """Whether there is a process of this number, whoever's it is."""
        if process <= 0:  # a group
            return False
        try:
            os.kill(process, 0)  # a question alone
        except (OSError, OverflowError) as error:
            return isinstance(error, PermissionError)  # somebody else's
        return True

    def end_session(leader: int, *, gently: bool) -> None:
        """End a child that was started as :data:`NEW_SESSION` says, and all that it has started.

        :param gently: they may put away what they have begun.
        """
        import signal  # for those who start children
        from contextlib import suppress

        with suppress(ProcessLookupError, PermissionError):  # macOS refuses where only a zombie is left
            os.killpg(leader, signal.SIGTERM if gently else signal.SIGKILL)

    def session_is_there(leader: int) -> bool:
        """Whether anything is left of such a child and of what it has started."""
        try:
            os.killpg(leader, 0)
        except (ProcessLookupError, PermissionError):
            return False
        return True

    def become(command: list[str], variables: Mapping[str, str]) -> NoReturn:
        """Run a command in place of this process.

        :raises OSError: it cannot be started.
        """
        os.execve(command[0], command, variables)


if sys.platform == "linux":
    _AT_FDCWD = -100
    _RENAME_EXCHANGE = 2

    def exchange(one: str, other: str) -> bool:
        """Exchange two names of one file system in one step (renameat2(2)); return whether that was done."""
        import ctypes  # for builds

        try:
            renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        except (OSError, AttributeError):  # a libc without it
            return False
        names = os.fsencode(one), os.fsencode(other)
        return bool(renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) == 0)

    _FICLONE = 0x40049409  # linux/fs.h

    def reflink(source: str, target: str) -> bool:
        """Make *target* a file of its own that shares the blocks of *source* (btrfs, XFS); return whether it could be.

        It has the source's permissions and times. There is no *target* where it could not.
        """
        import fcntl  # for builds
        import shutil

        try:
            with open(source, "rb") as old, open(target, "xb") as new:  # noqa: PTH123
                fcntl.ioctl(new, _FICLONE, old.fileno())
        except OSError:
            try:
                os.unlink(target)  # noqa: PTH108
            except OSError:
                return False
            return False
        shutil.copystat(source, target)
        return True

else:

    def exchange(one: str, other: str) -> bool:  # noqa: ARG001 - as on Linux
        """Exchange two names in one step; no system here is known to do so."""
        return False

    def reflink(source: str, target: str) -> bool:  # noqa: ARG001 - as on Linux
        """Make *target* a file that shares the blocks of *source*; no system here is known to do so."""
        return False
