"""Becomes the application's main program: ``app.py settings.json``.

Loads the sibling version first, then hands over to the environment of the version under test. In the plain
environment there is no sibling.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def run(settings: str) -> int:
    """Do what the settings file says and return pytest's exit code."""
    told = json.loads(Path(settings).read_text("utf-8"))
    if told["beside"]:
        import wants_b

        loaded = wants_b.load(told["sibling"], told["loads"], told["between"])
        with Path(told["record"]).open("a", encoding="utf-8") as record:
            record.write(json.dumps(loaded) + "\n")
    import wants_a

    return wants_a.main(told["library"], told["loads"][0], told["between"], told["record"], told["arguments"])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1]))
