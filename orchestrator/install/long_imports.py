"""Naming what takes long to import, while it does: nobody is to wonder what a build is waiting for."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from orchestrator.install.smoke import SECONDS

if TYPE_CHECKING:
    from orchestrator.system.console import Reporter

LONG = 5.0
"""Seconds that people wait without asking."""
_OVER = 3.0
"""So many seconds after it was last heard of, an import has ended."""


class LongImports:
    """Tells a person of imports that take long (:data:`orchestrator.install.trying.AtWork`)."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._heard: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, module: str, seconds: float) -> None:
        """Hear that a module is being imported, and for how long."""
        if seconds < LONG:
            return
        with self._lock:
            now = time.monotonic()
            self._heard[module] = now
            names = [name for name, heard in self._heard.items() if now - heard < _OVER]
        told = f"`{module}` takes long to import; it is given {SECONDS} seconds"
        self._reporter.lasting(f"importing {', '.join(names)}", told)
