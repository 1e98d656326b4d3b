"""Put what commands print now into the pages that show something else: `python -m tests.docs.renew [PAGE …]`.

PAGE is a place below docs, `how-to/alias.md`. What agrees stays as it is, elisions too; read the difference before it
is committed, since a page follows whatever happens.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs.console import agrees
from tests.docs.reader import DOCS, Reader


def main(names: list[str]) -> None:
    """Renew pages: all without a name."""
    for name in names or [
        "tutorial.md",
        *(f"how-to/{page.name}" for page in sorted((DOCS / "how-to").glob("[a-z]*.md"))),
    ]:
        file = DOCS / name
        lines = file.read_text("utf-8").split("\n")
        moved = 0
        with tempfile.TemporaryDirectory() as folder:
            for command, code, printed in Reader(Path(folder).resolve()).follow("\n".join(lines)):
                if code != command.code:
                    print(
                        f"{name}:{command.line + moved}: exit code {code}: {command.text}\n{printed}",
                        file=sys.stderr,
                    )
                if agrees(command.shown, printed):
                    continue
                begin = command.line + moved + command.text.count("\n")
                end = begin + len(command.shown.split("\n") if command.shown else [])
                new = printed.rstrip("\n").split("\n") if printed.strip() else []
                lines[begin:end] = new
                moved += len(new) - (end - begin)
        file.write_text("\n".join(lines), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
