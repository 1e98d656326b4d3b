"""Another Python or platform than the one at hand, as far as uv can be asked about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.config.platforms import LOCKED
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from orchestrator.config.platforms import Platform
    from orchestrator.uv.interpreter import Interpreter


def elsewhere(here: Interpreter, full_version: str, platform: Platform | None = None) -> Interpreter:
    """Return a CPython that need not be there: questions about it are asked, and source is built, with *here*.

    :param full_version: of which uv takes the wheels and the markers: `3.12.0`.
    :param platform: None for that of *here*.
    """
    major, minor, micro = map(int, full_version.split("."))
    arguments: tuple[str, ...] = ("--python-version", full_version)
    markers = {
        **here.markers,
        "implementation_name": "cpython",
        "implementation_version": full_version,
        "platform_python_implementation": "CPython",
        "python_full_version": full_version,
        "python_version": f"{major}.{minor}",
    }
    multiarch = here.platform
    if platform is not None and platform != LOCKED.get(here.made_for[1]):
        arguments += ("--python-platform", platform.name)
        markers |= platform.markers
        multiarch = f"{platform.machine}-linux-musl" if platform.uses_musl else ""
    return replace(
        here,
        version=(major, minor, micro),
        markers=markers,
        platform=multiarch,
        abi_flags="",
        target=arguments,
    )


def check_can_be_asked_here(here: Interpreter) -> None:
    """Make sure that uv takes the wheels of ordinary Pythons where it is asked about others with *here*.

    :raises ConfigError: it would take those of free-threaded ones, because *here* is one.
    """
    if "t" in here.abi_flags:
        raise ConfigError(
            "other environments cannot be locked with a free-threaded Python",
            causes=(here.executable,),
            hints=("run `mvenv lock` with an ordinary one: `UV_PYTHON=3.12 mvenv lock`",),
        )
