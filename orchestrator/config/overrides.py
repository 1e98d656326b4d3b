"""The user's overrides of dependency versions: custom_dependencies_versions.json, and its copy in the environment.

What the file says is in :mod:`runtime_shim.overrides.rules`; here it is read, checked, and told where it is wrong. The
file lies beside pyproject.toml. The build mirrors it beside ``site-packages``, where the documents have it and people
may edit it, too: what both say together counts (:func:`merge_overrides`), and is the project's from then on.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from orchestrator.config.document import read_text
from orchestrator.config.location import KeyPath, printable, show_key, show_place
from orchestrator.errors import ConfigError
from orchestrator.system import pending
from orchestrator.system.names import OVERRIDES as FILE
from runtime_shim.overrides.merge import ContradictionError, merge
from runtime_shim.overrides.rules import LARGEST, OverridesError, rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOTHING = "{}\n"
"""The text of a file without overrides."""

_TRAILING_COMMA = re.compile(r",\s*[}\]]")
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}]')

_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    str: "a string",
    list: "an array",
}
_MEND = ("mend it there, or delete the file: then nothing is overridden",)
_FORM = 'the form is `{"dep-a": {"2.2.2": {"dep-c": "1.1.1"}}}`, nested to any depth'


class RecordedOverrides(TypedDict):
    """What the record of a build keeps of the overrides."""

    library: str
    """The folder of the copy, relative to the project: ``.venv/lib/python3.11``."""
    text: str
    """What the build has put in force."""


@dataclass(frozen=True, slots=True)
class MergedOverrides:
    """What the project's file and its copy say together."""

    data: dict[str, Any]
    text: str
    """The file's content from now on, in both places."""
    changed_root: bool
    """Whether that is not what the project's file holds."""


def load_overrides(path: Path) -> dict[str, Any]:
    """Read the overrides; a missing file is an empty one.

    :raises ConfigError: the file cannot be read, is not JSON (with line and column), holds anything but
        objects and strings (with the key path), or contradicts itself (with line and key path).
    """
    text = _text(path)
    return {} if text is None else parse_overrides(path, text)


def parse_overrides(path: Path, text: str) -> dict[str, Any]:
    """Return the overrides in *text*, which is (to be) that of *path*.

    :raises ConfigError: as :func:`load_overrides`.
    """
    data = _parse(path, text)
    wrong = _wrong_places(data)
    if not isinstance(data, dict) or wrong:
        raise _wrong_shape(path, wrong)
    try:
        rules(data)
    except OverridesError as error:
        raise _no_rules(path, text, error) from None
    return data


def merge_overrides(root: Path, library: Path | None, base: dict[str, Any] | None) -> MergedOverrides:
    """Return what the project's overrides and their copy, each possibly edited since the last build, come to.

    :param root: the project's folder.
    :param library: the folder of the copy; None where nothing was built. A copy that is missing was not edited.
    :param base: what the last build put in force; None if that is not known.
    :raises ConfigError: either cannot be read or is wrong, or both were changed at the same place differently.
    """
    path = root / FILE
    text = _text(path)
    own = {} if text is None else parse_overrides(path, text)
    copy_text = None if library is None else _text(library / FILE)
    if library is None or copy_text is None:
        return MergedOverrides(own, text or NOTHING, changed_root=False)
    copy_path = library / FILE
    copy = _parse_copy(copy_path, copy_text)
    try:
        merged = merge({} if base is None else base, own, copy)
        rules(merged)
    except ContradictionError as error:
        raise _both_changed(error, (path, text or NOTHING), (copy_path, copy_text)) from None
    except OverridesError as error:
        raise ConfigError(
            f"`{FILE}` and its copy do not go together: {printable(error.message)}",
            causes=(show_place(path), show_place(copy_path)),
            hints=("make both say the same, or delete the copy",),
        ) from None
    if merged is own:
        return MergedOverrides(own, text or NOTHING, changed_root=False)
    if merged is copy:
        return MergedOverrides(copy, copy_text, changed_root=True)
    return MergedOverrides(merged, overrides_text(merged), changed_root=True)


def _parse_copy(path: Path, text: str) -> dict[str, Any]:
    try:
        return parse_overrides(path, text)
    except ConfigError as error:
        hint = "it is the copy of the project's file: mend it, or delete it, and the build writes it anew"
        error.hints = (*error.hints, hint)
        raise


def merge_by_record(root: Path, known: RecordedOverrides | None) -> MergedOverrides:
    """Do the same with what the record of the last build knows, None if there is none.

    :raises ConfigError: as :func:`merge_overrides`.
    """
    if known is None:
        return merge_overrides(root, None, None)
    return merge_overrides(root, root / known["library"], json.loads(known["text"]))


def recorded(merged: MergedOverrides, library: str) -> RecordedOverrides:
    """Return what the record of a build keeps.

    :param library: the folder of the copy below the application environment, ``lib/python3.11``.
    """
    return {"library": f".venv/{library}", "text": merged.text}


@contextmanager
def written_back(root: Path, known: RecordedOverrides | None) -> Iterator[None]:
    """Let the project's file say what it and its copy come to; put back what was there if the block fails.

    Either may have been edited while the build was at work. So they are merged anew: nothing is lost, and what
    the build has not seen is left for the next one.

    :param known: what the build which is about to be replaced has recorded.
    :raises ConfigError: as :func:`merge_overrides`.
    """
    now = merge_by_record(root, known)
    if not now.changed_root:
        yield
        return
    path = root / FILE
    before = _text(path)
    write_overrides(path, now.text)
    try:
        yield
    except BaseException:
        put_back(path, before)
        raise


def write_overrides(path: Path, text: str) -> None:
    """Replace the file's content; where *path* is a link, that of the file it leads to."""
    pending.replace_text(path, text)


def put_back(path: Path, before: str | None) -> None:
    """Let the file be as it was: *before* is its text, None if there was none."""
    if before is None:
        path.unlink(missing_ok=True)
    else:
        write_overrides(path, before)


def overrides_text(data: dict[str, Any]) -> str:
    """Return overrides as the text of a file: two spaces, a final newline, the order as it is."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _text(path: Path) -> str | None:
    """Return the text of a file, None if it is missing.

    A link to nowhere is not a missing file: what the user meant to say would be lost.
    """
    if pending.text_of(path) is None and not path.exists() and not path.is_symlink():
        return None
    return read_text(path)


def _parse(path: Path, text: str) -> object:
    if len(text) > LARGEST:
        raise ConfigError(
            f"`{path.name}` is too large", causes=(f"{show_place(path)}: more than {LARGEST} characters",)
        )
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        cause = f"{show_place(path, error.lineno, error.colno)}: {error.msg}"
        hints = _hints(text, error.pos)
    except RecursionError:
        cause, hints = f"{show_place(path)}: the objects are nested too deeply", _MEND
    except ValueError as error:  # a number of thousands of digits
        cause, hints = f"{show_place(path)}: {error}", _MEND
    raise ConfigError(f"`{path.name}` is not valid JSON", causes=(cause,), hints=hints)


def _hints(text: str, position: int) -> tuple[str, ...]:
    """Recognise what people write most often that JSON does not have."""
    if text.startswith(("//", "/*", "#"), position):
        return ("JSON has no comments",)
    before = text[:position].rstrip()
    # Python 3.13 points at the comma, earlier versions at what follows it.
    if _TRAILING_COMMA.match(text, len(before) - 1 if before.endswith(",") else position):
        return ("JSON has no comma after the last entry",)
    return _MEND


def _wrong_places(data: object) -> list[tuple[KeyPath, object]]:
    """List the values that are neither an object nor (below the top) a string, in the order written."""
    wrong: list[tuple[KeyPath, object]] = []
    waiting: list[tuple[KeyPath, object]] = [((), data)]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += reversed([((*key, name), below) for name, below in value.items()])
        elif not (key and isinstance(value, str)):
            wrong.append((key, value))
    return wrong


def _wrong_shape(path: Path, wrong: list[tuple[KeyPath, object]]) -> ConfigError:
    described = [_describe(key, value) for key, value in wrong]
    several = len(described) > 1
    return ConfigError(
        f"{len(described)} problems in `{path.name}`" if several else described[0],
        causes=tuple(f"{show_place(path)}: {text}" for text in described) if several else (show_place(path),),
        hints=(_FORM,),
    )


def _describe(key: KeyPath, value: object) -> str:
    if not key:
        return f"the top level must be an object, not {_JSON_TYPES[type(value)]}"
    return f"`{show_key(key)}` must be an object or a string, not {_JSON_TYPES[type(value)]}"


def _no_rules(path: Path, text: str, error: OverridesError) -> ConfigError:
    places = [key for key in (error.other, error.key) if key]
    return ConfigError(
        printable(error.message[0].lower() + error.message[1:]),
        causes=tuple(f"{show_place(path, _line(text, key))}: {show_key(key)}" for key in places)
        or (show_place(path),),
        hints=() if "→" in error.message else (_FORM,),
    )


def _both_changed(error: ContradictionError, one: tuple[Path, str], other: tuple[Path, str]) -> ConfigError:
    said = tuple(
        f"{show_place(path, _line(text, error.key))}: " + ("removed" if value is None else json.dumps(value))
        for (path, text), value in ((one, error.one), (other, error.other))
    )
    return ConfigError(
        f"`{FILE}` and its copy have both changed `{show_key(error.key)}` since the last build",
        causes=said,
        hints=("make both say the same, or delete the copy",),
    )


def _line(text: str, key: tuple[str, ...]) -> int | None:
    """Return the line (from 1) of a key in the text of valid overrides, None if it isn't there."""
    path: list[str] = []
    for token in _TOKEN.finditer(text):
        if token.group() == "{":
            path.append("")
        elif token.group() == "}":
            path.pop()
        elif token[2]:
            path[-1] = json.loads(token[1])
            if tuple(path) == key:
                return text.count("\n", 0, token.start()) + 1
    return None
