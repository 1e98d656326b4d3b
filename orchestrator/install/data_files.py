"""Data files of what lives in isolated environments, to be found below the application environment's folder.

Programs look for ``share/`` and ``etc/`` below ``sys.prefix``, and a process has one of those. A wheel brings them as
``.data/data``. Each file is a relative link: folders of several distributions merge, and the project can be moved.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from orchestrator.system import this_system

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.environments.site import Site
    from orchestrator.install.offers import Offer
    from orchestrator.install.record import InstalledDistribution


@dataclass(frozen=True, slots=True)
class DataClash:
    """Data files of one name and different content; there is room for one of them."""

    present: str
    """The release whose files are there; empty if it is not known."""
    absent: str
    """The release whose files are not."""
    environment: str
    """Where they are instead."""
    paths: tuple[str, ...]
    """Below the folders of both."""

    def message(self) -> str:
        """Say it in a line, for people."""
        more = f" and {len(self.paths) - 1} more" if len(self.paths) > 1 else ""
        whose = f"those of {self.present}" if self.present else "others"
        return f"{self.paths[0]}{more}: {whose}, not those of {self.absent} (in {self.environment})"


def provide(
    application: Site, unversioned: Iterable[InstalledDistribution], offers: Iterable[Offer]
) -> tuple[DataClash, ...]:
    """Link the data files of *offers* into *application* where nothing is yet, and return what had no room.

    :param unversioned: what is installed in *application* itself.
    """
    there = {
        path: (f"{distribution.name} {distribution.version}", content)
        for distribution in unversioned
        for path, content in distribution.outside.items()
    }
    clashes: dict[tuple[str, str, str], list[str]] = {}
    for offer in offers:
        for path, content in offer.distribution.outside.items():
            if PurePosixPath(path).parts[0] == this_system.SCRIPTS or not offer.file(path).is_file():
                continue
            if path not in there and _link(offer, path, application):
                there[path] = (offer.release, content)
                continue
            present, other = there.get(path, ("", ""))
            if present != offer.release and other != content:
                clashes.setdefault((present, offer.release, offer.site.environment.name), []).append(path)
    return tuple(DataClash(*key, tuple(sorted(paths))) for key, paths in clashes.items())


def _link(offer: Offer, path: str, application: Site) -> bool:
    """Make one file be found; return whether there was room for it."""
    target = application.folder / path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        text = _kernel_for_any_python(offer, path)
        if text is None:
            own = (application.lives_at / path).parent
            this_system.place_link(os.path.relpath(offer.site.lives_at / path, own), str(target))
        elif os.path.lexists(target):
            return False
        else:
            target.write_text(text, encoding="utf-8")
    except (FileExistsError, NotADirectoryError):  # one has a file where the other has a folder
        return False
    return True


def _kernel_for_any_python(offer: Offer, path: str) -> str | None:
    """Return what a Jupyter kernel's specification has to say here, None if it is right as it is.

    One that names the Python of its environment, or that of a build which is gone, would start one without the
    application's view, or none. ``python`` is the Python that asks (``jupyter_client``'s ``format_kernel_cmd``).
    """
    if PurePosixPath(path).name != "kernel.json":
        return None
    try:
        document = json.loads(offer.file(path).read_text("utf-8"))
        program = Path(document["argv"][0])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    own = PurePath(offer.site.lives_at, this_system.SCRIPTS)
    if not program.is_absolute() or not program.name.startswith("python"):
        return None
    if program.exists() and program.parent != own:
        return None
    document["argv"][0] = "python"
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
