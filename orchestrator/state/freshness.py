"""Is what is built still what the project asks for? Answered from files alone, in milliseconds.

Standard library only: ``mvenv run`` asks this before every start.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from orchestrator import __version__
from orchestrator.state.absence import absences
from orchestrator.system.names import (
    APPLICATION_FOLDER,
    BUILD_LOCK,
    IMPORT_MAP,
    INPUTS,
    INPUTS_ABOVE,
    IS_TEMPORARY,
    MODULES,
    OVERRIDES,
    UNFINISHED,
)
from orchestrator.system.source_state import digest, file_digest, source_state

TYPE_CHECKING = False  # importing typing takes as long as reading the files
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.state.documents import Record, RecordedInputs, SourceEntry


def inputs_now(
    root: Path, sources: dict[str, bool], to_be: Callable[[Path], str | None] = lambda _: None
) -> RecordedInputs:
    """Return a description of everything a build of the project at *root* depends on.

    :param sources: folder of each local dependency, relative to *root* where it can be → whether it is
        editable (then only what its metadata comes from counts).
    :param to_be: returns the text that a file of the project's will have, None if it stays as it is.
    """
    return {
        "mvenv": __version__,
        "files": {
            name: file_digest(root / name) if (text := to_be(root / name)) is None else digest(text.encode())
            for name in INPUTS
        }
        | _files_above(root),
        "sources": sources_now(root, sources),
    }


def _files_above(root: Path) -> dict[str, str]:
    """Return the digests of those that there are, and that uv may read."""
    found = {}
    for level, folder in enumerate(root.parents, 1):
        for name in INPUTS_ABOVE:
            content = _content(folder / name, b"")
            # A pyproject.toml without its table is another project's business.
            if content and (name != "pyproject.toml" or b"uv" in content):
                found["../" * level + name] = digest(content)
    return found


def sources_now(root: Path, sources: dict[str, bool]) -> dict[str, SourceEntry]:
    """Return the state of local dependencies: folder, as in *sources* of :func:`inputs_now` → state."""
    return {
        folder: {"editable": editable, "state": source_state(root / folder, editable=editable)}
        for folder, editable in sorted(sources.items())
    }


def is_fresh(root: Path, record: Record | None, *, for_a_start: bool = False) -> bool:
    """Whether the environments that *record* describes are there and still what the project asks for.

    :param for_a_start: overrides that take effect when an interpreter starts, without a build, are no reason for one.
    """
    if record is None:
        return False
    recorded = record["inputs"]
    asked = os.environ.get("UV_PYTHON")
    if asked and asked != record["python_request"]:
        return False
    if not is_complete(root, record):
        return False
    sources = {folder: entry["editable"] for folder, entry in recorded["sources"].items()}
    now = inputs_now(root, sources)
    if not _has_edited_overrides(root, record):
        return now == recorded
    now["files"][OVERRIDES] = recorded["files"][OVERRIDES]
    return for_a_start and now == recorded and _take_effect(root, record)


def is_untried(record: Record) -> bool:
    """Whether the build that has left *record* was ended before it had imported what it installed."""
    return "imports" not in record


def is_uncured(record: Record) -> bool:
    """Whether something does not import, and what would let it has not been looked for: a build was ended before."""
    imports = record.get("imports")
    return imports is not None and not all(each["sought"] for each in imports["failed"])


def is_complete(root: Path, record: Record) -> bool:
    """Whether the environments that *record* describes are there, and for this machine."""
    return next(absences(root, record), None) is None


def _has_edited_overrides(root: Path, record: Record) -> bool:
    """Whether the project's overrides, or the copy beside ``site-packages``, are not what the build put in force."""
    text = record["overrides"]["text"].encode()
    own, copy = root / OVERRIDES, root / record["overrides"]["library"] / OVERRIDES
    # A missing file says nothing; a missing copy has not been edited.
    return _content(own, b"{}\n") != text or _content(copy, text) != text


def _take_effect(root: Path, record: Record) -> bool:
    """Whether what was edited is in effect in every interpreter that starts from now on."""
    from runtime_shim.model import import_map  # for projects whose overrides have changed since the build
    from runtime_shim.overrides import at_start

    library = root / record["overrides"]["library"]
    site_packages = library / "site-packages"
    try:
        document = import_map.load(str(site_packages / "runtime_shim" / IMPORT_MAP))
    except import_map.ManifestError:  # nothing is divided: there is no shim
        return False
    texts = import_map.edited_overrides(document, str(library), str(root))
    return texts is None or not at_start.in_effect(document, texts, str(root), str(site_packages))[1]


def _content(path: Path, missing: bytes) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return missing


def is_tidy(root: Path, environments: Iterable[str]) -> bool:
    """Whether the project holds these isolated environments alone: no build was killed before it had swept."""
    unfinished: set[Path] = set()
    for place in (root, root / APPLICATION_FOLDER):
        unfinished.update(path for path in place.iterdir() if _is_left_over(path.name))
    in_use = {Path(path).name for path in environments}
    if unfinished:
        from orchestrator.state.generations import kept  # for projects that were built while a program ran

        used = kept(root)
        if not unfinished <= used:
            return False
        in_use.update(path.name for path in used)
    try:
        with os.scandir(root / MODULES) as entries:
            return not any(entry.is_dir() and entry.name not in in_use for entry in entries)
    except OSError:  # there is none
        return True


def _is_left_over(name: str) -> bool:
    return name.startswith(".") and (
        name == BUILD_LOCK or bool(re.fullmatch(UNFINISHED, name) or re.fullmatch(IS_TEMPORARY, name))
    )


def is_of_a_plain_build(record: Record) -> bool:
    """Whether `mvenv build` without options asks for what *record* describes.

    Not if it was told of dependency groups or extras, or built from a frozen lock that pyproject.toml had left behind.
    """
    return not any(record["request"].values())
