"""``mvenv run`` where nothing has changed since the last time: from a shell to the program in a few system calls.

It answers for the plain case alone and otherwise returns, so that :mod:`orchestrator.cli.run` finds out what is to be
done or said. The modules :mod:`os` and :mod:`stat` alone, which every interpreter has loaded.
"""

from __future__ import annotations

import os
import stat

from orchestrator.state import still_fresh
from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = frozenset(("-h", "--help"))
_OPTIONS = ("--no-build", "--")


def run_again(arguments: list[str]) -> None:
    """Replace this process by the project's command, if nothing is to be asked or done before; otherwise return.

    :param arguments: those of ``mvenv``.
    """
    if arguments[:1] == ["python"] and not _HELP.intersection(arguments[1:2]):
        command = arguments
    elif arguments[:1] == ["run"]:
        command = arguments[2:] if arguments[1:2] and arguments[1] in _OPTIONS else arguments[1:]
    else:
        return
    if not command or (command[0].startswith("-") and command[0] != "-m") or command == ["-m"]:
        return
    root = _root()
    own = None if root is None else own_command(command, root)
    if root is None or own is None or not still_fresh.is_unchanged(root):
        return
    try:
        this_system.become(own, variables_in(root))
    except OSError:
        return  # whoever asks anew will say why


def _root() -> str | None:
    """Return the folder of the nearest pyproject.toml, None if there is none, or one may not look."""
    try:
        folder = os.getcwd()  # noqa: PTH109
        while not _is_file(f"{folder}/pyproject.toml"):
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder:
                return None
            folder = above
    except OSError:
        return None
    return os.path.realpath(folder)


def _is_file(path: str) -> bool:
    """Whether there is such a file; unlike :func:`os.path.isfile` it does not take what is forbidden for absent."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return False


def own_command(command: Sequence[str], root: str) -> list[str] | None:
    """Return the command line for what the application environment itself can run, None for anything else."""
    name = command[0]
    if is_for_python(name):
        return [os.path.join(root, APPLICATION_FOLDER, this_system.PYTHON), *command]  # noqa: PTH118
    if this_system.is_path(name):
        return None
    found = which(name, [os.path.join(root, APPLICATION_FOLDER, this_system.SCRIPTS)])  # noqa: PTH118
    return None if found is None else [found, *command[1:]]


def is_for_python(name: str) -> bool:
    """Whether what is to be run is not a command, but a module or file that Python runs."""
    return name == "-m" or (name.endswith(".py") and os.path.isfile(name))  # noqa: PTH113


def which(name: str, folders: Sequence[str]) -> str | None:
    """Return the first executable *name* in *folders* (``shutil.which`` without importing three codecs)."""
    files = this_system.file_names(name, os.environ)
    for folder in folders:
        for file in files:
            path = os.path.join(folder, file)  # noqa: PTH118
            if os.path.isfile(path) and os.access(path, os.X_OK):  # noqa: PTH113
                return path
    return None


def variables_in(root: str) -> dict[str, str]:
    """Return the variables of a program that runs in the application environment of the project in *root*."""
    environment = os.path.join(root, APPLICATION_FOLDER)  # noqa: PTH118
    variables = dict(os.environ)
    variables["VIRTUAL_ENV"] = environment
    scripts = os.path.join(environment, this_system.SCRIPTS)  # noqa: PTH118
    variables["PATH"] = f"{scripts}{os.pathsep}{variables.get('PATH', os.defpath)}"
    variables.pop("PYTHONHOME", None)
    return variables
