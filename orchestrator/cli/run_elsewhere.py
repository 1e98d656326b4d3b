"""Commands that `mvenv run` finds on PATH, not in the project: is one of another Python, and how is it added?

``make``, ``git`` and ``bash`` are meant to be found there. A command of another interpreter (the system's, another
venv's, pipx's, a shim of pyenv's) imports what is installed there and nothing that the project has: it is run, as uv,
Poetry and Hatch run it, but not without a word.

Standard library only, like :mod:`orchestrator.cli.run`, which alone uses it.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from orchestrator.cli.unselected import unselected
from orchestrator.errors import MvenvError
from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER

TYPE_CHECKING = False  # importing typing takes longer than the rest of this module
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEAD = 1 << 12  # a launcher says in its first lines what it starts
_LAUNCHER_SIZE = 1 << 21  # one that is a program is smaller; others are no launchers
_PYTHON = re.compile(r"(?:python|pypy)[\d.]*(?:-dbg|[dtw])?")
_INSTALLER = re.compile(r"pip[\d.-]*|easy_install[\d.-]*")
# What installers write for an interpreter whose path is long or has spaces (distlib's `_build_shebang`), and, with a
# path that begins at the script, for environments that can be moved (uv).
_LAUNCHER = re.compile(
    r"""^'''exec' (?P<beside>"\$\(dirname [^/]*/)?["']?(?P<python>[^"']+?)["']? ["]\$0["]"""
)
# The same for Windows (distlib's `_write_script`): a program, the line, an archive.
_BEFORE_ARCHIVE = re.compile(rb"""#!"?(?P<python>[^"\r\n]+?)"?[ ]*\r?\nPK\x03\x04""")
_SHIM = re.compile(r'^\s*exec "?[^"\n]*\bpyenv"? exec|^# asdf-plugin: python\b', re.MULTILINE)
_SHELLS = ("sh", "bash", "dash", "zsh")


def check(name: str, path: str, root: Path, folders: Sequence[str]) -> None:
    """Warn on stderr if a command is another Python's.

    :param name: as it was asked for.
    :param path: the file that was found on PATH.
    :param folders: where a command is looked for: the project's own, then PATH.
    :raises MvenvError: if it would install into that other Python.
    """
    name = this_system.command_name(name, os.environ)
    if name == "mvenv":
        return
    path = os.path.normpath(path)
    python = _python_of(name, path, folders)
    if python is None or _is_folder_of(python, folders[0]):
        return
    runs = "is another Python" if python == path else f"runs with {python}"
    if _INSTALLER.fullmatch(name):
        raise MvenvError(
            f"`{name}` is not this project's",
            causes=(f"{path} {runs}, and would install there",),
            hints=(
                "`mvenv add NAME` adds a distribution to the project",
                f"`{path}` without `mvenv run` is the other",
            ),
        )
    seen = "" if python == path else ", which sees nothing of what the project has installed"
    lines = [f"warning: `{name}` is not this project's: {path} {runs}{seen}"]
    lines += [f"  hint: {hint}" for hint in hints(name, python, root)]
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def _is_folder_of(python: str, folder: str) -> bool:
    found = os.path.dirname(python)  # noqa: PTH120 - as in orchestrator.cli.run
    return os.path.normcase(found) == os.path.normcase(folder)


def hints(name: str, python: str | None, root: Path) -> Iterator[str]:
    """Yield what to do to have a command in the project.

    :param python: another Python, which has it.
    """
    if _PYTHON.fullmatch(name):
        yield "`python` is the project's own; `requires-python` and `.python-version` say which"
        return
    distribution = name if python is None else _distribution(name, python)
    where = list(unselected(distribution, root))
    yield from where
    if python is None and not where:
        yield from _called_alike(name, root)
        yield "if a distribution brings it, add that to `[project] dependencies`"
    elif not where:
        yield f"`mvenv add {distribution}` adds it to the project (`--group dev`: to its dependency group)"


def _called_alike(name: str, root: Path) -> Iterator[str]:
    """Yield which commands of the project may have been meant, if any."""
    import difflib

    scripts = root / APPLICATION_FOLDER / this_system.SCRIPTS
    files = sorted(scripts.iterdir()) if scripts.is_dir() else []
    commands = [path.stem if path.suffix == ".exe" else path.name for path in files]
    close = difflib.get_close_matches(name, [each for each in commands if "activate" not in each])
    if close:
        yield f"did you mean `{'` or `'.join(close)}`?"


def _python_of(name: str, path: str, folders: Sequence[str]) -> str | None:
    """Return the interpreter of a Python command; None for any other, and for one that takes the Python on PATH.

    A shim that chooses one of several is said to be its own interpreter.
    """
    if _PYTHON.fullmatch(name):
        return path
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as in orchestrator.cli.run
            head = file.read(_HEAD)
            if head.startswith(b"MZ"):
                launched = _BEFORE_ARCHIVE.search(head + file.read(_LAUNCHER_SIZE))
                return None if launched is None else launched["python"].decode("utf-8", "replace")
    except OSError:
        return None
    text = head.decode("utf-8", "replace")
    if not text.startswith("#!"):
        return None
    first, _, rest = text[2:].partition("\n")
    program, *arguments = first.split() or [""]
    called = os.path.basename(program)  # noqa: PTH119 - as above
    if called == "env":
        options = [word for word in arguments if not word.startswith("-") and "=" not in word]
        called = os.path.basename(options[0]) if options else ""  # noqa: PTH119 - as above
        if _PYTHON.fullmatch(called):
            return next(filter(_is_executable, (os.path.join(one, called) for one in folders)), None)  # noqa: PTH118
    if _PYTHON.fullmatch(os.path.basename(first.strip())):  # noqa: PTH119 - the path may have spaces
        return first.strip()
    if _PYTHON.fullmatch(called):
        return program
    if called not in _SHELLS:
        return None
    launcher = _LAUNCHER.match(rest)
    if launcher is not None:
        beside = os.path.dirname(os.path.realpath(path)) if launcher["beside"] else ""  # noqa: PTH120
        return os.path.join(beside, launcher["python"].lstrip("/") if beside else launcher["python"])  # noqa: PTH118
    return path if _SHIM.search(text) else None


def _is_executable(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)  # noqa: PTH113 - as above


def _distribution(command: str, python: str) -> str:
    """Return the distribution that has brought a command to another Python; the command's name if nothing tells."""
    entry = re.compile(rf"^{re.escape(command)}\s*=", re.MULTILINE)
    library = Path(python).parent.parent / "lib"
    for file in library.glob("python*/*-packages/*.*-info/entry_points.txt"):
        try:
            text = file.read_text("utf-8", "replace")
        except OSError:
            continue
        if entry.search(text):
            return file.parent.name.partition("-")[0].replace("_", "-")
    return command
