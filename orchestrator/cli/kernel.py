"""``mvenv kernel``: the project as a kernel of Jupyter."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.built import built_record
from orchestrator.cli.groups import Commands
from orchestrator.cli.root import project_root
from orchestrator.errors import MvenvError, UsageError
from orchestrator.system import this_system
from orchestrator.system.names import APPLICATION_FOLDER

if TYPE_CHECKING:
    from collections.abc import Mapping

# What Jupyter accepts (jupyter_client.kernelspec).
_NAME = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)

# Runs in the project: Jupyter knows where kernel specifications are, and ipykernel what is in them.
_INSTALL = """
import json, os, sys
asked = json.loads(sys.argv[1])
try:
    from ipykernel.kernelspec import install
    from jupyter_core.paths import jupyter_data_dir
except ModuleNotFoundError as error:
    print(json.dumps({"missing": str(error)}))
    sys.exit()
prefix = asked["prefix"]
folder = os.path.join(prefix, "share", "jupyter") if prefix else jupyter_data_dir()
folder = os.path.join(folder, "kernels", asked["name"].lower())
try:
    with open(os.path.join(folder, "kernel.json"), encoding="utf-8") as file:
        there = json.load(file)["argv"][0]
except FileNotFoundError:
    there = sys.executable
except (OSError, ValueError, LookupError, TypeError):
    there = "nothing that can be read"
if there != sys.executable:
    print(json.dumps({"folder": folder, "there": there}))
    sys.exit()
try:
    install(user=not prefix, kernel_name=asked["name"], display_name=asked["display"], prefix=prefix or None,
            env=asked["variables"])
except OSError as error:
    print(json.dumps({"folder": folder, "refused": str(error)}))
    sys.exit()
print(json.dumps({"folder": folder}))
"""


@click.group(cls=Commands, no_args_is_help=False)
def kernel() -> None:
    """Let Jupyter run notebooks in the project."""


@kernel.command()
@click.option(
    "--name", metavar="NAME", default="", help="What Jupyter calls it; the project's name if not given."
)
@click.option("--display-name", metavar="TEXT", default="", help="What JupyterLab shows.")
@click.option("--user", is_flag=True, help="For all Jupyters of this user; the default.")
@click.option("--prefix", metavar="FOLDER", default="", help="For the Jupyter that is installed in FOLDER.")
def install(*, name: str, display_name: str, user: bool, prefix: str) -> None:
    """Install a kernel specification, so that any Jupyter can run notebooks with the project's Python.

    Cells see what the application sees, in all versions that the project has. The project needs ipykernel; Jupyter
    itself may be installed elsewhere.
    """
    if user and prefix:
        raise UsageError("`--user` and `--prefix` exclude each other")
    root = project_root()
    project = built_record(root)["graph"]["project"]["name"]
    name = name or project
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` is no name of a kernel",
            hints=("a name has letters, digits, and `-`, `_`, `.` between them",),
        )
    prefix = str(Path(prefix).absolute()) if prefix else ""
    asked = {
        "name": name,
        "display": display_name or f"{project} (mvenv)",
        "prefix": prefix,
        "variables": _variables(root / APPLICATION_FOLDER),
    }
    answer = _answer(root, asked)
    folder = answer.get("folder", "")
    if "missing" in answer:
        raise MvenvError(
            "the project has no kernel for Jupyter",
            causes=(answer["missing"],),
            hints=("`mvenv add ipykernel` brings it",),
        )
    if "there" in answer:
        raise MvenvError(
            f"there is another kernel `{name}` already",
            causes=(f"{folder} starts {answer['there']}",),
            hints=("choose another with `--name`, or delete that folder",),
        )
    if "refused" in answer:
        raise MvenvError(
            f"the kernel `{name}` cannot be installed",
            causes=(answer["refused"],),
            hints=(f"choose a folder that you may write to with `--prefix`; it would be in {folder}",),
        )
    click.echo(f"Installed kernel `{name}`, which Jupyter shows as `{asked['display']}`: {folder}")
    click.echo(f"To undo it, delete that folder: `rm -r {folder}`")


def _variables(environment: Path) -> dict[str, str]:
    """Return the variables that a kernel gets, as `mvenv run` would set them; Jupyter puts in what PATH is there."""
    scripts = environment / this_system.SCRIPTS
    return {"VIRTUAL_ENV": str(environment), "PATH": f"{scripts}{os.pathsep}${{PATH}}"}


def _answer(root: Path, asked: Mapping[str, Any]) -> dict[str, str]:
    """Return what the script above says, run with the project's Python.

    :raises MvenvError: it could not.
    """
    command = [str(root / APPLICATION_FOLDER / this_system.PYTHON), "-c", _INSTALL, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    try:
        answer: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise MvenvError(
            "the kernel could not be installed",
            causes=(last,),
            hints=("`mvenv run python -m ipykernel install --help` tells whether ipykernel runs",),
        ) from None
    return answer
