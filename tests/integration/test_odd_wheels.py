"""Wheels that are damaged, or do what nobody expects of an import: the build goes on, with a line where one helps."""

from __future__ import annotations

import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.workshop import CONFLICT, publish_conflict

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder
    from tests.support.wheels import Index


def broken_objects() -> dict[str, bytes]:
    """Return ELF files that are cut short, filled up, and changed at random."""
    whole = Path(sys.executable).read_bytes()[:20_000]
    assert whole.startswith(b"\x7fELF")
    chance = random.Random(1)
    files = {
        "cut": whole[:100],
        "zeros": whole[:4] + bytes(300),
        "ones": whole[:7] + b"\xff" * 5000,
        "begun": whole[:4],
    }
    for number in range(40):
        changed = bytearray(whole)
        for _ in range(200):
            changed[chance.randrange(4, 6000)] = chance.randrange(256)
        files[str(number)] = bytes(changed)
    return {f"objects/{name}.so": content for name, content in files.items()}


@pytest.mark.skipif(sys.platform != "linux", reason="ELF")
def test_a_build_goes_on(index: Index, project: ProjectFolder) -> None:
    publish_conflict(index)
    for version, low in (("1.0", "low<2"), ("2.0", "low>=2")):  # both environments have these
        index.add("objects", version, requires=[low], files={"objects/__init__.py": "", **broken_objects()})
    index.add("use-objects", "1.0", requires=["objects==1.0"])
    index.add("use-more-objects", "1.0", requires=["objects==2.0"])
    index.add(
        "nested",
        "1.0",
        requires=["low<2"],
        files={
            "nested/__init__.py": "",
            "nested/a.py": "import low\nx = a" + ".b" * 300_000,
            "nested/b.py": "import low\nif a:\n pass\n" + "elif a:\n pass\n" * 20_000,
            "nested/c.py": b"import low\n\0\xff",
        },
    )
    index.add(
        "writes",
        "1.0",
        files={
            "writes.py": "import os\nfor number in range(1, 99):\n"
            "    try: os.write(number, b'[\"writes\", []]\\n[[\\xff')\n    except OSError: pass\n"
        },
    )
    index.add("leaves", "1.0", files={"leaves.py": "import subprocess; subprocess.Popen(['sleep', '60'])"})
    project.pyproject([*CONFLICT, "use-objects", "use-more-objects", "nested", "writes", "leaves"])
    began = time.monotonic()
    built = project.mvenv("build")
    assert time.monotonic() - began < 60
    assert [line for line in built.err.splitlines() if line.startswith("warning:")] == [
        "warning: `leaves` leaves a process running when it is imported; the one of the build was ended"
    ]
    assert "nothing is wrong" in project.mvenv("doctor").out
