"""The application environment that this process runs from, which a build may replace while it runs.

A build puts a new ``.venv`` in the place of the old one, whose folder gets another name and stays as long as somebody
uses it. That is told by a shared lock (``flock``) on the folder's ``pyvenv.cfg``: the kernel drops it when the process
ends, however that comes; a process forked from this one has it as well, and a program that this one becomes or starts
does not. Where files cannot be locked (some network file systems) nothing is held, and nothing is said.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False  # importing typing would cost more than the whole shim
if TYPE_CHECKING:
    from typing import Any

FILE = "pyvenv.cfg"
"""What is locked: a build writes it once, and it goes where its folder goes."""
# Programs hand descriptors on under low numbers.
_LEAST_DESCRIPTOR = 100
_TRIES = 10
_A_MOMENT = 0.001  # seconds


class Generation:
    """Which folder that is, and where it is now."""

    def __init__(self) -> None:
        self.folder = ""
        """Where it is as far as is known."""
        self.began_in = ""
        """Where it was when this process began."""
        self._identity: tuple[int, int] | None = None
        self._descriptor = -1
        self._path = ""

    def hold(self, folder: str) -> None:
        """Let no build delete *folder* while this process lives; called before anything in it is read."""
        self.folder = self.began_in = folder
        self._path = os.path.join(folder, FILE)
        if self._identity is not None and _identity(self._path) == self._identity:
            return  # it is held
        for _ in range(_TRIES):
            descriptor = self._locked(self._path)
            self._identity = _identity(self._path)
            # Else a build has come between: what is locked is what it has put aside.
            if descriptor < 0 or _identity(descriptor) == self._identity:
                self._descriptor = descriptor
                return
            os.close(descriptor)

    def moved_to(self) -> str:
        """Return where the folder is since a build has put another in its place; "" if it is in place, or is gone."""
        if self._identity is None or _identity(self._path) == self._identity:
            return ""
        project, name = os.path.split(self.folder)
        beginning = os.path.basename(self.began_in) or name
        try:
            others = [other for other in os.listdir(project) if other.startswith(f"{beginning}-")]
        except OSError:
            return ""
        for other in others:
            folder = os.path.join(project, other)
            if _identity(os.path.join(folder, FILE)) == self._identity:
                return folder
        return ""

    def go_to(self, folder: str) -> None:
        """Note where the folder is now."""
        self.folder, self._path = folder, os.path.join(folder, FILE)

    def hold_without_descriptor(self, ctypes: Any) -> None:
        """Keep the lock without a descriptor, which programs may close with all others (daemons do).

        A mapping of the file keeps it open as a descriptor does: until the process, and all that were forked from it,
        have ended, or are another program. The memory is never touched.
        """
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor < 0 or _identity(descriptor) != self._identity:
            return  # the program has closed it, and perhaps opened something of its own
        mmap = ctypes.CDLL(None).mmap
        size, offset = ctypes.c_size_t, ctypes.c_long
        mmap.argtypes = (ctypes.c_void_p, size, ctypes.c_int, ctypes.c_int, ctypes.c_int, offset)
        mmap.restype = ctypes.c_void_p
        prot_none, map_private = 0, 2
        if mmap(None, 1, prot_none, map_private, descriptor, 0) != ctypes.c_void_p(-1).value:
            os.close(descriptor)

    @staticmethod
    def _locked(path: str) -> int:
        """Return a descriptor of a file that is locked with it, -1 if it cannot be."""
        if sys.platform == "win32":  # where what is in use cannot be deleted
            return -1
        import fcntl

        try:
            low = os.open(path, os.O_RDONLY)
        except OSError:
            return -1
        try:
            descriptor = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, _LEAST_DESCRIPTOR)
            os.close(low)
        except OSError:  # so many are not allowed
            descriptor = low
        for _ in range(_TRIES):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:  # a build is asking whether anybody uses it
                time.sleep(_A_MOMENT)
            except OSError:
                break
            else:
                return descriptor
        os.close(descriptor)
        return -1


def _identity(file: str | int) -> tuple[int, int] | None:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_dev, status.st_ino


generation = Generation()
