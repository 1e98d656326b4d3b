"""`[tool.mvenv] environments`: the Pythons and platforms that a lock is for, whoever makes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from orchestrator.config.faults import Fault, did_you_mean, quote, wrong_type
from orchestrator.config.location import show_key
from orchestrator.config.model import ListedEnvironment
from orchestrator.config.platforms import NAMED

if TYPE_CHECKING:
    from orchestrator.config.location import KeyPath

ENVIRONMENTS = ("tool", "mvenv", "environments")
_KEYS = ("python", "platform")
_EXAMPLE = 'write `"3.12"`, `"3.12 linux"` or `{ python = "3.12", platform = "linux" }`'

_MINOR = re.compile(r"3\.(\d{1,3})", re.ASCII)
_OLDEST = 11
_MOST_PATCHES = 100


def read_environments(
    written: object, requires_python: str, faults: list[Fault]
) -> tuple[ListedEnvironment, ...]:
    """Read the list, each environment once.

    :param written: the setting's value, None if there is none.
    :param requires_python: what the project accepts; a text that is no range is somebody else's fault.
    """
    if written is None:
        return ()
    if not isinstance(written, list):
        faults.append(wrong_type(ENVIRONMENTS, "a list of strings or tables", written))
        return ()
    found = [
        _read(entry, (*ENVIRONMENTS, index), requires_python, faults) for index, entry in enumerate(written)
    ]
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _read(entry: object, key: KeyPath, requires_python: str, faults: list[Fault]) -> ListedEnvironment | None:
    if isinstance(entry, str):
        words = entry.split()
        if not 1 <= len(words) <= 2:
            message = f"{quote(entry)} is not a Python, or a Python and a platform"
            faults.append(Fault(key, message, hints=(_EXAMPLE,)))
            return None
        table = dict(zip(_KEYS, words, strict=False))
        places = dict.fromkeys(_KEYS, key)
    elif isinstance(entry, dict):
        places = {name: (*key, name) for name in _KEYS}
        if not _is_of_texts(entry, key, faults):
            return None
        table = entry
    else:
        fault = wrong_type(key, "a string or a table", entry)
        faults.append(Fault(fault.key, fault.message, hints=(_EXAMPLE,)))
        return None
    python = _python(table["python"], places["python"], requires_python, faults)
    platform = _platform(table.get("platform"), places["platform"], faults)
    if python is None or platform is None:
        return None
    return ListedEnvironment(table["python"], python, platform)


def _is_of_texts(table: dict[str, object], key: KeyPath, faults: list[Fault]) -> bool:
    before = len(faults)
    for name, value in table.items():
        if name not in _KEYS:
            message = f"{quote(name)} is not a key of an environment"
            faults.append(
                Fault((*key, name), message, hints=(did_you_mean(name, _KEYS, otherwise="the keys are"),))
            )
        elif not isinstance(value, str):
            fault = wrong_type((*key, name), "a string", value)
            hint = f"put the value of `{show_key(fault.key)}` in quotes"
            # 3.12 without quotes is a number to TOML.
            faults.append(
                Fault(
                    fault.key, fault.message, hints=() if isinstance(value, (dict, list, bool)) else (hint,)
                )
            )
    if "python" not in table:
        faults.append(Fault(key, f"`{show_key((*key, 'python'))}` is missing", hints=(_EXAMPLE,)))
    return len(faults) == before


def _python(text: str, key: KeyPath, requires_python: str, faults: list[Fault]) -> str | None:
    """Return the full version that stands for a minor one: the first that the project accepts."""
    match = _MINOR.fullmatch(text)
    if match is None:
        hints = ("write a minor version such as `3.12`",)
        if _MINOR.fullmatch(text.removesuffix("t")):
            hints = ("a free-threaded Python is locked where it runs: leave it out",)
        faults.append(Fault(key, f"{quote(text)} is not a Python that can be locked", hints=hints))
        return None
    if int(match[1]) < _OLDEST:
        message = f"mvenv needs Python 3.{_OLDEST} or newer, not {quote(text)}"
        faults.append(Fault(key, message))
        return None
    try:
        accepted = SpecifierSet(requires_python)
    except InvalidSpecifier:
        return f"{text}.0"
    versions = (f"{text}.{patch}" for patch in range(_MOST_PATCHES))
    found = next((each for each in versions if accepted.contains(each)), None)
    if found is None:
        message = f"the project requires Python {requires_python}, which {quote(text)} is not"
        faults.append(Fault(key, message, hints=("leave it out, or change `project.requires-python`",)))
    return found


def _platform(text: str | None, key: KeyPath, faults: list[Fault]) -> str | None:
    """Return uv's name of a platform, empty if none is said; None if it is a fault."""
    if text is None:
        return ""
    if text not in NAMED:
        hint = did_you_mean(text, NAMED, otherwise="the platforms are")
        faults.append(Fault(key, f"{quote(text)} is not a platform that can be locked", hints=(hint,)))
        return None
    return NAMED[text].name
