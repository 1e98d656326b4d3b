"""Filling one environment with exactly the planned distributions, or finding that it is there already."""

from __future__ import annotations

import hashlib
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.environments import making, venv
from orchestrator.environments.site import Site
from orchestrator.errors import InstallError
from orchestrator.install import editables
from orchestrator.plan.model import APPLICATION
from orchestrator.system.credentials import restored
from orchestrator.system.graphs import reachable
from orchestrator.system.names import LOCK, MODULES, NATIVE_FORMAT, PTH
from orchestrator.system.paths import relative_nearby
from orchestrator.system.scratch import temporary_folder
from orchestrator.system.source_state import source_state
from orchestrator.uv import failure, request_files
from orchestrator.uv.run import is_set, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.config.model import Project
    from orchestrator.plan.model import Plan, PlannedEnvironment
    from orchestrator.uv.interpreter import Interpreter
    from orchestrator.uv.model import Pin

    Hashes = Mapping[tuple[str, str], tuple[str, ...]]


# Wheels alone, those that were built here as well: what a build needs is not settled, and is to be asked for.
_FROM_CACHE = ("--offline", "--no-build")
# How uv words it.
_MISMATCH = re.compile(
    r"Hash mismatch for `(?P<name>[^`]+)`\s+Expected:\s+(?P<expected>(?:\S+:[0-9a-f]+\s+)+)"
    r"Computed:\s+(?P<computed>(?:\S+:[0-9a-f]+\s*)+)"
)


def content(
    environment: PlannedEnvironment, plan: Plan, interpreter: Interpreter, root: Path, hashes: Hashes
) -> str:
    """Return the digest of what an environment of *plan* holds and of all that it sees elsewhere.

    Environments may borrow from each other, so those that can be reached count with what they hold alone. Where the
    project is does not count: it can be moved.

    :param root: the project's folder.
    :param hashes: what the files are known to be: others would make another environment.
    """
    named = {each.name: each for each in plan.environments}
    reached = reachable(environment.borrowed.values(), lambda home: named[home].borrowed.values())
    described = {
        "python": [interpreter.executable, *interpreter.version],
        "native": NATIVE_FORMAT,
        "own": _described(environment, root, hashes),
        "seen": {name: _described(named[name], root, hashes) for name in sorted(reached)},
    }
    return hashlib.sha256(json.dumps(described, sort_keys=True).encode()).hexdigest()


def _described(environment: PlannedEnvironment, root: Path, hashes: Hashes) -> dict[str, object]:
    return {
        "pins": {
            name: [_specification(pin, root), state_of(pin), _files(hashes.get((name, pin.version), ()))]
            for name, pin in sorted(environment.pins.items())
        },
        "copied": sorted(environment.copied),
        "borrowed": dict(sorted(environment.borrowed.items())),
    }


@cache
def _files(hashes: tuple[str, ...]) -> str:
    """Return a digest of the hashes of a release: there may be a hundred, in every environment that sees it."""
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest() if hashes else ""


def _specification(pin: Pin, root: Path) -> str:
    if pin.source is None:
        return pin.specification
    folder, is_editable = relative_nearby(Path(pin.source), root), pin.specification.startswith("-e ")
    return f"-e {folder}" if is_editable else folder


def state_of(pin: Pin) -> str:
    """Return what changes when a local project would have to be installed anew; empty for anything else."""
    if pin.source is None:
        return ""
    return source_state(Path(pin.source), editable=pin.specification.startswith("-e "))


def isolated_sites(plan: Plan, root: Path, interpreter: Interpreter, hashes: Hashes) -> tuple[Site, ...]:
    """Return the isolated environments of *plan*, each in a folder named after its content."""
    sites = []
    for environment in plan.environments:
        digest = content(environment, plan, interpreter, root, hashes)
        folder = root / MODULES / f"{environment.name}-{digest[:8]}"
        sites.append(Site(environment, folder, folder, digest))
    return tuple(sites)


def install(
    site: Site,
    interpreter: Interpreter,
    project: Project,
    paths: Iterable[Path],
    hashes: Hashes,
) -> None:
    """Create the environment at *site* and install its distributions.

    :param project: whose uv settings, sources and indexes apply.
    :param paths: ``site-packages`` folders of other environments that a plain interpreter of this one shall
        see too (they are written relative, to a ``.pth`` file).
    :param hashes: (canonical name, version) → what the release's files have to be, ``sha256:…``.
    :raises InstallError: with uv's reason.
    """
    making.begin(site.folder)
    site.folder.parent.mkdir(parents=True, exist_ok=True)
    environment = site.environment
    # What a person sees in front of the shell's prompt.
    prompt = project.name if environment.name == APPLICATION else environment.name
    venv.create(site.folder, interpreter, prompt=prompt)
    linked = {name: pin for name, pin in environment.pins.items() if name not in environment.copied}
    copied = {name: pin for name, pin in environment.pins.items() if name in environment.copied}
    _install(site, linked, project, hashes, ())
    _install(site, copied, project, hashes, ("--link-mode", "copy"))
    _, there = _made_movable(site, interpreter, project)
    text = names_of_seen(site, interpreter, paths)
    if text:
        (there / PTH).write_text(text, encoding="utf-8")


def names_of_seen(site: Site, interpreter: Interpreter, paths: Iterable[Path]) -> str:
    """Return the text of the ``.pth`` file by which a plain interpreter sees other environments' *paths*."""
    own = venv.site_packages(site.lives_at, interpreter)
    return "".join(f"{os.path.relpath(path, own)}\n" for path in paths)


def add(
    site: Site,
    pins: Mapping[str, Pin],
    interpreter: Interpreter,
    project: Project,
    variables: Mapping[str, str] | None = None,
) -> None:
    """Install more into an environment that has been made, without what that requires.

    :param variables: environment variables that a build back end gets besides.
    :raises InstallError: with uv's reason.
    """
    _install(site, pins, project, {}, (), variables)
    _made_movable(site, interpreter, project)


def _made_movable(site: Site, interpreter: Interpreter, project: Project) -> tuple[Path, Path]:
    """Have editable installs survive a move; return ``site-packages`` where it will be, and where it is now."""
    own, there = (venv.site_packages(folder, interpreter) for folder in (site.lives_at, site.folder))
    editables.relocate(there, own, project.root)
    return own, there


def _install(
    site: Site,
    pins: Mapping[str, Pin],
    project: Project,
    hashes: Hashes,
    options: tuple[str, ...],
    variables: Mapping[str, str] | None = None,
) -> None:
    if not pins:
        return
    arguments = ["pip", "install", "--no-deps", *options]
    for name, pin in pins.items():
        if pin.source is not None:
            # The folder has changed, its version perhaps not: have it built again. (`--refresh-package` means that,
            # too, but uv refuses it while it is offline, whether or not its cache holds what building needs.)
            arguments += ["--reinstall-package", name]
    with temporary_folder() as folder:
        arguments += ["--python", str(venv.python(_as_text(site.folder, folder)))]
        arguments += request_files.write_pins(folder, project, pins)
        arguments += _write_hashes(folder, pins, hashes, project.credentials)
        if _are_known(pins, hashes) and not is_set("UV_OFFLINE"):
            # What they are is settled, so nobody has to be asked about them if uv's cache holds them.
            cached = run([*arguments, *_FROM_CACHE], cwd=project.root, environment=variables)
            if cached.code == 0:
                return
        answer = run(arguments, cwd=project.root, environment=variables)
    if answer.code != 0:
        raise _failure(site, answer.stderr)


def _are_known(pins: Mapping[str, Pin], hashes: Hashes) -> bool:
    """Whether all of *pins* are releases of an index, and it is known which files they may be."""
    return all(pin.source is None and hashes.get((name, pin.version)) for name, pin in pins.items())


def _as_text(environment: Path, folder: Path) -> Path:
    """Return a path of *environment* that is text, as all are that uv takes; a link in *folder* if its own is not."""
    try:
        os.fspath(environment).encode()
    except UnicodeEncodeError:
        link = folder / "environment"
        link.symlink_to(environment)
        return link
    return environment


def _write_hashes(
    folder: Path, pins: Mapping[str, Pin], hashes: Hashes, credentials: Mapping[str, str]
) -> list[str]:
    """Write what is known of the files of *pins*, and return the arguments that have uv check it.

    uv verifies the hashes that it is given, in constraints as well, and installs what has none unchecked.
    """
    lines = [
        " ".join((pin.specification, *(f"--hash={found}" for found in hashes[name, pin.version])))
        for name, pin in pins.items()
        if hashes.get((name, pin.version))
    ]
    if not lines:
        return []
    text = restored("".join(f"{line}\n" for line in lines), credentials)
    (folder / "hashes.txt").write_text(text, encoding="utf-8")
    return ["--constraints", str(folder / "hashes.txt")]


def _failure(site: Site, stderr: str) -> InstallError:
    mismatch = _MISMATCH.search(stderr)
    if mismatch is not None:
        expected, computed = (" or ".join(mismatch[part].split()) for part in ("expected", "computed"))
        return InstallError(
            f"`{mismatch['name']}` is not the file that `{LOCK}` knows",
            causes=(f"expected {_shortened(expected)}", f"found {computed}"),
            hints=(
                "somebody has exchanged the file on the index, or on the way: find out before you trust it",
                f"if that is as it should be: `mvenv lock --upgrade-package {mismatch['name'].partition('==')[0]}`",
            ),
        )
    return InstallError(
        f"could not install environment `{site.environment.name}`",
        causes=failure.first_lines(stderr),
        hints=(*failure.hints(stderr), *_what_to_do(stderr)),
    )


def _what_to_do(stderr: str) -> tuple[str, ...]:
    built = failure.built(stderr)
    if built is None:
        return ("run `mvenv build` again; what was running before still runs",)
    return (f"try a version of `{built}` that has a wheel for this Python, which needs no build",)


def _shortened(text: str) -> str:
    hashes = text.split(" or ")
    return text if len(hashes) <= 2 else f"{hashes[0]} or one of {len(hashes) - 1} others"
