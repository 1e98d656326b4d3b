"""From an environment's ``site-packages`` to what the dynamic linker would see of it."""

from __future__ import annotations

import os
import stat
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.native import elf
from orchestrator.native.decide import suspects
from orchestrator.native.model import NativePlace, SharedObject
from orchestrator.plan.model import APPLICATION
from orchestrator.system.files import record_hash
from orchestrator.system.parallel import in_parallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# No object code, whatever is in them; nearly all files of an environment are not even opened.
_TEXT = tuple(
    ".py .pyi .pyc .pxd .pyx .c .h .hpp .cuh .f90 .json .txt .md .rst .pem .js .map .css .html .svg .png .csv "  # noqa: SIM905
    ".gz .npy .npz .ipynb .typed .toml .yaml .yml .mo .po .ttf .afm .dat".split()
)
_HEADER = 64  # no ELF file is smaller than its header


def shared_objects(site_packages: Path) -> tuple[tuple[SharedObject, ...], dict[str, str]]:
    """Return the shared objects in *site_packages* by path, and the links to them: path → path.

    Told by their first bytes, not by their names (libraries are called `libfoo.so.1` or anything else).

    :raises OSError: the folder, or a file in it, cannot be read.
    """
    found: list[SharedObject] = []
    links: list[Path] = []
    for entry in _files(site_packages):
        if entry.is_symlink():
            links.append(Path(entry.path))
        elif (each := _shared_object(entry, site_packages)) is not None:
            found.append(each)
    found.sort(key=lambda each: each.path)
    paths, root = {each.path for each in found}, site_packages.resolve()
    targets = {
        link.relative_to(site_packages).as_posix(): os.path.relpath(link.resolve(), root)
        for link in sorted(links)
    }
    return tuple(found), {link: target for link, target in targets.items() if target in paths}


def _files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    """Yield what may be object code below *folder*, links too; this is most of the work of many a build."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            elif not entry.name.endswith(_TEXT):
                yield entry


def _shared_object(entry: os.DirEntry[str], site_packages: Path) -> SharedObject | None:
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode) or status.st_size < _HEADER:
        return None
    dynamic = elf.read(entry.path)
    if dynamic is None:
        return None
    return SharedObject(
        Path(entry.path).relative_to(site_packages).as_posix(),
        dynamic.soname,
        dynamic.needed,
        dynamic.rpath,
        dynamic.runpath,
        dynamic.unique,
        dynamic.uses_python,
        (status.st_dev, status.st_ino),
    )


def read_place(
    name: str, tag: str, site_packages: Path, borrows_from: Iterable[str], *, in_use: bool = False
) -> NativePlace:
    """Return an environment as the dynamic linker sees it.

    :param borrows_from: the environments that hold what this one sees and does not hold.
    :raises OSError: it cannot be read.
    """
    objects, links = shared_objects(site_packages)
    sees = dict.fromkeys((*borrows_from, *(() if name == APPLICATION else (APPLICATION,))))
    return NativePlace(name, tag, objects, links, tuple(sees), in_use)


def with_contents(places: Sequence[NativePlace], folders: Mapping[str, Path]) -> list[NativePlace]:
    """Return *places* with the digests that a decision needs; of a file that is alone in its size, the size.

    :param folders: the ``site-packages`` of each place.
    """
    wanted = sorted(suspects(places))
    paths = {key: folders[key[0]] / key[1] for key in wanted}
    sizes = {key: path.stat().st_size for key, path in paths.items()}
    common = {size for size, number in Counter(sizes.values()).items() if number > 1}
    unread = {key: f"size={size}" for key, size in sizes.items() if size not in common}
    alike = [key for key in wanted if key not in unread]
    hashes = in_parallel(lambda key: record_hash(paths[key]), alike)  # hashing leaves the GIL to others
    digests = {**unread, **dict(zip(alike, hashes, strict=True))}
    return [
        replace(
            place,
            objects=tuple(
                replace(each, content=digests.get((place.name, each.path), "")) for each in place.objects
            ),
        )
        for place in places
    ]
