"""What is known of the shared objects of a build, and what is to be changed in them: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class SharedObject:
    """One ELF file that the dynamic linker can load: an extension module or a library that is bundled with it."""

    path: str
    """Below ``site-packages``, POSIX."""
    soname: str = ""
    """``DT_SONAME``: the name by which the dynamic linker knows the library once it is loaded."""
    needed: tuple[str, ...] = ()
    """``DT_NEEDED``: what it asks for by name."""
    rpath: tuple[str, ...] = ()
    """The folders of ``DT_RPATH``, which also serve what is loaded on its behalf; empty beside ``DT_RUNPATH``."""
    runpath: tuple[str, ...] = ()
    """The folders of ``DT_RUNPATH``, which serve its own ``DT_NEEDED`` alone."""
    unique: frozenset[str] = frozenset()
    """Symbols that it defines with the binding ``STB_GNU_UNIQUE``."""
    uses_python: bool = False
    """Whether it calls Python's C API, and so may hold on to objects of one environment."""
    file_id: tuple[int, int] = (0, 0)
    """Device and inode, by which the dynamic linker tells files apart; zeros for no file in particular."""
    content: str = ""
    """A digest of the bytes; empty where nothing depends on it."""

    @property
    def file_name(self) -> str:
        """The last part of the path."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True)
class NativePlace:
    """An environment, as far as the dynamic linker is concerned."""

    name: str
    """The environment's name in the plan."""
    tag: str
    """What makes names its own: other for every other environment, the same whenever it is made again."""
    objects: tuple[SharedObject, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links to objects: path → the object's path."""
    sees: tuple[str, ...] = ()
    """Places whose libraries its own may find loaded, nearest first."""
    in_use: bool = False
    """Whether it is in use already, and so must stay as it is."""


@dataclass(frozen=True, slots=True)
class Edit:
    """How one file is to differ from what was installed; without any change, a copy of its own."""

    path: str
    soname: str = ""
    """The new one; empty to keep it."""
    needed: Mapping[str, str] = field(default_factory=dict)
    """``DT_NEEDED`` entries, old → new."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an environment needs so that its libraries are not taken for another's."""

    place: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Library names, old → new."""
    edits: tuple[Edit, ...] = ()
    links: Mapping[str, str] = field(default_factory=dict)
    """Symbolic links to make, so that libraries are found under their new names: path → target beside it."""
    symbols: Mapping[str, str] = field(default_factory=dict)
    """Process-wide symbols, old name → new, in whatever file defines or uses them."""


@dataclass(frozen=True, slots=True)
class Separated:
    """What was done in one environment."""

    place: str
    names: Mapping[str, str] = field(default_factory=dict)
    """Library names, old → new."""
    symbols: int = 0
    """How many process-wide symbols are its own now."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Every changed file, below ``site-packages`` → ``sha256=…`` as in RECORD."""
    obstacle: str = ""
    """Why no names were changed, and files were only made its own: patchelf cannot read one of them."""

    def message(self) -> str:
        """Say it in one line of a build's summary, without the environment's name."""
        parts = []
        if self.names:
            several = len(self.names) > 1
            names = sorted(self.names)
            listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
            parts.append(
                f"gave {f'{len(names)} libraries names' if several else '1 library a name'} of "
                f"{'their' if several else 'its'} own: {listed}"
            )
        if self.symbols:
            parts.append(f"made {self.symbols} C++ symbol{'s' if self.symbols > 1 else ''} its own")
        if not parts:
            count = len(self.files)
            parts.append(f"made {count} file{'s' if count > 1 else ''} its own")
        return "; ".join(parts)
