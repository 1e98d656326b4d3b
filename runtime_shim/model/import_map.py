"""Reading ``import_map.json``, the one file that tells the shim who sees what.

Parsing uses the C scanner behind :mod:`json` directly: importing :mod:`json` itself costs more than
everything else the shim does at start-up (it pulls in :mod:`re`).
"""

from __future__ import annotations

import os
import sys

from runtime_shim.model import map_shape

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any, NotRequired, TypedDict

    class Part(TypedDict):
        """What somebody sees."""

        paths: list[str]
        """Folders of distributions, relative to the project where they can be; ``site-packages`` first."""
        imports: dict[str, str | None]
        """Import name → environment, where that is another one than what most see (:class:`CommonPart`); None: none."""
        distributions: dict[str, str]
        """Distribution → version, of those installed here."""
        providers: dict[str, str]
        """Import name (dotted for a portion of a namespace package) → distribution installed here."""
        borrowed: dict[str, str | None]
        """Distribution → environment, of those seen here and installed there; what differs from what most see."""
        over: NotRequired[str]
        """Of an overlay: the environment whose folders it is in, empty for the application's."""

    class CommonPart(TypedDict):
        """What most see."""

        imports: dict[str, str]
        """Import name → environment."""
        borrowed: dict[str, str]
        """Distribution → environment."""

    class AliasPart(TypedDict):
        """What an import alias stands for."""

        module: str
        environment: str

    class CandidatePart(TypedDict):
        """A copy of a distribution that the application may mean as well as others."""

        environment: str
        version: str
        required_by: list[str]
        """The direct requirements that are nearest to it."""

    class ApplicationPart(Part):
        """What the application sees."""

        aliases: NotRequired[dict[str, AliasPart]]
        ties: NotRequired[dict[str, list[CandidatePart]]]
        """Distribution → copies in several versions that are equally near; the application sees none of them."""
        scripts: NotRequired[dict[str, str]]
        """File in the application environment's ``bin`` → environment, of those that are an environment's."""

    class EnvironmentPart(Part):
        """What an isolated environment sees."""

        path: NotRequired[str]
        """The environment's folder, relative to the project; an overlay has none."""

    class ProjectPart(TypedDict):
        """The project itself, as importer."""

        name: str
        version: str
        requires: list[str]

    class ImportMap(TypedDict):
        """The whole file, as :func:`load` returns it: what lists names by where they are is turned around."""

        schema: int
        root: str
        """The project's folder, relative to this file's."""
        common: NotRequired[CommonPart]
        application: ApplicationPart
        environments: dict[str, EnvironmentPart]
        project: NotRequired[ProjectPart | None]
        made_for: NotRequired[str]
        """The platform that compiled code in the environments is for, as ``sys.implementation._multiarch`` has it."""
        build: NotRequired[str]
        """What tells this build from others: a digest of what the lock holds."""
        other_builds: NotRequired[str]
        """What is to become of pickles from others: ``warn``, ``error`` or ``ignore``."""
        overrides: NotRequired[str | None]
        """The text of ``custom_dependencies_versions.json`` that is in force; None: not looked at."""


SCHEMA = 2
FILE = "import_map.json"
SHIM_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
"""The folder of this package, where the map lies: ``<project>/.venv/lib/pythonX.Y/site-packages/runtime_shim``."""
APPLICATION = os.path.normpath(os.path.join(SHIM_FOLDER, *[os.pardir] * 4))
"""The application environment's folder."""
OVERRIDES = "custom_dependencies_versions.json"
NO_OVERRIDES = "{}\n"
DEFAULTS = "default_dependencies_versions.json"


class ManifestError(ImportError):
    """``import_map.json`` is missing, damaged, or written by another version of mvenv."""


class _PlainJson:
    """What ``_json.make_scanner`` (CPython's Modules/_json.c) reads of a decoder: no hooks, plain numbers."""

    strict = True
    parse_float = float
    parse_int = int
    parse_constant = float

    def __getattr__(self, name: str) -> None:
        """Whatever else it asks for is a hook (3.15 has added ``array_hook``), and there is none."""


def parse(text: str) -> Any:
    """Return the value of a JSON document.

    The scanner by itself is what ``json`` uses, without the regular expressions that importing ``json`` costs (6 ms).
    It is nobody's promise, so whatever is wrong with it is for ``json`` to decide.

    :raises ValueError: if it is not JSON.
    """
    try:
        from _json import make_scanner

        value, end = make_scanner(_PlainJson())(text, 0)  # type: ignore[arg-type]
        if not text[end:].strip():
            return value
    except Exception:  # noqa: BLE001, S110 - of an interpreter without it, or one that wants something else of it
        pass
    import json

    return json.loads(text)


def load(path: str) -> ImportMap:
    """Return the import map stored at *path*.

    :raises ManifestError: with what to do about it.
    """
    text, again = "", "run `mvenv build` again"
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(map_shape.LARGEST + 1)
        if len(text) > map_shape.LARGEST:
            raise ValueError("it is too large for what a build writes")
        document = parse(text)
    except OSError as error:
        denied = isinstance(error, PermissionError)
        hint = "let the user that runs this program read `.venv`" if denied else again
        raise _unusable(path, error.strerror or str(error), hint) from None
    except ValueError as error:
        raise _unusable(path, f"it is damaged: {error}" if text.strip() else "it is empty", again) from None
    except RecursionError:
        if not map_shape.is_nested_deeply(text):  # the program's own stack is full
            raise
        raise _unusable(path, "it is damaged: nested too deeply", again) from None
    if isinstance(document, dict) and document.get("schema", SCHEMA) != SCHEMA:
        raise _unusable(path, "another version of mvenv has written it", again)
    fault = map_shape.fault(document)
    if fault is not None:
        raise _unusable(path, f"it is damaged: {fault}", again)
    document["common"]["imports"] = _by_name(document["common"]["imports"])
    for part in (document["application"], *document["environments"].values()):
        part["providers"] = _by_name(part["providers"])
    return document  # type: ignore[no-any-return]


def _by_name(table: dict[str, list[str]]) -> dict[str, str]:
    """Return name → what it is in the list of; in C, since the names are most of the file."""
    found: dict[str, str] = {}
    for value, names in table.items():
        found.update(dict.fromkeys(names, value))
    return found


def common_of(document: ImportMap) -> CommonPart:
    """Return what most see; nothing in a map that does not say."""
    return document.get("common") or {"imports": {}, "borrowed": {}}


def _unusable(path: str, cause: str, hint: str) -> ManifestError:
    return ManifestError(f"cannot read {path}\n  cause: {cause}\n\nhint: {hint}", path=path)


def foreign_platform(document: ImportMap) -> str | None:
    """Return a warning if the environments were made for another platform (another machine's image), else None."""
    made_for, here = document.get("made_for"), getattr(sys.implementation, "_multiarch", "")
    if not made_for or not here or made_for == here:
        return None
    return (
        f"warning: .venv was made for {made_for}, and this is {here}: what is compiled in it cannot be imported\n"
        "  hint: run `mvenv build` here\n"
    )


def edited_overrides(document: ImportMap, library: str, root: str) -> tuple[str, str] | None:
    """Return the texts of the project's overrides and of their copy in *library* if either is not what is in force.

    They are compared as texts: two small files are read at every start of the shim, and nothing is parsed. A project
    without the file has no overrides; a copy that is missing has not been edited.
    """
    in_force = document.get("overrides")
    if in_force is None:
        return None
    own = read_text(os.path.join(root, OVERRIDES), NO_OVERRIDES)
    copy = read_text(os.path.join(library, OVERRIDES), in_force)
    return None if own == copy == in_force else (own, copy)


def read_text(path: str, missing: str) -> str:
    """Return the text of a file, *missing* if it isn't there; what cannot be decoded is no valid JSON either way."""
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "surrogateescape")
    except OSError:
        return missing
