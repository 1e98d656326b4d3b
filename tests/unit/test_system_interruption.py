"""Signals wait for what must not be cut in two, and end the process in one way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

_PROGRAM = """
import os, signal, sys, time
from orchestrator.system.children import ended_with_this_process
from orchestrator.system import interruption
number = getattr(signal, sys.argv[1])
signal.signal(signal.SIGINT, signal.default_int_handler)
with ended_with_this_process():
    try:
        with interruption.held():
            with interruption.held():
                os.kill(os.getpid(), number)
                time.sleep(0.05)
                print("held")
            print("held still")
            interruption.if_ended_now("all is well")
        print("never")
    finally:
        os.kill(os.getpid(), number)  # a second one, as of `timeout`
        time.sleep(0.05)
        print("unwound")
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_waits_for_what_is_held(name: str, code: int) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROGRAM, name], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (code, "held\nheld still\nunwound\n"), done.stderr
    assert done.stderr == f"Ended by {name}: all is well\n"


_LEFT = """
import os, signal, sys
from orchestrator.system import children
script = "trap '' HUP; sleep 100 & echo $! >&2; wait"
def heard(line):
    print(line, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
children.run(["sh", "-c", script], cwd="/", environment=dict(os.environ), heard=heard)
"""


def test_a_process_that_is_killed_takes_its_children_with_it() -> None:
    """And theirs: compilers of build back ends."""
    killed = subprocess.run(
        [sys.executable, "-P", "-c", _LEFT], stdout=subprocess.PIPE, text=True, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    end = time.monotonic() + 20
    while _is_there(int(killed.stdout)):
        assert time.monotonic() < end, "the child's child has outlived it"
        time.sleep(0.02)


def _is_there(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    shown = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(number)], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip()[:1] not in ("", "Z")
