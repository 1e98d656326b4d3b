"""A project folder under test, and the real `mvenv` command run in it."""

from __future__ import annotations

import dataclasses
import json
import sys
import textwrap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.support import shim_coverage
from tests.support.process import Outcome, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.support.interpreters import Interpreter


@dataclass(frozen=True, slots=True)
class ProjectFolder:
    """A folder with a pyproject.toml, its Python, and the environment variables that commands get in it."""

    root: Path
    interpreter: Interpreter
    environment: Mapping[str, str] = field(repr=False)

    def on(self, interpreter: Interpreter) -> ProjectFolder:
        """Return the same folder with environments on another Python."""
        chosen = {
            "UV_PYTHON": str(interpreter.executable),
            "UV_PYTHON_DOWNLOADS": "never",
            **interpreter.variables,
        }
        environment = {**self.environment, **chosen}
        return dataclasses.replace(self, interpreter=interpreter, environment=environment)

    def write(self, relative: str, text: str) -> Path:
        """Write a file below the root, its folders included; the text's common indentation is removed."""
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def pyproject(
        self,
        dependencies: Iterable[str] = (),
        extra: str = "",
        *,
        name: str = "my-app",
        version: str = "1.0",
        requires_python: str = ">=3.11",
    ) -> Path:
        """Write pyproject.toml.

        :param extra: further tables, TOML.
        """
        project = (
            "[project]",
            f"name = {json.dumps(name)}",
            f"version = {json.dumps(version)}",
            f"requires-python = {json.dumps(requires_python)}",
            f"dependencies = {json.dumps(list(dependencies), indent=2)}",
            "",
            textwrap.dedent(extra),
        )
        return self.write("pyproject.toml", "\n".join(project))

    def mvenv(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        check: bool = True,
        timeout: float = 300,
        stdin: str = "",
    ) -> Outcome:
        """Run the real `mvenv` in a process of its own; see `run`.

        :param env: variables on top of the project's.
        """
        # -P as for the installed `mvenv` script: the project's own files must not shadow mvenv's libraries.
        command = (sys.executable, "-P", "-m", "orchestrator", *arguments)
        try:
            return self._run(command, env, check=check, timeout=timeout, stdin=stdin)
        finally:
            shim_coverage.follow(self.library)

    def python(
        self,
        *arguments: str,
        env: Mapping[str, str] | None = None,
        check: bool = True,
        timeout: float = 300,
        stdin: str = "",
    ) -> Outcome:
        """Run the application environment's interpreter directly, without `mvenv run`."""
        command = (str(self.root / ".venv/bin/python"), *arguments)
        return self._run(command, env, check=check, timeout=timeout, stdin=stdin)

    def _run(
        self,
        command: tuple[str, ...],
        env: Mapping[str, str] | None,
        *,
        check: bool,
        timeout: float,
        stdin: str,
    ) -> Outcome:
        environment = {**self.environment, **(env or {})}
        return run(command, cwd=self.root, env=environment, check=check, timeout=timeout, stdin=stdin)

    def without_request(self) -> ProjectFolder:
        """Return the same project for commands in whose environment nobody asks for a Python."""
        environment = {name: value for name, value in self.environment.items() if name != "UV_PYTHON"}
        return replace(self, environment=environment)

    @property
    def library(self) -> Path:
        """`.venv/lib/pythonX.Y`, where mvenv's JSON files are."""
        return self.root / ".venv" / "lib" / f"python{self.interpreter.version}"

    def read_json(self, name: str) -> Any:
        """Return what one of the JSON files beside (or below) `site-packages` holds."""
        return json.loads((self.library / name).read_text(encoding="utf-8"))
