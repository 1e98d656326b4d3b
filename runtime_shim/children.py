"""Child interpreters: what an environment's code starts sees that environment first.

joblib's workers, build back ends, code formatters: libraries start ``sys.executable`` and expect to find
themselves in the child. The child is the application's interpreter, so it has to be told on whose behalf it
runs. That goes through an environment variable which is set for this one child only: the two functions behind
:mod:`subprocess` and :mod:`multiprocessing` are wrapped, and the child takes the variable out of its own
environment when it starts.
"""

from __future__ import annotations

import os
import sys

from runtime_shim import origin

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from runtime_shim.environment import Environment

VARIABLE = "MVENV_STARTED_BY"


def started_by(environments: Sequence[Environment]) -> Environment | None:
    """Return the environment whose code started this interpreter, None for the application or a person."""
    name = os.environ.pop(VARIABLE, None)
    return next((environment for environment in environments if environment.name == name), None)


def install() -> None:
    """Wrap the functions that start processes for :mod:`subprocess` and :mod:`multiprocessing` (POSIX only)."""
    try:
        import _posixsubprocess
    except ImportError:  # Windows
        return
    original_fork_exec, original_spawn = _posixsubprocess.fork_exec, os.posix_spawn

    def fork_exec(
        args: Any, executables: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any, *rest: Any
    ) -> Any:
        asking = origin.find(sys._getframe(1))
        if not asking.is_application and _starts_this_python(executables):
            if env is None:
                env = [name + b"=" + value for name, value in os.environb.items()]
            env = [*env, f"{VARIABLE}={asking.name}".encode()]
        return original_fork_exec(args, executables, close_fds, pass_fds, cwd, env, *rest)

    def posix_spawn(path: Any, argv: Any, env: Any, /, **options: Any) -> Any:
        asking = origin.find(sys._getframe(1))
        if not asking.is_application and _starts_this_python([path]):
            env = {**(os.environ if env is None else env), VARIABLE: asking.name}
        return original_spawn(path, argv, env, **options)

    _posixsubprocess.fork_exec = fork_exec
    os.posix_spawn = posix_spawn  # what subprocess prefers where it can (3.13)
    subprocess: Any = sys.modules.get("subprocess")
    if subprocess is not None:
        subprocess._fork_exec = fork_exec  # noqa: SLF001 - CPython's own name for the same function


def _starts_this_python(executables: Sequence[bytes]) -> bool:
    """Whether a child is this interpreter; *executables* are the paths that ``fork_exec`` tries in turn."""
    own = os.fsencode(sys.executable or "")
    return any(os.fsencode(path) == own or _same_file(path, own) for path in executables)


def _same_file(path: bytes, own: bytes) -> bool:
    # `python` and `python3` of one environment are one interpreter; the base installation's is another.
    return (
        os.path.dirname(os.fsencode(path)) == os.path.dirname(own)
        and os.path.exists(path)
        and os.path.samefile(path, own)
    )
