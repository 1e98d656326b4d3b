"""Child interpreters: what an environment's code starts sees that environment first.

joblib's workers, build back ends, code formatters: libraries start ``sys.executable`` and expect to find
themselves in the child. The child is the application's interpreter, so it has to be told on whose behalf it
runs. That goes through an environment variable which is set for this one child only: the two functions behind
:mod:`subprocess` and :mod:`multiprocessing` are wrapped, and the child takes the variable out of its own
environment when it starts.

An interpreter in the same process (:mod:`concurrent.interpreters`) is told by a call in it.

A server process of multiprocessing (``forkserver``) serves whoever asks. So the preparation data that
:mod:`multiprocessing` sends to a new process says on whose behalf that one runs. Where the interpreter is another's,
which was told to read the folder of this shim (``site.addsitedir``), the data tells the new one as well.
"""

from __future__ import annotations

import functools
import os
import sys
from importlib.machinery import PathFinder

from runtime_shim.caller.files import code_files
from runtime_shim.loading import post_import, staying
from runtime_shim.model import hosts
from runtime_shim.model.environment import known
from runtime_shim.model.import_map import SHIM_FOLDER
from runtime_shim.model.names import ASKED_FOR, STARTED_BY
from runtime_shim.processes import stand_ins
from runtime_shim.views import sys_path

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import Any

    from runtime_shim.model.environment import Environment

VARIABLE = STARTED_BY


def started_by(environments: Sequence[Environment]) -> Environment | None:
    """Return the environment for which this interpreter was started, None for the application or a person.

    That is the one whose code has started it, unless it runs a program of the application's own, or one that runs what
    a person has written (a kernel, a debugger); or the one that a person has asked for, whatever it runs.
    """
    told, arguments = os.environ.pop(VARIABLE, ""), sys.orig_argv[1:]
    name = told.removeprefix(ASKED_FOR)
    if name and name == told and (runs_project(arguments) or _runs_host(arguments)):
        return None
    there = {environment.name: environment for environment in environments}
    # What is an overlay on an environment in the parent may be none here: the overrides have changed in between.
    found = there.get(name) or there.get(name.partition("/")[0])
    if name != told:
        known.asked_for = found
    return found


def runs_project(arguments: Sequence[str]) -> bool:
    """Whether an interpreter that is given these arguments runs a file of the project, or a module that is one."""
    kind, program = _program(arguments)
    if kind == "-m":
        program = _file_of(program)
    elif kind == "-c":
        return False
    return bool(program) and code_files.is_of_project(os.path.abspath(program))


def _runs_host(arguments: Sequence[str]) -> bool:
    """Whether an interpreter that is given these arguments runs a host of a person's code, and the application can."""
    kind, program = _program(arguments)
    host = hosts.host_of(
        kind, program, (os.path.join(path, "") for one in known.everyone for path in one.paths)
    )
    if host is None or kind != "-m" or not known.is_versioned(host):
        return host is not None
    return not known.application.owners[host].is_application


def _file_of(module: str) -> str:
    """Return the file that a plain interpreter would find for a module; "" where that is a distribution's, or none."""
    path: Any = list(list.__iter__(sys.path))
    if known.is_versioned(module):  # then only a regular module before all distributions is the application's
        path = [entry for entry in path if not code_files.is_installed(os.path.abspath(entry))]
    name, spec = "", None
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = PathFinder.find_spec(name, path)
        if spec is None or (spec.loader is None and known.is_versioned(module)):
            return ""
        path = spec.submodule_search_locations or ()
    return (spec.origin if spec is not None else None) or next(iter(path), "")


def _program(arguments: Sequence[str]) -> tuple[str, str]:
    """Return what a command line of the interpreter runs: ("-c", code), ("-m", module) or ("", file, perhaps none)."""
    left = iter(arguments)
    for argument in left:
        if argument == "-":
            break
        if not argument.startswith("-"):
            return "", argument
        if argument == "--check-hash-based-pycs":
            next(left, None)
        elif not argument.startswith("--"):
            for position, letter in enumerate(argument[1:], 2):
                if letter in "cmWX":  # what these mean follows in the same word or the next
                    value = argument[position:] or next(left, "")
                    if letter in "cm":
                        return f"-{letter}", value
                    break
    return "", ""


class _StartedBy:
    """Tells a child process on whose behalf it runs, by being unpickled there."""

    site_packages = ""
    """Where the shim is, if a new interpreter does not look there."""

    def __init__(self, name: str, main: str | None) -> None:
        folders, files = code_files.claims()
        self._arguments = (name, folders, files if main is None else [*files, main])

    def __reduce__(self) -> tuple[Any, ...]:
        if self.site_packages:  # nothing of the shim can be imported before
            return exec, (_IN_A_GUEST.format(self.site_packages, __name__, self._arguments),)
        return run_for, self._arguments


_IN_A_GUEST = """
import site
site.addsitedir({!r})
from {} import run_for
run_for(*{!r})
"""


def serve(starter: Environment | None) -> None:
    """Say on whose behalf this process runs, None for the application's: that is who calls where no code tells.

    Code given on the command line, a module run with ``-m`` and the main script are that environment's, too.
    """
    known.of_process = starter or known.application
    module = sys.modules.get("__main__")
    if module is not None:
        known.main_names.add(id(vars(module)))
    main = getattr(module, "__file__", None)
    code_files.give_main_script(main, known.of_process)


def run_for(name: str, folders: list[str], files: list[str]) -> None:
    """Make the environment of this name (empty: the application) the caller of what nobody's code asks for.

    :param folders: the application's source, for the process that has started this one.
    :param files: the same; the main program's among them, which runs here again as ``__mp_main__``.
    """
    code_files.claim(folders, files)
    if known.everyone:
        serve(next((one for one in known.everyone if one.name == name), None))
    else:  # the shim starts when it is needed
        os.environ[VARIABLE] = name


def _tell_processes() -> None:
    """Let the preparation data of :mod:`multiprocessing` carry the caller (``spawn.get_preparation_data``)."""
    spawn: Any = sys.modules["multiprocessing.spawn"]
    original = spawn.get_preparation_data

    def get_preparation_data(name: str) -> dict[str, Any]:
        frame = sys._getframe(1)
        calling = stand_ins.on_behalf_of(frame)
        data: dict[str, Any] = original(name)
        if "sys_path" in data:
            # A child assigns it: the application's own, it has views itself. The fork server (from 3.14 on) writes it
            # into the list that there is, as whoever has started it.
            is_server = frame.f_globals.get("__name__") == "multiprocessing.forkserver"
            data["sys_path"] = list(sys_path.contents(calling if is_server else calling.application))
        data["mvenv"] = _StartedBy(
            "" if calling.is_application else calling.name, data.get("init_main_from_path")
        )
        return data

    spawn.get_preparation_data = get_preparation_data


def _tell_interpreters() -> None:
    """Let an interpreter in the same process (PEP 734, from 3.14 on) run for whoever has made it."""
    interpreters: Any = sys.modules["concurrent.interpreters"]
    original = interpreters.create

    @functools.wraps(original)
    def create() -> Any:
        calling = stand_ins.on_behalf_of(sys._getframe(1))
        made = original()
        if not calling.is_application:
            try:
                made.call(run_for, calling.name, *code_files.claims())
            except BaseException:
                made.close()
                raise
        return made

    interpreters.create = create


# Where `_posixsubprocess.fork_exec` has `preexec_fn`: up to 3.13 it is followed by `allow_vfork`.
_PREEXEC_FN = -2 if sys.version_info < (3, 14) else -1


def install() -> None:
    """Wrap the functions that start processes and interpreters; those of :mod:`subprocess` on POSIX only."""
    site_packages = os.path.dirname(SHIM_FOLDER)
    # As it is now: a build puts another environment in the place of this one.
    if not _is_below(site_packages, sys.prefix):
        _StartedBy.site_packages = site_packages
    post_import.when_imported("multiprocessing.spawn", _tell_processes)
    post_import.when_imported("concurrent.interpreters", _tell_interpreters)
    try:
        import _posixsubprocess
    except ImportError:  # Windows
        _install_on_windows()
        return
    if sys.platform == "win32":
        return  # was left above, which type checkers are told so
    original = _posixsubprocess.fork_exec

    def fork_exec(
        args: Any, executables: Any, close_fds: Any, pass_fds: Any, cwd: Any, env: Any, *rest: Any
    ) -> Any:
        starter = _starter(executables, sys._getframe(1))
        args, executables = staying.commands(args, executables, cwd)
        if starter is not None:
            preexec_fn = rest[_PREEXEC_FN]
            if env is None and callable(preexec_fn):
                # It may change the variables (os.putenv): only C code sees that.
                changed = list(rest)
                changed[_PREEXEC_FN] = functools.partial(_prepare, starter.name, preexec_fn)
                return original(args, executables, close_fds, pass_fds, cwd, env, *changed)
            if env is None:
                env = [name + b"=" + value for name, value in os.environb.items()]
            env = [*env, f"{VARIABLE}={starter.name}".encode()]
        return original(args, executables, close_fds, pass_fds, cwd, env, *rest)

    _posixsubprocess.fork_exec = fork_exec
    _wrap_exec()
    post_import.when_imported("subprocess", functools.partial(_wrap_subprocess, fork_exec))


def _is_below(path: str, folder: str) -> bool:
    return os.path.realpath(path).startswith(os.path.join(os.path.realpath(folder), ""))


def _install_on_windows() -> None:
    if sys.platform == "win32":
        from runtime_shim.processes import created  # there alone

        created.install(_caller)
    _wrap_exec()


def _caller(frame: FrameType) -> Environment | None:
    """Return the environment that *frame* starts this interpreter for, when it is known to be this one."""
    calling = stand_ins.on_behalf_of(frame)
    return None if calling.is_application else calling


def _prepare(starter: str, preexec_fn: Any) -> None:
    """Run in a child before it becomes another program."""
    os.putenv(VARIABLE, starter)
    preexec_fn()


def _wrap_subprocess(fork_exec: Any) -> None:
    """Reach the functions that :mod:`subprocess` has for itself; ``os`` stays as it is for everybody else."""
    subprocess: Any = sys.modules["subprocess"]
    subprocess._fork_exec = fork_exec  # noqa: SLF001 - CPython's own name for the same function
    original = getattr(subprocess.Popen, "_posix_spawn", None)  # what it prefers where it can
    if original is None:
        return

    @functools.wraps(original)
    def posix_spawn(self: Any, args: Any, executable: Any, env: Any, *rest: Any) -> Any:
        starter = _starter([executable], sys._getframe(1))
        args, (executable,) = staying.commands(args, [executable])
        if starter is not None:
            env = {**(os.environ if env is None else env), VARIABLE: starter.name}
        return original(self, args, executable, env, *rest)

    subprocess.Popen._posix_spawn = posix_spawn  # noqa: SLF001 - as above


def _wrap_exec() -> None:
    """Wrap the functions behind ``os.exec*``: some libraries fork and execute themselves (joblib's loky)."""
    original_execv, original_execve = os.execv, os.execve

    @functools.wraps(original_execve)
    def execve(path: Any, argv: Any, env: Any) -> Any:
        starter = None if isinstance(path, int) else _starter([path], sys._getframe(1))
        if starter is not None:
            env = {**env, VARIABLE: starter.name}
        argv, (path,) = staying.commands(argv, [path])
        return original_execve(path, argv, env)

    @functools.wraps(original_execv)
    def execv(path: Any, argv: Any, /) -> Any:
        starter = _starter([path], sys._getframe(1))
        argv, (path,) = staying.commands(argv, [path])
        if starter is not None:
            return original_execve(path, argv, {**os.environ, VARIABLE: starter.name})
        return original_execv(path, argv)

    wrappers: list[tuple[Any, Any]] = [(execv, original_execv), (execve, original_execve)]
    for function, original in wrappers:
        # inspect reads the signature of C functions here, and expects it of everything in `os`.
        function.__text_signature__ = original.__text_signature__
        setattr(os, original.__name__, function)


def _starter(executables: Sequence[Any], frame: FrameType) -> Environment | None:
    """Return the environment that *frame* starts this interpreter for; None for the application or another program."""
    staying.follow()
    calling = stand_ins.on_behalf_of(frame)
    return None if calling.is_application or not _starts_this_python(executables) else calling


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
