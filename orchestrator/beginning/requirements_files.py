"""`requirements.txt`, `requirements.in`, and those beside them: `requirements-dev.txt`."""

from __future__ import annotations

import os
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from orchestrator.beginning import placed
from orchestrator.beginning.model import Beginning, Source
from orchestrator.beginning.notes import Notes
from orchestrator.beginning.requirements_lines import Line, lines
from orchestrator.beginning.unnamed import name_of_folder, name_of_url
from orchestrator.config.document import read_text
from orchestrator.config.faults import quote
from orchestrator.config.location import show_place
from orchestrator.errors import ConfigError
from orchestrator.system.paths import is_url, of_url, relative_nearby

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.editing.toml import Value

FILES = ("requirements.in", "requirements.txt")

_OF_GROUP = re.compile(
    r"(?:requirements[-_.](?P<behind>[A-Za-z0-9][\w.-]*?)|(?P<before>[A-Za-z0-9][\w.-]*?)[-_.]requirements)"
    r"\.(?P<suffix>in|txt)"
)
_READ = frozenset({"-r", "--requirement", "--requirements"})
_CONSTRAIN = frozenset({"-c", "--constraint", "--constraints"})
_EDITABLE = frozenset({"-e", "--editable"})
_INDEX = frozenset({"-i", "--index-url", "--pypi-url"})
_SWITCHES = frozenset({"--prefer-binary", "--require-hashes"})
_LIKE_A_PATH = re.compile(r"(?:[./~]|[A-Za-z]:[\\/])|.*(?:[/\\]|\.whl$|\.tar\.gz$|\.zip$)", re.DOTALL)
# A name, and perhaps extras, before the URL.
_NAMED_URL = re.compile(r"[A-Za-z0-9][\w.-]*\s*(?:\[[^\]]*\]\s*)?@")


def read(path: Path) -> Beginning:
    """Read a requirements file and what it names; those beside it become dependency groups.

    What another file has pinned only for others (`# via`) is a constraint, and no requirement.

    :raises ConfigError: a file cannot be read.
    """
    return read_several([path], path.parent, groups_beside(path.parent))


def read_several(
    paths: list[Path], root: Path, groups: Mapping[str, Path] = MappingProxyType({})
) -> Beginning:
    """Read requirements files, and those of dependency groups.

    :param root: the project's folder.
    :raises ConfigError: a file cannot be read.
    """
    reader = _Reader(root)
    requirements = tuple(dict.fromkeys(entry for path in paths for entry in reader.entries(path)))
    of_groups = {name: reader.entries(file) for name, file in sorted(groups.items())}
    return Beginning(
        read=reader.names,
        requirements=requirements,
        groups=of_groups,
        sources=reader.sources,
        uv=reader.settings(),
        told=reader.notes.told,
        lost=reader.notes.lost,
    )


def groups_beside(folder: Path) -> dict[str, Path]:
    """Return the files that are named for a purpose, each purpose once: what people write before what tools do."""
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):  # `.in` is before `.txt`
        match = _OF_GROUP.fullmatch(file.name)
        if match is not None and file.is_file():
            found.setdefault(canonicalize_name(match["behind"] or match["before"]).strip("-"), file)
    return found


class _Reader:
    """Reads files, each once.

    :param root: the project's folder.
    """

    def __init__(self, root: Path) -> None:
        self.notes = Notes()
        self.sources: dict[str, Source | list[Source]] = {}
        self._root = root
        self._seen: dict[Path, None] = {}
        self._constraints: dict[str, None] = {}
        self._indexes: list[dict[str, str | bool]] = []
        self._links: list[str] = []
        self._flags: dict[str, Value] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The files that were read."""
        return tuple(show_place(path) for path in self._seen)

    def entries(self, path: Path) -> tuple[str, ...]:
        """Return the requirements of a file, and of those it names that were not read before."""
        return tuple(dict.fromkeys(self._entries(path, is_constraints=False)))

    def settings(self) -> dict[str, Value]:
        """Return what uv is to be told."""
        settings: dict[str, Value] = dict(self._flags)
        if self._indexes:
            settings["index"] = self._indexes
        if self._links:
            settings["find-links"] = self._links
        if self._constraints:
            settings["constraint-dependencies"] = tuple(self._constraints)
        return settings

    def _entries(self, path: Path, *, is_constraints: bool) -> list[str]:
        resolved = path.resolve()
        if resolved in self._seen:
            return []
        text = read_text(resolved)
        self._seen[resolved] = None
        found: list[str] = []
        has_hashes, pinned = False, 0
        for line in lines(text):
            place = show_place(resolved, line.number)
            has_hashes |= line.has_hashes
            if "\0" in line.text or "\0" in line.value:
                self.notes.lose(place, "there is a NUL in it")
                continue
            if line.option:
                found += self._option(line, path, place, is_constraints=is_constraints)
                continue
            requirement = self._requirement(line.text, path.parent, place, is_editable=False)
            if requirement is None:
                continue
            if is_constraints or _is_for_others(line):
                pinned += not is_constraints
                self._constraints[requirement] = None
            else:
                found.append(requirement)
        place = show_place(resolved)
        if has_hashes:
            self.notes.tell(place, "hashes are left out: mvenv.lock has those of all files of a release")
        if pinned:
            self.notes.tell(
                place, f"{pinned} that only others require (`# via`) are constraints in `[tool.uv]`"
            )
        return found

    def _option(self, line: Line, path: Path, place: str, *, is_constraints: bool) -> list[str]:
        option, value = line.option, line.value
        if option in _READ or option in _CONSTRAIN:
            return self._file(value, path, place, is_constraints=is_constraints or option in _CONSTRAIN)
        if option in _EDITABLE:
            requirement = self._requirement(value, path.parent, place, is_editable=True)
            return [] if requirement is None else [requirement]
        if option in _INDEX:
            self._indexes.append({"name": "requirements", "url": value, "default": True})
        elif option == "--extra-index-url":
            self._indexes.insert(0, {"name": f"requirements-extra-{len(self._indexes) + 1}", "url": value})
        elif option in {"-f", "--find-links"}:
            self._links.append(value if is_url(value) else self._relative(path.parent / value))
        elif option == "--pre":
            self._flags["prerelease"] = "allow"
        elif option == "--no-index":
            self._flags["no-index"] = True
        elif option not in _SWITCHES:
            self.notes.lose(place, f"pip's option {quote(option)}")
        return []

    def _file(self, written: str, path: Path, place: str, *, is_constraints: bool) -> list[str]:
        if is_url(written):
            self.notes.lose(place, f"{quote(written)} is not fetched")
            return []
        try:
            return self._entries(path.parent / written, is_constraints=is_constraints)
        except ConfigError as error:
            reason = error.causes[0].partition(": ")[2] if error.causes else error.message
            self.notes.lose(place, f"{quote(written)} cannot be read: {reason}")
            return []

    def _requirement(self, text: str, folder: Path, place: str, *, is_editable: bool) -> str | None:
        bare, blank, marker = text.partition(" ;" if "://" in text else ";")
        bare, marker = bare.strip(), marker.strip() if blank else ""
        if _NAMED_URL.match(bare) or not (is_url(bare) or _LIKE_A_PATH.match(bare) or is_editable):
            return self.notes.requirement(text, place)
        if is_url(bare) and not bare.startswith("file:"):
            return self._of_url(bare, marker, place, is_editable=is_editable)
        return self._of_path(bare, folder, marker, place, is_editable=is_editable)

    def _of_url(self, text: str, marker: str, place: str, *, is_editable: bool) -> str | None:
        url, _, fragment = text.partition("#")
        egg = dict(part.partition("=")[::2] for part in fragment.split("&")).get("egg", "")
        name = egg or name_of_url(url)
        if not name:
            self.notes.lose(place, f"{quote(text)} does not say its name: write `NAME @ {url}`")
            return None
        if is_editable:
            self.notes.tell(place, "installed like any other, not editable: it comes from a repository")
        kept = "&".join(part for part in fragment.split("&") if part and not part.startswith("egg="))
        whole = f"{name} @ {url}{'#' if kept else ''}{kept}"
        return self.notes.requirement(placed.under(whole, marker, is_url=True), place)

    def _of_path(self, text: str, folder: Path, marker: str, place: str, *, is_editable: bool) -> str | None:
        written, bracket, extras = text.removesuffix("]").rpartition("[")
        if not bracket or not text.endswith("]"):
            written, extras = text, ""
        path = folder / (of_url(written) if written.startswith("file:") else written)
        if not os.path.exists(path):  # noqa: PTH110 -- Path.exists raises for a name that is too long
            self.notes.lose(place, f"there is nothing at {quote(written)}")
            return None
        name = name_of_url(path.name) if path.is_file() else name_of_folder(path)
        is_itself = path.resolve() == self._root.resolve()
        if not name and not is_itself:
            self.notes.lose(
                place, f"{quote(text)} does not say its name where it can be read without running it"
            )
            return None
        bare = placed.named(name or "itself", [each.strip() for each in extras.split(",") if each.strip()])
        found = placed.local(
            *(bare, self._relative(path), marker, place, self._root, self.notes), editable=is_editable
        )
        if found is None or found.source is None:
            return None
        self.sources[name] = found.source
        return self.notes.requirement(found.requirement, place)

    def _relative(self, path: Path) -> str:
        return relative_nearby(path.resolve(), self._root.resolve())


def _is_for_others(line: Line) -> bool:
    """Tell whether a tool has written that only other distributions require it."""
    who = [each.strip() for via in line.via for each in via.split(",") if each.strip()]
    return bool(who) and not any(each.startswith("-r") or "(" in each for each in who)
