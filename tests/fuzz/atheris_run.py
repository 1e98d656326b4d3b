"""One kind of file under atheris: `python -m tests.fuzz.atheris_run TARGET TOLD CORPUS [OPTION OF LIBFUZZER…]`."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

import atheris  # type: ignore[import-untyped, unused-ignore]

# Not tomllib: its code crashes with what atheris 2.3 puts into it.
with atheris.instrument_imports(include=["orchestrator", "runtime_shim", "packaging"]):
    from tests.fuzz.__main__ import attempt_for_atheris, prepare
    from tests.fuzz.targets import TARGETS

found: Counter[str] = Counter()
count = 0
target, told = TARGETS[sys.argv[1]], Path(sys.argv[2])
folder = Path(tempfile.mkdtemp(dir=told.parent))


def one(content: bytes) -> None:
    """Read one file; libFuzzer ends the process without another word, so what is known is written down now and then."""
    global count
    what = attempt_for_atheris(target, folder, content)
    if what:
        found[what] += 1
    count += 1
    if count % 100 == 0:
        temporary = told.with_suffix(".new")
        temporary.write_text(json.dumps([count, found]), "utf-8")
        os.replace(temporary, told)


prepare()
atheris.Setup([sys.argv[0], *sys.argv[3:]], one)
atheris.Fuzz()
