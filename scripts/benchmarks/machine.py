"""What results hold for."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def described() -> str:
    """Return the machine in words: system, C library, processor, cores."""
    system = f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}"
    cores = f"{os.cpu_count()} cores"
    return ", ".join(part for part in (system, _processor(), cores) if part)


def _processor() -> str:
    """Return the processor's name, as the kernel has it; empty where it says none."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return " ".join(next(names, "").replace("(R)", "").replace("(TM)", "").split())
