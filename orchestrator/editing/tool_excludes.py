"""Having the tools of a project leave out the isolated environments: an entry in the settings of each.

What a tool leaves out by itself is told all the same where it has settings: a list of one's own replaces what it leaves
out by itself (Pyright, pytest), so a list that is made here begins with that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.config.faults import join_words, quote
from orchestrator.config.location import show_key
from orchestrator.editing import toml
from orchestrator.editing.model import Edited
from orchestrator.errors import ConfigError, UsageError
from orchestrator.system.names import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterable

_MVENV = ("tool", "mvenv")


@dataclass(frozen=True, slots=True)
class _Exclude:
    """Where a tool reads what to leave out."""

    table: tuple[str, ...]
    """The table that says whether the project uses the tool."""
    key: tuple[str, ...]
    """Below that."""
    entry: str = MODULES
    defaults: tuple[str, ...] = ()
    """What it leaves out while the list is missing, and only then."""
    is_words: bool = False
    """Whether a string is a list of words, rather than a list of one."""

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.table, *self.key)


_PYRIGHT = (
    "**/node_modules",
    "**/__pycache__",
    "**/.*",
)  # its `defaultExcludes`; environments it knows by pyvenv.cfg
_PYTEST = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")

_EXCLUDES = {
    "basedpyright": _Exclude(("tool", "basedpyright"), ("exclude",), f"**/{MODULES}", _PYRIGHT),
    "deptry": _Exclude(("tool", "deptry"), ("extend_exclude",)),
    "mypy": _Exclude(("tool", "mypy"), ("exclude",), f"^{MODULES}/"),
    "pyrefly": _Exclude(("tool", "pyrefly"), ("project-excludes",), f"**/{MODULES}"),
    "pyright": _Exclude(("tool", "pyright"), ("exclude",), f"**/{MODULES}", _PYRIGHT),
    "pytest": _Exclude(
        ("tool", "pytest", "ini_options"), ("norecursedirs",), defaults=_PYTEST, is_words=True
    ),
    "ruff": _Exclude(("tool", "ruff"), ("extend-exclude",)),
    "ty": _Exclude(("tool", "ty"), ("src", "exclude")),
}


def check(tools: Iterable[str]) -> None:
    """Make sure that it is known how to tell each of *tools*.

    :raises UsageError: otherwise.
    """
    for name in tools:
        if name not in _EXCLUDES:
            raise UsageError(
                f"mvenv does not know what {quote(name)} leaves out",
                hints=(f"it knows {join_words(list(_EXCLUDES), 'and')}",),
            )


def leave_out(text: str, tools: Iterable[str]) -> Edited:
    """Have each tool that has settings in a pyproject.toml, and each of *tools*, leave out the environments.

    :raises ConfigError: a list is not one, or the file is in the way.
    """
    asked = set(tools)
    said: list[str] = []
    if toml.value_at(toml.read(text), _MVENV) is None:
        text = f"{text.rstrip()}\n\n[{show_key(_MVENV)}]\n".lstrip("\n")
        said.append(f"Added the table {quote(show_key(_MVENV))}")
    for name, exclude in _EXCLUDES.items():
        if name in asked or toml.value_at(toml.read(text), exclude.table) is not None:
            edited = _told(text, exclude)
            done = "has it already" if edited == text else "has it now"
            said.append(f"{show_key(exclude.path)}: {quote(exclude.entry)} {done}")
            text = edited
    return Edited(text, tuple(said))


def _told(text: str, exclude: _Exclude) -> str:
    known = toml.value_at(toml.read(text), exclude.path)
    if known is None:
        return toml.put(text, exclude.path, [*exclude.defaults, exclude.entry])
    if isinstance(known, str):
        words = known.split() if exclude.is_words else [known]
        if exclude.entry in words:
            return text
        value = " ".join((known, exclude.entry)) if exclude.is_words else [known, exclude.entry]
        return toml.put(text, exclude.path, value)
    if not isinstance(known, list) or not all(isinstance(each, str) for each in known):
        raise ConfigError(f"`{show_key(exclude.path)}` must be a list of strings")
    return text if exclude.entry in known else toml.add(text, exclude.path, exclude.entry)
