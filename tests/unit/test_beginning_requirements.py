"""Requirements files, as `mvenv init` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.beginning import requirements_files
from orchestrator.beginning.requirements_lines import lines

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.beginning.model import Beginning


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(folder: Path, text: str, **others: str) -> Beginning:
    (folder / "requirements.txt").write_text(text)
    for name, content in others.items():
        (folder / f"{name}.txt").write_text(content)
    return requirements_files.read(folder / "requirements.txt")


def test_lines_as_pip_has_them() -> None:
    text = (
        "# comment\n\na==1 \\\n    --hash=sha256:x \\\n    --hash=sha256:y\n"
        "b @ https://host/x#frag=1 # why\n-rmore.txt\n--index-url=https://host/simple\n-e ./c\n"
    )
    found = [(each.number, each.text, each.option, each.value, each.has_hashes) for each in lines(text)]
    assert found == [
        (3, "a==1", "", "", True),
        (6, "b @ https://host/x#frag=1", "", "", False),
        (7, "", "-r", "more.txt", False),
        (8, "", "--index-url", "https://host/simple", False),
        (9, "", "-e", "./c", False),
    ]


def test_requirements_and_what_they_name(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'a>=1  # why\nb[x] ; python_version < "4"\n-r more.txt\n-c bounds.txt\n-r more.txt\n',
        more="c\n-r requirements.txt\n",
        bounds="d<2\na==1.5\n",
    )
    assert found.requirements == ("a>=1", 'b[x] ; python_version < "4"', "c")
    assert found.uv == {"constraint-dependencies": ("d<2", "a==1.5")}
    assert found.read == ("requirements.txt", "more.txt", "bounds.txt")
    assert (found.told, found.lost) == ((), ())


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffa\n").requirements == ("a",)


def test_what_pip_is_told(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "--extra-index-url https://two.invalid/simple\n-i https://one.invalid/simple\n-f wheels\n"
        "-f https://three.invalid\n--pre\n--no-index\n--prefer-binary\n--no-binary a\n",
    )
    assert found.uv == {
        "index": [
            {"name": "requirements-extra-1", "url": "https://two.invalid/simple"},
            {"name": "requirements", "url": "https://one.invalid/simple", "default": True},
        ],
        "find-links": ["wheels", "https://three.invalid"],
        "prerelease": "allow",
        "no-index": True,
    }
    assert found.lost == ("requirements.txt:8: pip's option `--no-binary`",)


def test_places(tmp_path: Path) -> None:
    for name, file, text in (
        ("one", "pyproject.toml", '[project]\nname = "Of.One"\n'),
        ("two", "setup.cfg", "[metadata]\nname = of-two\n"),
        ("three", "setup.py", 'from setuptools import setup\nsetup(name="of-three")\n'),
        ("four", "setup.py", "from setuptools import setup\nsetup(name=open('x').read())\n"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels/five-1.0-py3-none-any.whl").touch()
    found = read(
        tmp_path,
        "-e ./one[fast]\n./two ; sys_platform == 'linux'\n-e three\n./four\nwheels/five-1.0-py3-none-any.whl\n"
        "-e git+https://host.invalid/r.git@1.0#egg=six&subdirectory=x\n"
        "https://host.invalid/seven-1.0.tar.gz\nhttps://host.invalid/archive\n-e .\n./gone\n",
    )
    assert found.requirements == (
        "of-one[fast]",
        "of-two; sys_platform == 'linux'",
        "of-three",
        "five",
        "six @ git+https://host.invalid/r.git@1.0#subdirectory=x",
        "seven @ https://host.invalid/seven-1.0.tar.gz",
    )
    assert found.sources == {
        "of-one": {"path": "one", "editable": True},
        "of-two": {"path": "two"},
        "of-three": {"path": "three", "editable": True},
        "five": {"path": "wheels/five-1.0-py3-none-any.whl"},
    }
    assert found.told == (
        "requirements.txt:6: installed like any other, not editable: it comes from a repository",
    )
    assert found.lost == (
        "requirements.txt:4: `./four` does not say its name where it can be read without running it",
        (
            "requirements.txt:8: `https://host.invalid/archive` does not say its name: "
            "write `NAME @ https://host.invalid/archive`"
        ),
        "requirements.txt:9: `.` is the project itself, whose requirements are read",
        "requirements.txt:10: there is nothing at `./gone`",
    )


def test_what_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    found = read(tmp_path, "a\n-r gone.txt\n-c https://host.invalid/c.txt\nb=1\n")
    assert found.requirements == ("a",)
    assert found.read == ("requirements.txt",)
    assert [line.partition(" ")[0] for line in found.lost] == [
        "requirements.txt:2:",
        "requirements.txt:3:",
        "requirements.txt:4:",
    ]


@pytest.mark.parametrize(
    "style", ["# via -r requirements.in", "# via\n    #   x\n    #   -r requirements.in"]
)
def test_what_is_there_for_others_is_a_constraint(style: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"a==1\n    {style}\nb==2\n    # via a\nc==3 # via a, b\nd==4\n")
    assert found.requirements == ("a==1", "d==4")
    assert found.uv == {"constraint-dependencies": ("b==2", "c==3")}
    assert found.told == (
        "requirements.txt: 2 that only others require (`# via`) are constraints in `[tool.uv]`",
    )


def test_files_beside_are_groups(tmp_path: Path) -> None:
    (tmp_path / "requirements-dev.in").write_text("-r requirements.txt\npytest\n")
    (tmp_path / "requirements-dev.txt").write_text("pytest==1\n")
    (tmp_path / "docs-requirements.txt").write_text("sphinx\n")
    found = read(tmp_path, "a\n")
    assert found.requirements == ("a",)
    assert found.groups == {"dev": ("pytest",), "docs": ("sphinx",)}


def test_several_options_on_one_line(tmp_path: Path) -> None:
    text = (
        "-i https://host.invalid/a --extra-index-url=https://host.invalid/b \\\n"
        "  --pre --find-links here/a-b\n-e . --no-index\n"
    )
    found = read(tmp_path, text)
    assert found.uv == {
        "index": [
            {"name": "requirements-extra-2", "url": "https://host.invalid/b"},
            {"name": "requirements", "url": "https://host.invalid/a", "default": True},
        ],
        "prerelease": "allow",
        "find-links": ["here/a-b"],
        "no-index": True,
    }
    assert found.lost == ("requirements.txt:3: `.` is the project itself, whose requirements are read",)
