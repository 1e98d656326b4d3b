"""``mvenv run --with``: what comes before the application environment in one run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.root import system_error
from orchestrator.cli.run_again import which
from orchestrator.system import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.install.layers import Layer
    from orchestrator.state.documents import Record


def layer_for(wanted: Sequence[str], root: Path, record: Record) -> Layer | None:
    """Install what is wanted for one run; None if the application sees all of it anyway.

    :raises MvenvError: it cannot be had.
    """
    from orchestrator.pipeline.additions import additions
    from orchestrator.system.children import ended_with_this_process
    from orchestrator.system.scratch import scratch

    try:
        with ended_with_this_process(), scratch():
            found = additions(root / "pyproject.toml", record["graph"], wanted, Path.cwd())
    except OSError as error:
        raise system_error(error) from error
    if found.instead and not shown.choice.quiet:
        told = ", ".join(
            f"{name} {here} in place of {there}" for name, (here, there) in found.instead.items()
        )
        sys.stderr.write(f"note: in this run your code imports {told}\n")
    return found.layer


def command_in(layer: Layer, name: str, python: str) -> list[str] | None:
    """Return the beginning of the command line for a command of a layer; None if it has none of that name."""
    from orchestrator.install.scripts import is_python

    found = which(name, [str(layer.scripts)])
    if found is None or Path(found).name.startswith("python"):
        return None
    return [python, found] if is_python(Path(found)) else [found]


def with_layer(variables: dict[str, str], layer: Layer) -> dict[str, str]:
    """Return the variables of a program that runs with a layer."""
    path = [str(layer.site_packages), *filter(None, [variables.get("PYTHONPATH")])]
    commands = f"{layer.scripts}{os.pathsep}{variables.get('PATH', os.defpath)}"
    return {**variables, "PYTHONPATH": os.pathsep.join(path), "PATH": commands}
