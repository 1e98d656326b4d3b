"""What results hold for."""

from __future__ import annotations

import os
import platform
import resource
import time
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Clock:
    """What the processors have done until now."""

    seconds: float
    """Of the clock on the wall."""
    own: float
    """Processor seconds of this process and of all that it has started and that has ended."""
    all: float
    """Processor seconds of everybody; nothing where the system does not say."""

    def others_until(self, later: Clock) -> float:
        """Return the share of the processors that everybody else has taken until later, from 0 to 1."""
        passed = (later.seconds - self.seconds) * (os.cpu_count() or 1)
        taken = (later.all - self.all) - (later.own - self.own)
        return min(1.0, max(0.0, taken / passed)) if passed else 0.0


def clock() -> Clock:
    """Return what the processors have done until now."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Clock(time.monotonic(), sum(each.ru_utime + each.ru_stime for each in used), _all())


def _all() -> float:
    """Return the processor seconds of all processes since the system has started, and what other machines took."""
    try:
        line = Path("/proc/stat").read_text("utf-8").partition("\n")[0]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, interrupts, soft, stolen, *_ = map(int, line.split()[1:])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")
