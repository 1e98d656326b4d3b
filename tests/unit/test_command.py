from __future__ import annotations

import subprocess
import sys

_COUNTED = """
import gc, sys
from orchestrator.__main__ import main

begun = []
gc.callbacks.append(lambda phase, _: begun.append(phase))
sys.argv = ["mvenv", "build", "--help"]
try:
    main()
finally:
    print(begun, gc.get_freeze_count() > 10_000, file=sys.stderr)
"""


def test_a_short_command_is_not_searched_for_garbage() -> None:
    """Neither while it runs nor when the interpreter ends: it took a tenth of a build's time."""
    ran = subprocess.run([sys.executable, "-P", "-c", _COUNTED], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "[] True\n")
