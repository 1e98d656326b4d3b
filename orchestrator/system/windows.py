"""What is so on Windows: where things lie in an environment, commands, processes, links.

The same names as in :mod:`orchestrator.system.posix`. What only decides is tested everywhere, with the values that
Windows has; what asks Windows is written for it and was never run there (docs/systems.md).
"""

from __future__ import annotations

import ntpath
import os
import sys

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

SCRIPTS = "Scripts"
"""Folder of the commands in an environment."""
PYTHON = "Scripts/python.exe"
"""An environment's interpreter."""
SITE_PACKAGES = "Lib/site-packages"
"""Pattern of the folder of distributions in an environment."""
NEW_SESSION, CREATION_FLAGS = False, 0x200  # CREATE_NEW_PROCESS_GROUP
"""How :class:`subprocess.Popen` starts a child that can be ended with all that it starts."""

_EXTENSIONS = ".COM;.EXE;.BAT;.CMD"  # where PATHEXT is not set, as in `shutil.which`
_NO_PRIVILEGE = 1314  # ERROR_PRIVILEGE_NOT_HELD


def _extensions(variables: Mapping[str, str]) -> list[str]:
    listed = variables.get("PATHEXT") or _EXTENSIONS
    return [extension.lower() for extension in listed.split(";") if extension.startswith(".")]


def file_names(command: str, variables: Mapping[str, str]) -> Sequence[str]:
    """Return the names that the file of a command may have, in the order in which they are tried.

    With one of the extensions that Windows takes for a program's (``PATHEXT``) it is that file and no other first; a
    file without any cannot be started.
    """
    extensions = _extensions(variables)
    own = (command,) if command.lower().endswith(tuple(extensions)) else ()
    return (*own, *(command + extension for extension in extensions))


def command_name(file_name: str, variables: Mapping[str, str]) -> str:
    """Return what the command in a file of this name is called: without its extension, and in small letters."""
    stem, extension = ntpath.splitext(file_name.lower())
    return stem if extension in _extensions(variables) else file_name.lower()


def versioned_name(file_name: str, version: str) -> str:
    """Return the name of a command's file that says which version it is of; the extension stays the last."""
    stem, extension = ntpath.splitext(file_name)
    return f"{stem}@{version}{extension}"


def is_path(command: str) -> bool:
    """Whether a command is given as a path, so that it is not looked for on ``PATH``."""
    return any(mark in command for mark in "\\/:")


def base_executable(configuration: str) -> str:
    """Return the interpreter that an environment's starts, by the text of its ``pyvenv.cfg``; empty if it is not said.

    ``base-executable`` is virtualenv's, ``executable`` that of :mod:`venv`, ``home`` the folder that both write.
    """
    lines = (line.partition("=") for line in configuration.splitlines())
    said = {key.strip().lower(): value.strip() for key, _, value in lines}
    home = said.get("home")
    named = said.get("base-executable") or said.get("executable")
    return named or (ntpath.join(home, "python.exe") if home else "")


def interpreter_behind(environment: str) -> str:
    """Return the file that has to be there for the Python of an environment to start.

    ``python.exe`` in an environment is a program of its own, which starts the one that ``pyvenv.cfg`` names.
    """
    own = os.path.join(environment, *PYTHON.split("/"))  # noqa: PTH118 - as in posix
    if not os.path.exists(own):  # noqa: PTH110 - as in posix
        return own
    try:
        with open(os.path.join(environment, "pyvenv.cfg"), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            return base_executable(file.read()) or own
    except (OSError, ValueError):
        return own


if sys.platform == "win32":

    def is_running(process: int) -> bool:
        """Whether there is a process of this number, whoever's it is.

        Not by ``os.kill(process, 0)``: 0 is ``CTRL_C_EVENT`` there, which is sent.
        """
        import _winapi  # for those who ask

        try:
            handle = _winapi.OpenProcess(_winapi.SYNCHRONIZE, False, process)
        except PermissionError:  # somebody else's
            return True
        except (OSError, OverflowError):
            return False
        try:  # one that has ended keeps its number as long as somebody holds a handle of it
            return _winapi.WaitForSingleObject(handle, 0) == _winapi.WAIT_TIMEOUT
        finally:
            _winapi.CloseHandle(handle)

    def end_session(leader: int, *, gently: bool) -> None:
        """End a child that was started as :data:`CREATION_FLAGS` says, and all that it has started.

        :param gently: they may put away what they have begun: the group gets Control-Break. Without a console there is
            no such thing, and ``taskkill`` ends the tree at once.
        """
        import signal  # for those who start children
        import subprocess

        if gently:
            try:
                os.kill(leader, signal.CTRL_BREAK_EVENT)
            except OSError:
                pass
            else:
                return
        system = os.environ.get("SYSTEMROOT", r"C:\Windows")
        command = [ntpath.join(system, "System32", "taskkill.exe"), "/F", "/T", "/PID", str(leader)]
        try:
            subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except OSError:
            os.kill(leader, signal.SIGTERM)  # TerminateProcess, of the child alone

    def session_is_there(leader: int) -> bool:
        """Whether such a child is still there."""
        return is_running(leader)

    def become(command: list[str], variables: Mapping[str, str]) -> NoReturn:
        """Run a command and end with its exit code: a process cannot be replaced there.

        ``os.exec*`` would start it and end this process, so that a shell went on at once.

        :raises OSError: it cannot be started.
        """
        import signal  # for those who run a command
        import subprocess

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the console tells both; what it means is the command's
        code = subprocess.run(command, env=variables, check=False).returncode
        sys.exit(code if code < 1 << 31 else code - (1 << 32))  # an NTSTATUS; `exit` takes a signed number

    def place_link(target: str, at: str) -> None:
        """Make a file or folder be found at *at*, too.

        Where the user may not make symbolic links (that takes the developer mode, or a privilege) it is a junction for
        a folder and a copy of a file. A junction names its folder absolutely: a project that is moved is built anew.

        :param target: relative to the folder of *at*, or absolute.
        :raises OSError: something is there already.
        """
        place = os.path.normpath(os.path.join(os.path.dirname(at), target))  # noqa: PTH118, PTH120
        try:
            os.symlink(target, at, target_is_directory=os.path.isdir(place))  # noqa: PTH112, PTH211
        except OSError as error:
            if error.winerror != _NO_PRIVILEGE:
                raise
            import _winapi  # for builds
            import shutil

            if os.path.isdir(place):  # noqa: PTH112
                _winapi.CreateJunction(os.path.abspath(place), at)  # noqa: PTH100
            else:
                shutil.copy2(place, at)


def exchange(one: str, other: str) -> bool:  # noqa: ARG001 - as on Linux
    """Exchange two names in one step: Windows cannot, and renames no folder in which a file is open."""
    return False


def reflink(source: str, target: str) -> bool:  # noqa: ARG001 - as on Linux
    """Make *target* a file that shares the blocks of *source*: ReFS could, and is not asked to."""
    return False
