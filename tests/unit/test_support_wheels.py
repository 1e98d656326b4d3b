"""The wheels, indexes, interpreters and plain environments that the other tests stand on."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.support.interpreters import (
    SUPPORTED,
    every_interpreter,
    find_interpreter,
    found_interpreters,
    missing_versions,
    running_interpreter,
    second_interpreter,
)
from tests.support.process import run
from tests.support.wheels import Index, build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.interpreters import Interpreter
    from tests.support.plain import PlainVenvs
    from tests.support.project import ProjectFolder


def test_record_lists_every_member_with_its_hash_and_size(tmp_path: Path) -> None:
    wheel = build_wheel(
        tmp_path,
        "Dog.House",
        "1.0",
        files={"dog/__init__.py": "", "dog/a, b.txt": "é", "dog/raw.bin": bytes(range(256))},
        entry_points={"bark": "dog:bark"},
    )
    assert wheel.name == "dog_house-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    record = "dog_house-1.0.dist-info/RECORD"
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(contents[record].decode()))}
    assert rows.pop(record) == ["", ""]
    assert rows == {
        name: [
            "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("="),
            str(len(content)),
        ]
        for name, content in contents.items()
        if name != record
    }
    assert contents["dog_house-1.0.dist-info/METADATA"].decode().splitlines()[1] == "Name: Dog.House"


def test_equal_input_makes_equal_bytes(tmp_path: Path) -> None:
    files = {"dog/b.py": "B = 1\n", "dog/__init__.py": ""}
    first = build_wheel(tmp_path / "one", "dog", "1.0", files=files)
    second = build_wheel(tmp_path / "two", "dog", "1.0", files=dict(reversed(files.items())))
    assert first.read_bytes() == second.read_bytes()
    assert Index(first.parent).fingerprint() == Index(second.parent).fingerprint()
    build_wheel(tmp_path / "two", "dog", "1.0", files={"dog/__init__.py": "changed"})
    assert Index(first.parent).fingerprint() != Index(second.parent).fingerprint()


def test_uv_installs_a_wheel_with_all_its_parts(
    index: Index, interpreter: Interpreter, plain_venv: PlainVenvs, tmp_path: Path
) -> None:
    index.add("cat", "1.5")
    index.add("cat", "2.0")
    index.add("mouse", "3.0")
    index.add(
        "dog",
        "1.0",
        requires=["cat<2"],
        extras={"hunt": ["mouse>=3; python_version >= '3'"]},
        files={
            "dog/__init__.py": "def bark():\n    print('woof')\n",
            "dog-1.0.data/scripts/wag": "#!/bin/sh\necho wagging\n",
        },
        entry_points={"bark": "dog:bark"},
        entry_point_groups={"animals": {"dog": "dog:bark"}},
    )
    venv = plain_venv(index, interpreter, ["dog[hunt]"])
    code = """
import importlib.metadata as metadata, sys, cat, dog, mouse
print(cat.__version__, mouse.__version__, metadata.version("dog"), sys.version.split()[0])
for point in metadata.entry_points(group="animals"):
    point.load()()
"""
    outcome = venv.python("-c", code, cwd=tmp_path)
    assert outcome.out == f"1.5 3.0 1.0 {interpreter.full_version}\nwoof\n"
    for command, said in (("bark", "woof\n"), ("wag", "wagging\n")):
        assert run([venv.folder / "bin" / command], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}).out == said
    assert plain_venv(index, interpreter, ["dog[hunt]"]) is venv
    assert plain_venv(index, interpreter, ["dog"]) is not venv


def test_an_extra_that_is_not_asked_for_is_not_installed(
    index: Index, plain_venv: PlainVenvs, tmp_path: Path
) -> None:
    index.add("mouse", "3.0")
    index.add("dog", "1.0", extras={"hunt": ["mouse"]})
    venv = plain_venv(index, running_interpreter(), ["dog"])
    assert venv.python("-c", "import dog", cwd=tmp_path).code == 0
    assert "No module named 'mouse'" in venv.python("-c", "import mouse", cwd=tmp_path, check=False).err


def test_a_failure_shows_what_the_command_printed(
    index: Index, plain_venv: PlainVenvs, tmp_path: Path
) -> None:
    index.add("dog", "1.0", requires=["cat<2"])
    index.add("cat", "2.0")
    with pytest.raises(AssertionError, match=r"(?s)uv pip install.*cat<2"):
        plain_venv(index, running_interpreter(), ["dog"])


def test_the_offline_project_does_not_reach_the_package_index(project: ProjectFolder, index: Index) -> None:
    index.add("dog", "1.0")
    requirements = project.write("requirements.txt", "dog\nidna\n")
    outcome = run(
        [sys.executable, "-m", "uv", "pip", "compile", requirements],
        cwd=project.root,
        env=project.environment,
        check=False,
    )
    assert outcome.code == 1
    assert "idna was not found" in outcome.err
    assert "network was disabled" not in outcome.err


def test_a_project_folder_writes_what_it_is_given(project: ProjectFolder) -> None:
    project.pyproject(
        ["dog", "cat[fur]>=1"],
        extra="""
            [tool.mvenv.constraints]
            dog = ["mouse<3"]
        """,
    )
    assert tomllib.loads((project.root / "pyproject.toml").read_text()) == {
        "project": {
            "name": "my-app",
            "version": "1.0",
            "requires-python": ">=3.11",
            "dependencies": ["dog", "cat[fur]>=1"],
        },
        "tool": {"mvenv": {"constraints": {"dog": ["mouse<3"]}}},
    }


def test_interpreters_are_real_and_of_the_version_they_say(interpreter: Interpreter, tmp_path: Path) -> None:
    code = "import sys; print(*sys.version_info[:2], sep='.'); print(sys.abiflags, sys.prefix == sys.base_prefix)"
    outcome = run([interpreter.executable, "-c", code], cwd=tmp_path, env={})
    assert outcome.out == f"{interpreter.version.removesuffix('t')}\n{interpreter.threading} True\n"


def test_every_supported_version_is_either_found_or_reported_missing() -> None:
    found = [interpreter.version for interpreter in found_interpreters()]
    running = running_interpreter().version
    assert running in found or running not in SUPPORTED
    missing = [version for version in missing_versions() if version in SUPPORTED]
    assert sorted([*found, *missing]) == sorted(SUPPORTED)


def test_a_second_compiler_is_either_found_or_reported_missing() -> None:
    second = second_interpreter()
    if second is None:
        assert "3.13 of a second compiler" in missing_versions()
    else:
        first = find_interpreter("3.13")
        assert first is not None
        assert first.compiler != second.compiler
        assert second.name == f"3.13-{second.compiler}"
        assert second in every_interpreter()
    assert len({one.name for one in every_interpreter()}) == len(every_interpreter())
