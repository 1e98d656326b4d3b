"""The step of a build that keeps the native libraries of its environments apart.

What an environment needs depends on all others, and an environment that is in use must not change under the programs
that run in it. So the environments in use keep what they have, and the new ones make way: those are in nobody's use
until the build is committed, and can be changed where they are. An environment is declared complete again when
all its files are changed; killed before, the next build makes it anew.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.environments import venv
from orchestrator.environments.marking import NativeWork, mark, marking_of, unmark
from orchestrator.native import unseparated
from orchestrator.native.apply import apply, patchelf
from orchestrator.native.decide import decide
from orchestrator.native.read import read_place, with_contents

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from orchestrator.environments.site import Site, Staged
    from orchestrator.native.model import Change, NativePlace, Separated
    from orchestrator.system.console import Reporter
    from orchestrator.uv.interpreter import Interpreter

_UNAVAILABLE = (
    "native libraries of several environments have the same names, and there is no `patchelf` to tell them apart; "
    "whichever is loaded first serves all"
)


@dataclass(frozen=True, slots=True)
class Separation:
    """What the step has come to."""

    done: tuple[Separated, ...] = ()
    warnings: tuple[str, ...] = ()

    def noted(self, place: str) -> NativeWork:
        """Return what the mark of an environment says of the step."""
        return next((noted(each) for each in self.done if each.place == place), NativeWork())


def separate(
    staged: Staged, in_use: Collection[Path], interpreter: Interpreter, reporter: Reporter
) -> Separation:
    """Make sure that no library of one staged environment is taken for another's when a process loads both.

    Does nothing where there is one environment alone; on systems whose dynamic linker is not ELF's it warns of what
    may be confused.

    :param in_use: folders of environments that programs may be running from.
    :raises InstallError: a file could not be changed.
    """
    if not staged.environments:
        return Separation()
    sites = {site.environment.name: site for site in staged.everywhere()}
    folders = {name: venv.site_packages(site.folder, interpreter) for name, site in sites.items()}
    if sys.platform != "linux":
        return Separation(warnings=tuple(unseparated.warnings(folders.values(), sys.platform)))
    isolated = [_place(site, folders, in_use) for site in staged.environments]
    if not any(place.objects for place in isolated):
        return Separation()  # all native code is the application environment's
    places = [_place(staged.application, folders, in_use), *isolated]
    changes = decide(with_contents(places, folders))
    if not changes:
        return Separation()
    program = patchelf()
    if program is None:
        return Separation(warnings=(_UNAVAILABLE,))
    reporter.stage("Separating native libraries", len(changes))
    by_name = {place.name: place for place in places}
    done = []
    for change in changes:
        done.append(
            _carried_out(change, by_name[change.place], sites[change.place], folders[change.place], program)
        )
        reporter.advance()
    return Separation(
        tuple(done),
        tuple(
            f"the libraries of `{each.place}` keep names that another environment has as well, and whichever is "
            f"loaded first serves both: {each.obstacle}"
            for each in done
            if each.obstacle
        ),
    )


def _place(site: Site, folders: Mapping[str, Path], in_use: Collection[Path]) -> NativePlace:
    environment = site.environment
    return read_place(
        environment.name,
        site.content[:8],
        folders[environment.name],
        environment.borrowed.values(),
        in_use=site.folder in in_use,
    )


def _carried_out(change: Change, place: NativePlace, site: Site, folder: Path, program: str) -> Separated:
    marking = marking_of(site.folder)
    unmark(site.folder)
    done = apply(change, place, folder, program)
    if marking is not None:
        mark(site.folder, marking.model_copy(update={"native": noted(done, marking.native), "seal": None}))
    return done


def noted(done: Separated, before: NativeWork | None = None) -> NativeWork:
    """Return what is noted of a step, and of those *before* in the same environment, for `mvenv doctor`."""
    earlier = before or NativeWork()
    return NativeWork(
        names={**earlier.names, **done.names},
        symbols=earlier.symbols + done.symbols,
        files={**earlier.files, **done.files},
    )
