"""Plain virtual environments: the same requirements and the same code without mvenv, to compare with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from uv import find_uv_bin

from tests.support.process import Outcome, clean_environment, offline_environment, run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.wheels import Index


@dataclass(frozen=True, slots=True)
class PlainVenv:
    """An environment made by `uv venv` and `uv pip install`."""

    folder: Path

    def python(
        self,
        *arguments: str,
        cwd: Path,
        env: Mapping[str, str] | None = None,
        check: bool = True,
        timeout: float = 300,
    ) -> Outcome:
        """Run its interpreter; see `run`."""
        environment = {**clean_environment(), **(env or {})}
        command = (str(self.folder / "bin/python"), *arguments)
        return run(command, cwd=cwd, env=environment, check=check, timeout=timeout)


@dataclass(frozen=True, slots=True)
class PlainVenvs:
    """Makes plain environments below one folder, each combination once.

    They are shared by tests: a test must not change one.
    """

    folder: Path
    _made: dict[tuple[str, ...], PlainVenv] = field(default_factory=dict)

    def __call__(
        self, index: Index | None, interpreter: Interpreter, requirements: Sequence[str]
    ) -> PlainVenv:
        """Return the environment of some requirements.

        :param index: where the wheels are; None is the real package index.
        :raises AssertionError: uv could not install them together.
        """
        key = (
            index.fingerprint() if index else "",
            str(interpreter.executable),
            *sorted(requirements),
        )
        if key not in self._made:
            self._made[key] = self._make(self.folder / str(len(self._made)), index, interpreter, requirements)
        return self._made[key]

    @staticmethod
    def _make(
        folder: Path, index: Index | None, interpreter: Interpreter, requirements: Sequence[str]
    ) -> PlainVenv:
        uv = find_uv_bin()
        environment = offline_environment(index.folder) if index else clean_environment()
        # A folder a failed attempt left would make `uv venv` ask what to do with it.
        make: tuple[str | Path, ...] = (
            uv,
            "venv",
            "--quiet",
            "--clear",
            "--python",
            interpreter.executable,
            folder,
        )
        run(make, cwd=folder.parent, env=environment)
        if requirements:
            install = (uv, "pip", "install", "--quiet", "--python", str(folder), *requirements)
            run(install, cwd=folder.parent, env=environment)
        return PlainVenv(folder)
