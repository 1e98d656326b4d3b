"""Activation scripts that find their environment beside themselves, so that a moved or copied project has its own.

virtualenv writes the environment's path into them. Here it writes a placeholder, quoted as each shell has it, which is
replaced by an expression for where the script lies. ``dash`` (Debian's ``sh``) and ``csh`` do not tell a script that
they source where it lies; there it is a file that the shell has open (``/proc/<pid>/fd``). PowerShell's and Python's
scripts are left as they are: they find out by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PLACEHOLDER = "mvenv-environment-folder"
"""Stands for the environment's path; a word that no shell has to quote."""


@dataclass(frozen=True, slots=True)
class _Shell:
    """How a shell finds the environment."""

    quoted: str
    """The placeholder as virtualenv quotes it for this shell."""
    found: str
    """The expression that takes its place."""
    before: str = ""
    """What is written in front of the script."""
    after: str = ""
    """What is written behind it."""
    elsewhere: str = ""
    """What takes the place of a placeholder that is not quoted so."""


# `eval` and the subshell: what one shell calls its script's file is an error, or ends the shell, to another.
_POSIX = _Shell(
    quoted=PLACEHOLDER,
    found='"$_mvenv_folder"',
    before="""\
# The project can be moved and copied: its environment is the one that this script lies in.
_mvenv_script=
if [ -n "${BASH_VERSION-}" ]; then
    _mvenv_script="${BASH_SOURCE-}"
elif [ -n "${ZSH_VERSION-}" ]; then
    eval '_mvenv_script="${(%):-%x}"'
elif [ -n "${KSH_VERSION-}" ]; then
    _mvenv_script="$(eval 'printf "%s" "${.sh.file}"' 2>/dev/null)"
fi
if [ -z "$_mvenv_script" ] && [ -r /proc/self/stat ]; then
    # A shell that does not say, such as dash: the script is the last that it has opened.
    read -r _mvenv_process _mvenv_script </proc/self/stat
    _mvenv_script=
    for _mvenv_file in "/proc/$_mvenv_process/fd/"*; do
        _mvenv_file="$(readlink -- "$_mvenv_file")" || continue
        case "$_mvenv_file" in */bin/activate) _mvenv_script="$_mvenv_file" ;; esac
    done
    unset _mvenv_process _mvenv_file
fi
_mvenv_folder=
[ -z "$_mvenv_script" ] || _mvenv_folder="$(dirname -- "$(dirname -- "$(realpath -- "$_mvenv_script")")")"
if [ ! -f "$_mvenv_folder/pyvenv.cfg" ]; then
    echo "activate: this shell does not say where the script lies; use bash or zsh, or \\`mvenv run\\`" >&2
    unset _mvenv_script _mvenv_folder
    return 1
fi
case "$_mvenv_folder" in *:*)
    echo "activate: PATH cannot hold a folder with a colon in its name; use \\`mvenv run\\`" >&2
    unset _mvenv_script _mvenv_folder
    return 1
    ;;
esac

""",
    after="unset _mvenv_script _mvenv_folder\n",
)
_FISH = _Shell(
    quoted=f"'{PLACEHOLDER}'",
    found="(dirname -- (dirname -- (realpath -- (status filename))))",
)
_CSH = _Shell(
    quoted=f"'{PLACEHOLDER}'",
    found='"$_mvenv_folder:q"',
    before="""\
# The project can be moved and copied: its environment is the one that this script, which the shell has open, lies in.
set _mvenv_folder="`readlink /proc/$$/fd/* | sed -n 's,/bin/activate[.]csh,,p' | tail -n 1`"
if ("$_mvenv_folder:q" == "") then
    echo "activate.csh: cannot tell where the script lies; use bash or zsh, or mvenv run"
    exit 1
endif

""",
    after="unset _mvenv_folder\n",
)
_NUSHELL = _Shell(quoted=f"r#'{PLACEHOLDER}'#", found="($env.FILE_PWD | path dirname)")
# `%~dp0` is the script's folder, with a backslash at the end; `%%~fi` a path without `..` (cmd.exe, `help for`).
_BATCH = _Shell(
    quoted=f'@set "VIRTUAL_ENV={PLACEHOLDER}"',
    found='@for %%i in ("%~dp0..") do @set "VIRTUAL_ENV=%%~fi"',
    elsewhere="%~dp0..",
)
_XONSH = _Shell(
    quoted=f"'{PLACEHOLDER}'",
    found="__import__('os').path.dirname(__import__('os').path.dirname(__import__('os').path.realpath(__file__)))",
)

_SHELLS = {
    "activate": _POSIX,
    "activate.bat": _BATCH,
    "activate.csh": _CSH,
    "activate.fish": _FISH,
    "activate.nu": _NUSHELL,
    "activate.xsh": _XONSH,
}


def relocate(scripts: Path) -> None:
    """Make the activation scripts in a folder find their environment beside themselves.

    They must have been written for :data:`PLACEHOLDER`.
    """
    for name, shell in _SHELLS.items():
        script = scripts / name
        if not script.is_file():  # virtualenv writes those for the systems that have the shell
            continue
        text = script.read_text("utf-8")
        if shell.quoted in text:
            head, body = _parted(text)
            found = body.replace(shell.quoted, shell.found)
            found = found.replace(PLACEHOLDER, shell.elsewhere or PLACEHOLDER)
            script.write_text(head + shell.before + found + shell.after, "utf-8")


def _parted(text: str) -> tuple[str, str]:
    """Return the comments at the beginning of a script, and the rest."""
    lines = text.splitlines(keepends=True)
    end = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "".join(lines[:end]), "".join(lines[end:])
