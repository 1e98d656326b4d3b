"""Running the uv binary that the PyPI package ``uv`` brings along."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import InstallError, MvenvError
from orchestrator.system import child_environment, children, shown
from orchestrator.system.credentials import without
from orchestrator.uv.variables import refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.config.request import Request

# How uv words it.
_NOT_CACHED = ("not found in the cache", "network was disabled", "needs to be downloaded from a registry")

# The logger of uv that tells when a build begins and ends, in the form of `RUST_LOG`, and what it says then.
_TELLING_OF_BUILDS = "uv_distribution=debug"
_OF_BUILDS = ("DEBUG Preparing", "DEBUG Building", "DEBUG Prepared", "DEBUG Built")
_BUILD_BEGINS = re.compile(r"DEBUG (?:Preparing metadata for|Building): (?P<what>.+)")
_BUILD_ENDS = re.compile(
    r"DEBUG (?:Prepared metadata for: (?P<metadata>.+)|Built `(?P<wheel>[^`]+)` into .*)"
)
# What would change the form of its answers, or whom and where it is asked about: mvenv tells it the interpreter.
_NOT_FOR_UV = (
    *("FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS"),
    *("UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_PROJECT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY"),
)
_LEVELS = ("TRACE ", "DEBUG ", "INFO ", "WARN ", "ERROR ")


@dataclass(frozen=True, slots=True)
class UvAnswer:
    """What a uv command said."""

    code: int
    stdout: str
    stderr: str
    """Without its log."""
    log: str = ""
    """What it has written for developers: the lines that ``RUST_LOG`` asks for."""


class BuildListener(Protocol):
    """Whoever wants to know what uv builds while it does; called from several threads."""

    def build_began(self, what: str, *, is_release: bool) -> None:
        """Called when a build begins: of a release, ``name 1.0 (sdist)``, or of what the user has written or named."""
        ...

    def build_ended(self, what: str) -> None:
        """Called with the same text when it has ended, well or not."""
        ...


_listeners: list[BuildListener] = []


@contextmanager
def builds_told_to(listener: BuildListener) -> Iterator[None]:
    """Tell *listener* what uv builds while the block runs, in whatever thread."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


class _Builds:
    """What one uv is building, by its log."""

    def __init__(self) -> None:
        self._running: list[str] = []

    def hear(self, line: str) -> None:
        """Read a line of the log; there are thousands."""
        if not line.startswith(_OF_BUILDS):
            return
        if (match := _BUILD_BEGINS.fullmatch(line)) is not None:
            self._running.append(match["what"])
            for listener in _listeners:
                listener.build_began(_shown(match["what"]), is_release="==" in match["what"])
        elif (match := _BUILD_ENDS.fullmatch(line)) is not None:
            self._end(match["metadata"] or match["wheel"])

    def end(self) -> None:
        """Take what was not said to have ended for ended."""
        for what in list(self._running):
            self._end(what)

    def _end(self, what: str) -> None:
        if what in self._running:
            self._running.remove(what)
            for listener in _listeners:
                listener.build_ended(_shown(what))


def _shown(what: str) -> str:
    """Return a release as people read it: ``x==1.0`` comes from an index, ``x @ file:///…`` from the place it names."""
    name, pinned, version = what.partition("==")
    if pinned:
        return f"{name} {version} (sdist)"
    name, _, place = what.partition(" @ ")
    return f"{name} ({place})" if place else what


@cache
def binary() -> str:
    """Return the path of uv.

    :raises InstallError: if the package is installed without its binary.
    """
    import uv  # its import looks at the environment; only commands that need uv pay

    try:
        return os.fspath(uv.find_uv_bin())
    except FileNotFoundError as error:
        raise InstallError(
            "the uv binary is missing",
            causes=(str(error),),
            hints=("reinstall mvenv: `pip install --force-reinstall uv`",),
        ) from None


def is_set(variable: str) -> bool:
    """Tell whether a boolean environment variable of uv's says yes, in any way that uv takes for one."""
    return os.environ.get(variable, "").lower() in {"1", "true", "t", "yes", "y", "on"}


def run(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    loggers: Sequence[str] = (),
) -> UvAnswer:
    """Run ``uv ARGUMENTS`` in *cwd*, so that the project's own uv settings apply, and return what it said.

    uv reads its settings from the user's environment variables, ``uv.toml`` and ``[tool.uv]``; nothing is
    overridden but what would change the form of the answer, or what is asked about.

    :param loggers: of uv, that shall speak, in the form of ``RUST_LOG``.
    :raises ConfigError: uv does not take the value of an environment variable.
    """
    variables = {**child_environment.chosen(), **(environment or {}), "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}
    variables["RUST_LOG"] = ",".join((_TELLING_OF_BUILDS, *loggers))
    for name in _NOT_FOR_UV:
        variables.pop(name, None)
    builds = _Builds()
    began = time.monotonic()
    try:
        ended = children.run([binary(), *arguments], cwd=cwd, environment=variables, heard=builds.hear)
    finally:
        builds.end()
    shown.note(f"uv {without(' '.join(arguments))}: exit code {ended.code}, {time.monotonic() - began:.2f}s")
    if ended.code == 2:  # what it was told, or how it is set up; not what it was asked
        wrong = refused(ended.stderr, variables)
        if wrong is not None:
            raise wrong
    lines = ended.stderr.splitlines(keepends=True)
    log = "".join(line for line in lines if line.startswith(_LEVELS))
    return UvAnswer(
        ended.code, ended.stdout, "".join(line for line in lines if not line.startswith(_LEVELS)), log
    )


@contextmanager
def network_use(request: Request) -> Iterator[None]:
    """Keep uv off the network while the block runs if *request* says so (``UV_OFFLINE``, uv's own variable)."""
    if not request.offline:
        yield
        return
    before = os.environ.get("UV_OFFLINE")
    os.environ["UV_OFFLINE"] = "1"
    try:
        yield
    except MvenvError as error:
        if any(sign in cause for sign in _NOT_CACHED for cause in error.causes):
            error.hints = ("uv's cache does not hold all that is needed: run this once without `--offline`",)
        raise
    finally:
        if before is None:
            del os.environ["UV_OFFLINE"]
        else:
            os.environ["UV_OFFLINE"] = before
