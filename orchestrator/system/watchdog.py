"""Ends the children of a process that was killed (SIGKILL) and could not do it itself.

One shell for all children: it reads from a pipe whose other end this process alone holds, which of them have begun and
ended, and what is left when the pipe ends is ended, too. So it works for whatever the children have started (build
back ends, compilers), which Linux's ``PR_SET_PDEATHSIG`` would not, and on every POSIX system.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress

# Every child leads a process group. A group that has ended in between is no longer on the list, so no stranger that has
# got its number is ended; the shell ignores what a terminal sends to everybody.
_WATCH = """
trap '' INT TERM HUP
groups=
while read -r what group; do
    case $what in
    began) groups="$groups $group" ;;
    ended)
        left=
        for each in $groups; do [ "$each" = "$group" ] || left="$left $each"; done
        groups=$left
        ;;
    esac
done
set -- $groups
[ $# -gt 0 ] || exit
for group; do kill -TERM -"$group"; done
sleep 0.5
for group; do kill -KILL -"$group"; done
"""


class Watchdog:
    """Knows which process groups are at work; does nothing where there is no shell."""

    def __init__(self) -> None:
        self._pipe: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def began(self, group: int) -> None:
        """Note a process group that has begun."""
        if self._process is None:
            self._start()
        self._tell(f"began {group}\n")

    def ended(self, group: int) -> None:
        """Note that the leader of a process group has ended, and was waited for."""
        self._tell(f"ended {group}\n")

    def stop(self) -> None:
        """Take it away when all children have ended: the process may become another program (``exec``)."""
        if self._process is not None:
            process, self._process, self._pipe = self._process, None, None
            with suppress(OSError):
                process.communicate()

    def _start(self) -> None:
        if os.name != "posix":
            return
        with suppress(OSError):
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH],
                cwd="/",
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={"PATH": "/usr/bin:/bin"},
            )
            assert self._process.stdin is not None
            self._pipe = self._process.stdin.fileno()

    def _tell(self, line: str) -> None:
        if self._pipe is not None:
            with suppress(OSError):  # somebody has ended it
                os.write(self._pipe, line.encode())
