from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from orchestrator.install.record import InstalledDistribution
from orchestrator.install.usage import imported_on_load, uses

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import a, b.c as d", "a b"),
        ("from a.b import c", "a"),
        ("from . import a\nfrom .b import c", ""),
        ("try:\n import a\nexcept ImportError:\n import b\nelse:\n import c\nfinally:\n import d", "a b c d"),
        ("if x:\n import a\nelif y:\n import b\nelse:\n import c", "a b c"),
        ("if TYPE_CHECKING:\n import a\nelse:\n import b", "b"),
        ("import typing\nif typing.TYPE_CHECKING:\n import a", "typing"),
        ("with x:\n import a\nfor i in y:\n import b\nwhile z:\n import c", "a b c"),
        ("class C:\n import a", "a"),
        ("def f():\n import a\nasync def g():\n import b\nh = lambda: __import__('c')", ""),
        ("try:\n import a\nexcept* OSError:\n import b", "a b"),
        ("'''\nimport a\n'''", ""),
        ("print 'python 2'", ""),
        ("import a\x00", ""),
        ("match x:\n case 1:\n  import a", "a"),
    ],
)
def test_what_is_imported_when_a_module_is_loaded(source: str, names: str) -> None:
    assert " ".join(sorted(imported_on_load(source.encode()))) == names


PROVIDERS = {"low": frozenset({"low"}), "yaml": frozenset({"pyyaml", "ruamel"})}
# Of many names, sources are searched for statements and not for each of them.
MANY = {f"other_{number}": frozenset({f"other-{number}"}) for number in range(20)}


def used(site_packages: Path, files: dict[str, str], name: str = "jobs") -> str:
    for file, text in files.items():
        path = site_packages / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    distribution = InstalledDistribution(name, "1", dict.fromkeys(files, ""), ())
    found = uses(distribution, site_packages, PROVIDERS)
    assert uses(distribution, site_packages, {**PROVIDERS, **MANY}) == found
    return " ".join(sorted(found))


@pytest.mark.parametrize(
    "line",
    [
        "import low",
        "import os, low",
        "from low import x",
        "  import low.sub",
        "import other, \\\n    low",
        "from low.x import y",
    ],
)
def test_uses(line: str, tmp_path: Path) -> None:
    source = f"try:\n    {line.strip()}\nexcept ImportError:\n    low = None\n"
    assert used(tmp_path, {"jobs/__init__.py": "", "jobs/core.py": source}) == "low"


@pytest.mark.parametrize(
    "source", ["try: import low\nexcept ImportError: pass", "x = 1; import low", "if x: from low import y"]
)
def test_imports_that_share_a_line(source: str, tmp_path: Path) -> None:
    assert used(tmp_path, {"jobs.py": source}) == "low"


def test_all_providers_of_a_name_count(tmp_path: Path) -> None:
    assert used(tmp_path, {"jobs.py": "import yaml"}) == "pyyaml ruamel"


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("jobs.py", "import lowest\nfrom x import low\nimport x.low"),
        ("jobs.py", "def f():\n    import low"),
        ("jobs.py", "# import low\n'import low'"),
        ("jobs/tests/test_x.py", "import low"),
        ("jobs/testing/x.py", "import low"),
        ("jobs/conftest.py", "import low"),
        ("jobs/random/_examples/x.py", "import low"),
        ("jobs/_tests/x.py", "import low"),
        ("jobs/benchmarks/x.py", "import low"),
        ("jobs/data.txt", "import low"),
    ],
)
def test_what_is_no_use(file: str, source: str, tmp_path: Path) -> None:
    assert used(tmp_path, {file: source}) == ""


def test_nobody_uses_itself(tmp_path: Path) -> None:
    assert used(tmp_path, {"low/__init__.py": "import low.x"}, name="Low") == ""


def test_a_file_that_record_names_and_is_not_there(tmp_path: Path) -> None:
    assert uses(InstalledDistribution("jobs", "1", {"gone.py": ""}, ()), tmp_path, PROVIDERS) == frozenset()
