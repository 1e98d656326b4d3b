from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.renamed import renamed_files

if TYPE_CHECKING:
    from pathlib import Path


def renamed(folder: Path, text: str, module: str = "kit", name: str = "old") -> str:
    file = folder / "__init__.py"
    file.write_text(text)
    return renamed_files(folder, module, name).get(file, text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from kit import a", "from old import a"),
        ("from kit.core import (\n    a,\n)", "from old.core import (\n    a,\n)"),
        ("    from kit.core import a", "    from old.core import a"),
        ("import kit", "import old as kit"),
        ("import kit  # why", "import old as kit  # why"),
        ("import kit as k", "import old as k"),
        ("import kit.core", "import old.core, old as kit"),
        ("import kit.core.deep as deep", "import old.core.deep as deep"),
        ("import os, kit.core, kit as k, re", "import os, old.core, old as kit, old as k, re"),
        ("if 1: import kit", "if 1: import old as kit"),
        ("x = 1; from kit import a; y = 2", "x = 1; from old import a; y = 2"),
        ("import kit\r\nx = 1\r\n", "import old as kit\r\nx = 1\r\n"),
        ('"""One line."""\nimport kit', '"""One line."""\nimport old as kit'),
    ],
)
def test_statements(before: str, after: str, tmp_path: Path) -> None:
    assert renamed(tmp_path, before) == after
    assert len(before.splitlines()) == len(after.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        "from kit2 import a",
        "from .kit import a",
        "from . import kit",
        "import kit_tools, tools.kit",
        "import_kit = kit",
        "x = kit.core",
        "# import kit",
        '"""\nimport kit\n"""',
        "'''\n\"\"\"\nimport kit\n'''",
        "important kit",
    ],
)
def test_what_is_left_alone(text: str, tmp_path: Path) -> None:
    assert renamed(tmp_path, text) == text


def test_a_module_of_a_package(tmp_path: Path) -> None:
    """Without the package above there is nothing to call by the module's whole name."""
    same = "import space.kit\nimport space.kit.c\nfrom space import kit\n"
    before = "from space.kit import a\nimport space.kit as b\n" + same
    after = "from old import a\nimport old as b\n" + same
    assert renamed(tmp_path, before, "space.kit") == after


def test_which_files(tmp_path: Path) -> None:
    files = ("__init__.py", "stub.pyi", "notes.txt", "deep/er.py", "tests/test_it.py", "nothing.py")
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("pass" if file == "nothing.py" else "import kit\n")
    found = {path.relative_to(tmp_path).as_posix() for path in renamed_files(tmp_path, "kit", "old")}
    assert found == {"__init__.py", "stub.pyi", "deep/er.py"}
    assert set(renamed_files(tmp_path / "stub.pyi", "kit", "old").values()) == {b"import old as kit\n"}
    assert renamed_files(tmp_path / "notes.txt", "kit", "old") == {}


def test_what_it_becomes_runs(tmp_path: Path) -> None:
    """The statements are Python still, and bind what they bound."""
    text = textwrap.dedent("""
        import json, email.message
        import json as j; from json import dumps
        def f():
            import json.decoder
            return json.decoder.JSONDecodeError, email.message, j, dumps
        """)
    spaces: list[dict[str, object]] = [{}, {}]
    exec(text, spaces[0])
    exec(renamed(tmp_path, text, "json", "json"), spaces[1])
    assert set(spaces[0]) == set(spaces[1])
    assert spaces[0]["f"]() == spaces[1]["f"]()  # type: ignore[operator]
