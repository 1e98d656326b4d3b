"""The platforms that can be locked from elsewhere: uv's name, and what environment markers (PEP 508) say there.

The names are those of uv's `--python-platform`; of its three short ones, what its help says that they stand for. The
markers are what CPython has there: `os.name`, `sys.platform`, and of the module `platform` what `uname` tells (on
Windows, the machine is that of the variable `PROCESSOR_ARCHITECTURE`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_SYSTEMS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    "macos": {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    "windows": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
}


@dataclass(frozen=True, slots=True)
class Platform:
    """A system on a machine."""

    name: str
    """As uv has it: `x86_64-unknown-linux-gnu`."""
    system: str
    """`linux`, `macos` or `windows`."""
    machine: str
    """The marker `platform_machine`."""
    short: str = ""
    """The short name that stands for it; empty for none."""
    uses_musl: bool = False

    @property
    def shown(self) -> str:
        """What people call it."""
        return self.short or self.name

    @property
    def locked(self) -> str:
        """What `mvenv.lock` calls CPython there."""
        named = ("cpython", _OF_SYSTEMS[self.system]["sys_platform"], self.machine)
        return "-".join([*named, "musl"] if self.uses_musl else named)

    @property
    def markers(self) -> Mapping[str, str]:
        """Those that the platform decides; its release and version are nobody's to know, and empty as for uv."""
        return {
            **_OF_SYSTEMS[self.system],
            "platform_machine": self.machine,
            "platform_release": "",
            "platform_version": "",
        }


PLATFORMS = (
    Platform("x86_64-unknown-linux-gnu", "linux", "x86_64", "linux"),
    Platform("aarch64-unknown-linux-gnu", "linux", "aarch64"),
    Platform("x86_64-unknown-linux-musl", "linux", "x86_64", uses_musl=True),
    Platform("aarch64-unknown-linux-musl", "linux", "aarch64", uses_musl=True),
    Platform("aarch64-apple-darwin", "macos", "arm64", "macos"),
    Platform("x86_64-apple-darwin", "macos", "x86_64"),
    Platform("x86_64-pc-windows-msvc", "windows", "AMD64", "windows"),
    Platform("aarch64-pc-windows-msvc", "windows", "ARM64"),
)

NAMED = {name: each for each in PLATFORMS for name in (each.short, each.name) if name}
"""What people write → the platform."""
LOCKED = {each.locked: each for each in PLATFORMS}
"""What `mvenv.lock` calls it → the platform."""
