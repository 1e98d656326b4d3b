"""The script for Windows' shell, which nobody here can run: what virtualenv writes, and what becomes of it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from virtualenv.activation import BatchActivator

from orchestrator.environments import activation

if TYPE_CHECKING:
    from pathlib import Path


def written_by_virtualenv() -> str:
    options: Any = SimpleNamespace(prompt="app")
    creator: Any = SimpleNamespace()
    replacements = {
        "__VIRTUAL_ENV__": activation.PLACEHOLDER,
        "__VIRTUAL_PROMPT__": "app",
        "__BIN_NAME__": "Scripts",
        "__TCL_LIBRARY__": "",
        "__TK_LIBRARY__": "",
    }
    return BatchActivator(options).instantiate_template(replacements, "activate.bat", creator)


def test_the_script_for_cmd_finds_its_environment(tmp_path: Path) -> None:
    script = tmp_path / "activate.bat"
    before = written_by_virtualenv()
    script.write_text(before, "utf-8")
    activation.relocate(tmp_path)
    lines = script.read_text("utf-8").splitlines()
    assert '@for %%i in ("%~dp0..") do @set "VIRTUAL_ENV=%%~fi"' in lines
    assert '@if defined _OLD_VIRTUAL_PATH @call "%~dp0..\\Scripts\\deactivate.bat"' in lines
    assert '@set "PATH=%VIRTUAL_ENV%\\Scripts;"' in lines
    assert not [line for line in lines if activation.PLACEHOLDER in line]
    changed = [
        line for line, old in zip(lines, before.splitlines(), strict=True) if line != old
    ]  # nothing is added to the script
    assert len(changed) == before.count(activation.PLACEHOLDER) == 3
