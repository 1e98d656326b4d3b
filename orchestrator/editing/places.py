"""Requirements that are added by the place they come from: what of it goes to `[tool.uv.sources]`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.config.faults import quote
from orchestrator.config.location import show_key
from orchestrator.config.sources import SOURCES
from orchestrator.editing import toml
from orchestrator.editing.spelling import spelled
from orchestrator.errors import UsageError
from orchestrator.system.paths import of_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.editing.toml import Value

_ARCHIVES = (".whl", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip")
# A name, and behind an `@` what cannot be the end of a folder's name.
_NAMED = re.compile(r"(?<=[\w\]]) *@ *(?=\.{0,2}/|~|[a-z+]+:| )| @ ")
_EXTRAS = re.compile(r"(?<=[^\[\]])\[([A-Za-z0-9._, -]+)\]$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a distribution comes from."""

    url: str
    """As uv takes it in a requirements file."""
    source: Mapping[str, Value] = field(default_factory=dict)
    """What `[tool.uv.sources]` says of it."""
    extras: str = ""
    """``[extra]``, as written."""

    def requirement(self, name: str, *, raw: bool) -> str:
        """Return what `dependencies` says of it."""
        return f"{name}{self.extras} @ {self.url}" if raw else f"{name}{self.extras}"


def place_of(
    written: str, here: Path, root: Path, *, editable: bool, revision: Mapping[str, str]
) -> Place | None:
    """Return the place that is named in place of a distribution; None if it is a requirement with a name.

    :param here: where relative paths start from.
    :param root: the project's folder: what is written there is relative to it.
    :param editable: of a folder: whether it is used where it is.
    :param revision: of a repository: ``rev``, ``tag`` or ``branch``.
    :raises UsageError: an option does not go with such a place.
    """
    text = written.strip()
    extras = _EXTRAS.search(text)
    bare = text[: extras.start()] if extras else text
    given = extras[0] if extras else ""
    if bare.startswith("git+"):
        return _repository(bare, given, revision)
    if revision:
        raise UsageError(
            f"`--{next(iter(revision))}` goes with a repository, `git+https://…`, not with `{written}`"
        )
    if re.match(r"https?://", bare):
        return Place(bare, {"url": bare}, given)
    if bare.startswith("file:"):
        bare = of_url(bare)
    if not _is_path(bare):
        return None
    try:
        path = Path(os.path.abspath(here / Path(bare).expanduser()))  # noqa: PTH100 - links stay what they are
    except RuntimeError:
        raise UsageError(f"there is no user of the name in `{written}`") from None
    # Beside the project it moves with it; elsewhere it stays where it is.
    is_near = not Path(bare).is_absolute() and not bare.startswith("~")
    shown = (
        Path(os.path.relpath(path, root)).as_posix() if is_near or path.is_relative_to(root) else str(path)
    )
    if editable and bare.endswith(_ARCHIVES):
        raise UsageError(
            f"`--editable` goes with a folder, and {quote(written)} is an archive",
            hints=("an archive is installed as it is: leave `--editable` out",),
        )
    source: dict[str, Value] = {"path": shown}
    if editable:
        source["editable"] = True
    return Place(path.as_uri(), source, given)


def with_source(text: str, name: str, place: Place) -> tuple[str, str]:
    """Say in `[tool.uv.sources]` where a distribution comes from; return the text, and a sentence."""
    told = ", ".join(f"{each} {value}" for each, value in place.source.items() if value is not True)
    told += ", editable" * bool(place.source.get("editable"))
    key = spelled(text, SOURCES, name) or name
    return toml.put(text, (*SOURCES, key), place.source), f"`{name}` comes from {told}"


def without_source(text: str, name: str) -> tuple[str, tuple[str, ...]]:
    """Take away what `[tool.uv.sources]` says of a distribution; return the text, and what there is to say of it."""
    key = spelled(text, SOURCES, name)
    if key is None:
        return text, ()
    return toml.delete(text, (*SOURCES, key)), (f"Removed {quote(key)} from {show_key(SOURCES)}",)


def _repository(bare: str, extras: str, revision: Mapping[str, str]) -> Place:
    address, _, fragment = bare.removeprefix("git+").partition("#")
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")  # before the slash an @ is behind a user's name
    path, _, named = path.partition("@")
    source: dict[str, Value] = {"git": f"{scheme}://{host}{slash}{path}"}
    if named:
        source["rev"] = named
    url = bare
    if revision:
        if named:
            raise UsageError(f"`{bare}` names a revision, and so does `--{next(iter(revision))}`")
        source.update(revision)
        url = f"git+{address}@{next(iter(revision.values()))}{fragment and '#'}{fragment}"
    for part in fragment.split("&"):
        key, _, value = part.partition("=")
        if key == "subdirectory":
            source[key] = value
    return Place(url, source, extras)


def _is_path(text: str) -> bool:
    if text.startswith((".", "/", "~")):
        return True
    if _NAMED.search(text):
        return False
    return os.sep in text.partition("[")[0].partition(";")[0] or (
        text.endswith(_ARCHIVES) and " " not in text
    )
