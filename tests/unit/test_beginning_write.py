"""What `mvenv init` makes of what it has read: a pyproject.toml in which everything else stays."""

from __future__ import annotations

import tomllib
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from orchestrator.beginning.choose import beginnings, unread
from orchestrator.beginning.model import Beginning
from orchestrator.beginning.naming import normalized_name
from orchestrator.beginning.write import write
from orchestrator.config.document import parse_toml
from orchestrator.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = Beginning(
    read=("x",),
    version="2.0",
    requires_python=">=3.12",
    requirements=("a>=1", 'b ; os_name == "nt"'),
    extras={"db": ("c",), "none": ()},
    groups={"dev": ("d", {"include-group": "more"}), "more": ("e",)},
    sources={"a": {"path": "a", "editable": True}, "b": [{"index": "x", "marker": "os_name == 'nt'"}]},
    uv={"index": [{"name": "x", "url": "https://host.invalid", "explicit": True}], "no-index": True},
)


@pytest.mark.parametrize(
    ("folder", "name"),
    [("shop", "shop"), ("My App", "my-app"), ("a.b_c", "a-b-c"), ("_x 2!", "x-2"), ("Zürich", "z-rich")],
)
def test_the_name_of_a_new_project(folder: str, name: str) -> None:
    assert normalized_name(folder) == name
    assert tomllib.loads(write("", (), folder).text)["project"]["name"] == name


@pytest.mark.parametrize("folder", ["", "!!", "-", "日本"])
def test_no_name(folder: str) -> None:
    with pytest.raises(UsageError, match="is no name for a project"):
        write("", (), folder)


def test_all_of_it() -> None:
    edited = write("", (WHOLE,), "shop")
    data = tomllib.loads(edited.text)
    assert data["project"] == {
        "name": "shop",
        "version": "2.0",
        "requires-python": ">=3.12",
        "dependencies": ["a>=1", 'b ; os_name == "nt"'],
        "optional-dependencies": {"db": ["c"]},
    }
    assert data["dependency-groups"] == {"dev": ["d", {"include-group": "more"}], "more": ["e"]}
    assert data["tool"]["uv"] == {
        "sources": {"a": {"path": "a", "editable": True}, "b": [{"index": "x", "marker": "os_name == 'nt'"}]},
        "index": [{"name": "x", "url": "https://host.invalid", "explicit": True}],
        "no-index": True,
    }
    assert write(edited.text, (WHOLE,), "other").text == edited.text


def test_a_back_end() -> None:
    beginning = Beginning(read=("x",), dynamic=("scripts",), back_end=("setuptools", "setuptools.build_meta"))
    edited = write("[tool.x]\n", (beginning,), "shop")
    data = tomllib.loads(edited.text)
    assert data["build-system"] == {"requires": ["setuptools"], "build-backend": "setuptools.build_meta"}
    assert edited.said[-1] == "Added the table `build-system`, so that the project itself is installed"
    mine = '[build-system]\nrequires = ["mine"]\n'
    assert tomllib.loads(write(mine, (beginning,), "shop").text)["build-system"] == {"requires": ["mine"]}


@pytest.mark.parametrize(
    ("before", "first"),
    [
        ("# mine\n\n[tool.ruff]  # r\nline-length = 100\n", "# mine\n\n[project]\n"),
        ("# of ruff\n[tool.ruff]\nline-length = 100\n", "[project]\n"),
        ("[[tool.uv.index]]\nname = 'x'\n", "[project]\n"),
        ("# nothing but a comment", "# nothing but a comment\n\n[project]\n"),
        ("x = [\n[1],\n]\n\n[tool.x]\n", "x = [\n[1],\n]\n\n[project]\n"),
        ("tool.ruff.line-length = 100\n\n[tool.x]\n", "tool.ruff.line-length = 100\n\n[project]\n"),
    ],
)
def test_the_table_comes_first_and_the_rest_stays(before: str, first: str) -> None:
    text = write(before, (), "shop").text
    assert text.startswith(first)
    for line in before.splitlines():
        assert line in text
    data = tomllib.loads(text)
    assert data.pop("project")["name"] == "shop"
    assert data == tomllib.loads(before)


def test_what_is_said_already_counts() -> None:
    before = dedent("""
        [project]
        name = "mine"
        dependencies = ["a>=3"]  # mine
        [dependency-groups]
        DEV = ["d>2"]
        [tool.uv.sources]
        A = {path = "elsewhere"}
        [tool.uv]
        index = []
    """)
    edited = write(before, (WHOLE,), "shop")
    data = tomllib.loads(edited.text)
    assert data["project"]["dependencies"] == ["a>=3"]
    # For uv, too, a group is what all tables say of it.
    assert data["dependency-groups"] == {"DEV": ["d>2", {"include-group": "more"}], "more": ["e"]}
    assert edited.warned == ("not carried over: tool.uv.index is there already, and x has others",)
    assert data["tool"]["uv"]["sources"]["A"] == {"path": "elsewhere"}
    assert "a" not in data["tool"]["uv"]["sources"]
    assert data["tool"]["uv"]["index"] == []


def test_dependencies_that_were_dynamic() -> None:
    before = '[project]\nname = "x"\ndynamic = ["version", "dependencies"]  # both\n'
    edited = write(before, (Beginning(read=("x",), requirements=("a",)),), "shop")
    data = tomllib.loads(edited.text)
    assert data["project"] == {"name": "x", "dynamic": ["version"], "dependencies": ["a"]}
    assert edited.said == ("Added 1 to project.dependencies", "Removed `dependencies` from project.dynamic")


def test_all_that_was_dynamic() -> None:
    before = '[project]\nname = "x"\ndynamic = ["dependencies", "optional-dependencies", "requires-python"]\n'
    data = tomllib.loads(write(before, (WHOLE,), "shop").text)
    assert "dynamic" not in data["project"]
    assert data["project"]["requires-python"] == ">=3.12"
    assert data["project"]["optional-dependencies"] == {"db": ["c"]}


ODD = ("3", "'x'", "[]", "[3]", "{}", "{x = 3}", "[{x = 3}]", "true")


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize(
    "key",
    [
        *("tool.poetry", "tool.poetry.dependencies", "tool.poetry.dependencies.x", "tool.poetry.extras"),
        *("tool.poetry.extras.x", "tool.poetry.group", "tool.poetry.group.x", "tool.poetry.source"),
        *("tool.poetry.group.x.dependencies", "tool.poetry.group.x.include-groups", "tool.poetry.name"),
        *("tool.uv", "tool.uv.sources", "tool.uv.sources.x", "tool.uv.dev-dependencies", "tool.uv.workspace"),
        *("project.dynamic", "project.dependencies", "dependency-groups", "tool.setuptools.dynamic"),
        *("project.optional-dependencies", "tool", "tool.mvenv", "project"),
    ],
)
def test_whatever_a_file_holds(key: str, value: str, tmp_path: Path) -> None:
    """What cannot be is told when the whole is checked, and ends nothing before."""
    (tmp_path / "requirements.txt").write_text("a\n./requirements.txt\n")
    poetry = '\n[tool.poetry.dependencies]\na = "1"\nb = {path = "."}\nc = {url = "u"}\n'
    project = '[project]\nname = "x"\ndynamic = ["dependencies"]\n[tool.uv]\ndev-dependencies = ["d"]\n'
    for rest in ("", poetry, project):
        text = f"{key} = {value}\n{rest}"
        try:
            document = parse_toml(tmp_path / "pyproject.toml", text)
        except ConfigError:
            continue
        edited = write(text, beginnings(tmp_path, document), "shop")
        tomllib.loads(edited.text)


class TestWhichCounts:
    def read(self, folder: Path, text: str | None = None) -> tuple[Beginning, ...]:
        document = None if text is None else parse_toml(folder / "pyproject.toml", dedent(text))
        return beginnings(folder, document)

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "Pipfile").write_text('[packages]\npip = "*"\n')
        (tmp_path / "setup.cfg").write_text("[metadata]\nname = x\n[options]\ninstall_requires = cfg\n")
        (tmp_path / "requirements.in").write_text("in\n")
        (tmp_path / "requirements.txt").write_text("txt\n")

    def test_the_order(self, tmp_path: Path) -> None:
        [poetry] = self.read(tmp_path, '[tool.poetry.dependencies]\npoetry = "*"\n')
        assert poetry.requirements == ("poetry",)
        for file, requirement in (
            ("Pipfile", "pip"),
            ("setup.cfg", "cfg"),
            ("requirements.in", "in"),
            ("requirements.txt", "txt"),
        ):
            [found] = self.read(tmp_path, "[tool.ruff]\n")
            assert (found.read[0], found.requirements) == (file, (requirement,))
            (tmp_path / file).unlink()
        assert self.read(tmp_path) == ()

    def test_a_setup_py_that_does_not_tell(self, tmp_path: Path) -> None:
        for file in ("Pipfile", "setup.cfg", "requirements.in"):
            (tmp_path / file).unlink()
        (tmp_path / "setup.py").write_text("setup(name='x', version='3', install_requires=read())\n")
        [found] = self.read(tmp_path)
        assert (found.name, found.version, found.requirements) == ("x", "3", ("txt",))
        assert found.read == ("requirements.txt", "setup.py")
        assert len(found.lost) == 1

    def test_a_project_that_has_begun(self, tmp_path: Path) -> None:
        assert self.read(tmp_path, '[project]\nname = "x"\n') == ()
        assert self.read(tmp_path, '[project]\nname = "x"\n[tool.mvenv]\n[tool.uv]\npackage = true\n') == ()
        [uv] = self.read(tmp_path, '[project]\nname = "x"\n[tool.uv]\npackage = true\n')
        assert uv.read == ("`[tool.uv]` of pyproject.toml",)

    def test_dynamic_dependencies(self, tmp_path: Path) -> None:
        project = '[project]\nname = "x"\ndynamic = ["dependencies"]\n'
        dynamic = '[tool.setuptools.dynamic]\ndependencies = {file = ["requirements.txt"]}\n'
        [found] = self.read(tmp_path, project + dynamic)
        assert found.requirements == ("txt",)
        (tmp_path / "Pipfile").unlink()
        [found] = self.read(tmp_path, project)
        assert found.requirements == ("cfg",)

    def test_dynamic_dependencies_of_poetry(self, tmp_path: Path) -> None:
        [found] = self.read(
            tmp_path,
            '[project]\nname = "x"\ndynamic = ["dependencies"]\n[tool.poetry.dependencies]\npoetry = "*"\n',
        )
        assert found.requirements == ("poetry",)

    def test_what_is_not_read(self, tmp_path: Path) -> None:
        assert unread(tmp_path, ("Pipfile",)) == ("requirements.in", "requirements.txt")
