"""What an isolated environment says to type checkers and editors: that its files see what it sees.

Whoever follows a definition into ``py_modules`` reads code that sees other versions than the application does. A tool
finds these settings when the environment's folder is opened as a folder of its own (Pyright, ty), or for each file
(Pyrefly).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.system import this_system

if TYPE_CHECKING:
    from pathlib import Path

_RUNS_IN_PLACE = "activate_this.py"


def write(folder: Path, lives_at: Path) -> None:
    """Write the settings of tools into the environment in *folder*, and take out what they would mistake for a program.

    virtualenv's ``activate_this.py`` is the one Python file that lies outside ``site-packages``, which checkers leave
    out by themselves; in two environments it is two modules of one name, and mypy ends there.

    :param lives_at: where the folder will be when it is in use.
    """
    (folder / this_system.SCRIPTS / _RUNS_IN_PLACE).unlink(missing_ok=True)
    pyright = {"venvPath": "..", "venv": lives_at.name}
    (folder / "pyrightconfig.json").write_text(json.dumps(pyright) + "\n", encoding="utf-8")
    (folder / "ty.toml").write_text('[environment]\npython = "."\n', encoding="utf-8")
    (folder / "pyrefly.toml").write_text('python-interpreter-path = "bin/python"\n', encoding="utf-8")
