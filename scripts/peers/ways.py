"""How each peer is set up for a task, as its documentation has it. Each returns the program to run, and with what."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from peers.tasks import Task


@dataclass(frozen=True, slots=True)
class Started:
    """A program that is ready to be run."""

    command: list[str]
    program: str
    """Leaves the modules in `old` and `new`."""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command of a set-up, and return what it prints.

    :raises RuntimeError: it failed; the message is its last words.
    """
    done = subprocess.run([*map(str, command)], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def mvenv(task: Task, folder: Path) -> Started:
    """Both are dependencies; of one distribution the second is an import alias."""
    same = task.old_module == task.new_module
    dependencies = [task.new] if same else [task.old, task.new]
    aliases = f'[tool.mvenv.aliases]\nold = "{task.old}"\n' if same else ""
    _pyproject(folder, dependencies, aliases)
    run(sys.executable, "-m", "orchestrator", "build", cwd=folder)
    name = "old" if same else task.old_module
    return Started([".venv/bin/python"], f"import {name} as old\nimport {task.new_module} as new\n")


def uv_conflicts(task: Task, folder: Path) -> Started:
    """Both are extras that are said to be in conflict; then both are asked for."""
    extras = f'[project.optional-dependencies]\nold = ["{task.old}"]\nnew = ["{task.new}"]\n'
    conflicts = '[tool.uv]\npackage = false\nconflicts = [[{ extra = "old" }, { extra = "new" }]]\n'
    _pyproject(folder, [], f"{extras}\n{conflicts}")
    run("uv", "lock", cwd=folder)
    run("uv", "sync", "--extra", "old", "--extra", "new", cwd=folder)
    return Started(
        [".venv/bin/python"], f"import {task.old_module} as old\nimport {task.new_module} as new\n"
    )


def depfix(task: Task, folder: Path) -> Started:
    """Versions stand beside the imports; whom it asks for them is told where `PIP_INDEX_URL` does."""
    python = environment(task, folder, "depfix")
    lines = ["import depfix"]
    if index := os.environ.get("PIP_INDEX_URL"):
        lines += [f"depfix.configure(index_url={index!r})"]
    for name, requirement, module in (
        ("old", task.old, task.old_module),
        ("new", task.new, task.new_module),
    ):
        lines += [f"with depfix.using({requirement!r}):", f"    import {module} as {name}"]
    return Started([python], "\n".join(lines) + "\n")


def reyk(task: Task, folder: Path) -> Started:
    """The old one is vendored into a package that is isolated, the new one is installed."""
    python = environment(task, folder, "reyk", task.new)
    package = folder / "old_side"
    install_into(package / "libs", task, folder, task.old)
    (package / "__init__.py").write_text(
        "from pathlib import Path\n"
        "from reyk.isolator import VendorPackage, isolate_package\n"
        "here = Path(__file__).parent\n"
        'isolate_package(VendorPackage("old_side", here, here / "libs"))\n',
        "utf-8",
    )
    (package / "main.py").write_text(f"import {task.old_module} as old\n", "utf-8")
    return Started([python], f"import {task.new_module} as new\nfrom old_side.main import old\n")


def envknit(task: Task, folder: Path) -> Started:
    """Each side's distributions are registered from a folder, and chosen around its import."""
    python = environment(task, folder, "envknit")
    lines = [
        "from contextlib import ExitStack",
        "from pathlib import Path",
        "import envknit",
        "from envknit.isolation.import_hook import get_manager",
        "envknit.enable()",
    ]
    for name, requirement, module in (
        ("old", task.old, task.old_module),
        ("new", task.new, task.new_module),
    ):
        releases = _store(task, requirement, folder)
        lines += [
            f"get_manager().register_package({each!r}, {version!r}, Path('store/{each}/{version}').resolve())"
            for each, version in releases
        ]
        lines += ["with ExitStack() as sides:"]
        lines += [f"    sides.enter_context(envknit.use(*{each}))" for each in releases]
        lines += [f"    import {module} as {name}"]
    return Started([python], "\n".join(lines) + "\n")


WAYS: dict[str, Callable[[Task, Path], Started]] = {
    "mvenv": mvenv,
    "uv `conflicts`": uv_conflicts,
    "depfix": depfix,
    "reyk": reyk,
    "envknit": envknit,
}


def _pyproject(folder: Path, dependencies: list[str], more: str) -> None:
    text = (
        '[project]\nname = "shop"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
        f"dependencies = {json.dumps(dependencies)}\n\n{more}"
    )
    (folder / "pyproject.toml").write_text(text, "utf-8")


def environment(task: Task, folder: Path, *requirements: str) -> str:
    """Make a plain environment, and return its Python."""
    run("uv", "venv", "--python", task.python, "environment", cwd=folder)
    if requirements:
        run("uv", "pip", "install", "--python", "environment", *requirements, cwd=folder)
    return str(folder / "environment" / "bin" / "python")


def _store(task: Task, requirement: str, folder: Path) -> list[tuple[str, str]]:
    """Install a requirement and all it needs, each in a folder of its own; return their names and versions."""
    (folder / "requirement.txt").write_text(requirement, "utf-8")
    options = ("--quiet", "--no-header", "--no-annotate")
    pins = run("uv", "pip", "compile", *options, "requirement.txt", cwd=folder).split()
    found = [(name, version) for name, _, version in (pin.partition("==") for pin in pins)]
    for name, version in found:
        install_into(folder / "store" / name / version, task, folder, "--no-deps", f"{name}=={version}")
    return found


def install_into(target: Path, task: Task, folder: Path, *what: str) -> None:
    """Install into a folder that is no environment."""
    run("uv", "pip", "install", "--python", task.python, "--target", target, *what, cwd=folder)
