"""What the step leaves undone where libraries are no ELF files: said, since it is not known to be right there.

dyld knows a loaded library by its path, and by its install name if that begins with ``@rpath``; Windows knows a DLL by
the name of its file. Either may take one environment's for another's. delocate and delvewheel, which bundle libraries
into wheels, give most of them paths or names of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.system.files import record_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

LIBRARIES = {"darwin": ("*.dylib",), "win32": ("*.dll",)}
"""``sys.platform`` → patterns of what a linker may confuse there. Extension modules are loaded by path."""
_NAMES = {"darwin": "macOS", "win32": "Windows"}
_MOST = 3


def warnings(folders: Iterable[Path], platform: str) -> Iterator[str]:
    """Yield one warning if libraries in several environments have one name and different content.

    :param folders: the ``site-packages`` of each environment.
    :param platform: ``sys.platform``.
    """
    names = sorted(_of_several(folders, LIBRARIES.get(platform, ())))
    if not names:
        return
    shown = ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
    yield (
        f"native libraries of several environments have the same names ({shown}), and mvenv gives them names of their "
        f"own on Linux only: on {_NAMES[platform]} whichever is loaded first may serve all"
    )


def _of_several(folders: Iterable[Path], patterns: Iterable[str]) -> Iterator[str]:
    places: dict[str, list[list[Path]]] = {}
    for folder in folders:
        here: dict[str, list[Path]] = {}
        for pattern in patterns:
            for path in folder.rglob(pattern):
                if path.is_file() and not path.is_symlink():
                    here.setdefault(path.name.lower(), []).append(path)
        for name, paths in here.items():
            places.setdefault(name, []).append(paths)
    for several in places.values():
        paths = [path for group in several for path in group]
        if len(several) > 1 and len({record_hash(path) for path in paths}) > 1:
            yield paths[0].name
