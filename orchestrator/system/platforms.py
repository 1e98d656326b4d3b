"""Which platform this is. The modules that every interpreter has loaded alone."""

from __future__ import annotations

import os
import sys


def platform_here() -> str:
    """Return what compiled code is for: the system and the machine."""
    machine = os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", "")
    return f"{sys.platform}-{machine}"
