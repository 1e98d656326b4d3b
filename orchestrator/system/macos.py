"""What is so on macOS and not on other POSIX systems. Written for macOS, and never run there (docs/systems.md)."""

from __future__ import annotations

import os

_AT_FDCWD = -2  # sys/fcntl.h
_RENAME_SWAP = 2  # sys/stdio.h


def exchange(one: str, other: str) -> bool:
    """Exchange two names of one file system in one step; return whether that was done.

    ``renameatx_np`` with ``RENAME_SWAP`` (macOS 10.12; APFS can, HFS+ cannot and says so).
    """
    import ctypes  # for builds

    try:
        rename = ctypes.CDLL(None, use_errno=True).renameatx_np
    except (OSError, AttributeError):  # an older system
        return False
    # Not variadic: on arm64 that would matter.
    rename.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    names = os.fsencode(one), os.fsencode(other)
    return bool(rename(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_SWAP) == 0)


def reflink(source: str, target: str) -> bool:
    """Make *target* a file of its own that shares the blocks of *source*; return whether that was done.

    ``clonefile`` (APFS), which carries permissions and times over.
    """
    import ctypes  # for builds

    try:
        clone = ctypes.CDLL(None, use_errno=True).clonefile
    except (OSError, AttributeError):  # an older system
        return False
    clone.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_uint32)
    return bool(clone(os.fsencode(source), os.fsencode(target), 0) == 0)
