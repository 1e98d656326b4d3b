"""The first example of README.md, with what the package index has today."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.project import ProjectFolder

README = Path(__file__).resolve().parents[2] / "README.md"
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)


def test_sixty_seconds(real_project: ProjectFolder) -> None:
    section = README.read_text("utf-8").partition("## 60 seconds")[2].partition("\n## ")[0]
    pyproject, program, shown = (match["text"] for match in _BLOCK.finditer(section))
    real_project.write("pyproject.toml", pyproject)
    real_project.write("app.py", program)
    built = real_project.mvenv("build")
    assert "warning: " not in built.err
    assert "2 groups (the fewest possible)" in built.err
    commands = re.findall(r"^\$ mvenv (run .*)\n((?:[^$].*\n)+)", shown, re.MULTILINE)
    assert len(commands) == 2
    for command, output in commands:
        said = real_project.mvenv(*command.split()).out
        # Releases go on; what is pinned stays.
        assert re.sub(r"8\.\d+\.\d+", "8", said) == re.sub(r"8\.\d+\.\d+", "8", output)
