"""Commands of what lives in isolated environments, beside the application environment's own.

Entry points (``console_scripts``, ``gui_scripts``) and a wheel's ``.data/scripts`` alike: an installer writes all of
them to one folder (``bin``, on Windows ``Scripts``) and names them in RECORD. Each runs with the view of its own
environment, and what it runs of the project's code with the application's. So the import map says whose file it is
(``scripts``); a variable that the script sets would speak for the whole process, and for its children.
"""

from __future__ import annotations

import os
import shlex
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.system import this_system
from runtime_shim.model.names import STARTED_BY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from orchestrator.environments.site import Site
    from orchestrator.install.offers import Offer

_MAIN = b"__main__.py"

# A shell script starts a Python beside it, or on PATH, and asks that for a module by its plain name.
_SHELL = """#!/bin/sh
{variable}={environment} exec "$(dirname -- "$(realpath -- "$0")")"/{path} "$@"
"""


@dataclass(frozen=True, slots=True)
class Commands:
    """What was put into the application environment's ``bin``."""

    environments: Mapping[str, str] = field(default_factory=dict)
    """File name → the environment whose it is."""
    others: tuple[str, ...] = ()
    """Those of them that are called ``NAME@VERSION``, since the name itself is another's."""


def provide(application: Site, offers: Iterable[Offer]) -> Commands:
    """Put the commands of *offers* into the ``bin`` of *application*.

    The name itself is that of the first distribution which the application sees, unless an unversioned one has it;
    everybody else's is called ``NAME@VERSION``.
    """
    environments: dict[str, str] = {}
    others: list[str] = []
    of_release: set[tuple[str, str, str]] = set()
    own = application.folder / this_system.SCRIPTS
    for offer in offers:
        version = offer.distribution.version
        for path in sorted(offer.distribution.outside):
            folder, _, name = path.rpartition("/")
            key = (offer.distribution.canonical_name, version, name)
            if folder != this_system.SCRIPTS or key in of_release or not offer.file(path).is_file():
                continue
            free = offer.is_seen and not os.path.lexists(own / name)
            called = name if free else this_system.versioned_name(name, version)
            if not free and os.path.lexists(own / called):
                continue
            _put(offer, path, application, called)
            of_release.add(key)
            environments[called] = offer.site.environment.name
            if not free:
                others.append(called)
    return Commands(environments, tuple(others))


def _put(offer: Offer, path: str, application: Site, name: str) -> None:
    """Copy a script; link to a program, which may look for its libraries beside its own file.

    uv writes scripts that find their Python beside themselves, so the copy starts the application environment's, which
    has the shim. A shell script of another version than the application's is started where it lies, as that
    environment's. (The wheel's own ``#!/usr/bin/env python`` starts what is on PATH, as in a plain venv.)
    """
    source, target = offer.file(path), application.folder / this_system.SCRIPTS / name
    with source.open("rb") as file:
        is_script = file.read(2) == b"#!"
    own = os.path.relpath(offer.site.lives_at / path, application.lives_at / this_system.SCRIPTS)
    if is_python(source) or (is_script and name == source.name):
        shutil.copy2(source, target)
    elif not is_script:
        this_system.place_link(own, str(target))
    else:
        environment = shlex.quote(offer.site.environment.name)
        text = _SHELL.format(variable=STARTED_BY, environment=environment, path=shlex.quote(own))
        target.write_text(text, encoding="utf-8")
        target.chmod(0o755)


def is_python(path: Path) -> bool:
    """Whether a file is a Python script, by its first lines, or one with a launcher in front of it (Windows).

    Such a launcher is a program that ends in a zip archive of one ``__main__.py`` (those of uv and of distlib), which
    Python runs by itself; the Python that it starts lies beside it, as a script's does.
    """
    with path.open("rb") as file:
        first, second = file.readline(1 << 12), file.readline(1 << 12)
        if first.startswith(b"MZ"):
            return _MAIN in first + second + file.read()
    return first.startswith(b"#!") and (b"python" in first or second.startswith(b"'''exec'"))
