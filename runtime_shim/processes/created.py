"""Child interpreters on Windows: there :mod:`subprocess` and :mod:`multiprocessing` call ``_winapi.CreateProcess``.

Written for Windows and never run there (docs/systems.md); what decides is tested everywhere.
"""

from __future__ import annotations

import functools
import ntpath
import os
import re
import sys

from runtime_shim.model.names import STARTED_BY

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

LAUNCHER = "__PYVENV_LAUNCHER__"
"""Says to the base installation's interpreter which environment's it is (multiprocessing's ``popen_spawn_win32``)."""
_PYTHON = re.compile(r"pythonw?[\d.]*t?(?:_d)?(?:\.exe)?", re.IGNORECASE)


def program_of(application_name: str | None, command_line: str) -> str:
    """Return the program that ``CreateProcess`` starts: the one named, or the first word of the command line."""
    if application_name:
        return application_name
    text = command_line.lstrip()
    if text.startswith('"'):
        return text[1:].partition('"')[0]
    return re.split(r"[ \t]", text, maxsplit=1)[0]


def starts_this_python(program: str, variables: Mapping[str, str], executable: str, base: str) -> bool:
    """Whether a child is this interpreter, in its environment.

    :param variables: the child's environment variables.
    :param executable: ``sys.executable``.
    :param base: ``sys._base_executable``; what multiprocessing starts in place of an environment's ``python.exe``,
        which would only start that one in turn.
    """
    if not executable or not _PYTHON.fullmatch(ntpath.basename(program)):
        return False
    if _comparable(ntpath.dirname(program)) == _comparable(ntpath.dirname(executable)):
        return True
    launcher = variables.get(LAUNCHER)
    return (
        launcher is not None
        and _comparable(launcher) == _comparable(executable)
        and _comparable(program) == _comparable(base)
    )


def _comparable(path: str) -> str:
    return ntpath.normcase(ntpath.normpath(path))


def create_process(
    original: Callable[..., Any], caller: Callable[[FrameType], Environment | None]
) -> Callable[..., Any]:
    """Return ``_winapi.CreateProcess``, which tells a child interpreter on whose behalf it runs.

    :param caller: returns the environment whose code has started a process, None for the application's.
    """

    @functools.wraps(original)
    def create(
        application_name: str | None,
        command_line: str,
        *rest: Any,  # two attributes, handles, flags, then these:
    ) -> Any:
        *before, variables, folder, startup = rest
        program = program_of(application_name, command_line or "")
        told = os.environ if variables is None else variables
        base = getattr(sys, "_base_executable", None) or ""
        if starts_this_python(program, told, sys.executable or "", base):
            starter = caller(sys._getframe(1))
            if starter is not None:
                variables = {**told, STARTED_BY: starter.name}
        return original(application_name, command_line, *before, variables, folder, startup)

    return create


if sys.platform == "win32":

    def install(caller: Callable[[FrameType], Environment | None]) -> None:
        """Wrap the function, and those behind ``os.spawn*``."""
        import _winapi

        _winapi.CreateProcess = create_process(_winapi.CreateProcess, caller)
        original_spawnv, original_spawnve = os.spawnv, os.spawnve

        @functools.wraps(original_spawnve)
        def spawnve(mode: int, path: Any, argv: Any, env: Any, /) -> int:
            starter = _starter_of(path, env, sys._getframe(1))
            if starter is not None:
                env = {**env, STARTED_BY: starter.name}
            return original_spawnve(mode, path, argv, env)

        @functools.wraps(original_spawnv)
        def spawnv(mode: int, path: Any, argv: Any, /) -> int:
            starter = _starter_of(path, os.environ, sys._getframe(1))
            if starter is not None:
                return original_spawnve(mode, path, argv, {**os.environ, STARTED_BY: starter.name})
            return original_spawnv(mode, path, argv)

        def _starter_of(path: Any, variables: Mapping[str, str], frame: FrameType) -> Environment | None:
            own = starts_this_python(os.fsdecode(path), variables, sys.executable or "", "")
            return caller(frame) if own else None

        wrappers: list[tuple[Any, Any]] = [(spawnv, original_spawnv), (spawnve, original_spawnve)]
        for function, original in wrappers:
            # As for `os.exec*`: inspect reads the signature of C functions here.
            function.__text_signature__ = original.__text_signature__
            setattr(os, original.__name__, function)
