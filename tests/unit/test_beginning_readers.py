"""Poetry, Pipenv, setuptools and uv, as `mvenv init` reads them."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from orchestrator.beginning import pipenv, poetry, setuptools_project, uv_project
from orchestrator.config.document import parse_toml
from orchestrator.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.beginning.model import Beginning
    from orchestrator.config.document import TomlDocument


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def document(folder: Path, text: str) -> TomlDocument:
    return parse_toml(folder / "pyproject.toml", dedent(text))


def of_poetry(folder: Path, text: str) -> Beginning:
    return poetry.read(document(folder, text))


class TestPoetry:
    def test_dependencies(self, tmp_path: Path) -> None:
        found = of_poetry(
            tmp_path,
            """
            [tool.poetry]
            name = "shop"
            version = "2.0"
            [tool.poetry.dependencies]
            python = "^3.8"
            caret = "^1.2"
            any = "*"
            extras = {version = "~2.1", extras = ["x", "y"]}
            marked = {version = "1.0", markers = "os_name == 'nt' or os_name == 'posix'", python = ">=3.9.2"}
            two = [{version = "<2", python = "<3.12"}, {version = ">=2", python = "^3.12"}]
            either = "^1 || ^2"
            wrong = "one"
            """,
        )
        assert (found.name, found.version, found.requires_python) == ("shop", "2.0", ">=3.8,<4.0")
        assert found.requirements == (
            "caret>=1.2,<2.0",
            "any",
            "extras[x,y]>=2.1,<2.2",
            "marked==1.0; python_full_version >= '3.9.2' and (os_name == 'nt' or os_name == 'posix')",
            "two<2; python_version < '3.12'",
            "two>=2; python_version >= '3.12' and python_version < '4.0'",
            "either>=2,<3",
        )
        assert found.told == (
            (
                "pyproject.toml:12: tool.poetry.dependencies.either: "
                "`^1 || ^2` is `>=2,<3`, the newest of its alternatives"
            ),
        )
        assert [line.partition(": ")[0] for line in found.lost] == ["pyproject.toml:13"]

    def test_places_and_indexes(self, tmp_path: Path) -> None:
        (tmp_path / "here").mkdir()
        found = of_poetry(
            tmp_path,
            """
            [tool.poetry.dependencies]
            here = {path = "here", develop = true}
            gone = {path = "gone"}
            git = {git = "git@host.invalid:me/git.git", tag = "1.0", subdirectory = "x"}
            url = {url = "https://host.invalid/url-1.0.tar.gz", markers = "os_name == 'nt'"}
            mine = {version = "^1", source = "mine"}
            public = {version = "^1", source = "PyPI"}
            [[tool.poetry.source]]
            name = "mine"
            url = "https://host.invalid/simple"
            priority = "explicit"
            [[tool.poetry.source]]
            name = "PyPI"
            """,
        )
        assert found.requirements == (
            "here",
            "git",
            "url @ https://host.invalid/url-1.0.tar.gz ; os_name == 'nt'",
            "mine>=1,<2",
            "public>=1,<2",
        )
        assert found.sources == {
            "here": {"path": "here", "editable": True},
            "git": {"git": "ssh://git@host.invalid/me/git.git", "tag": "1.0", "subdirectory": "x"},
            "mine": {"index": "mine"},
        }
        assert found.uv == {
            "index": [{"name": "mine", "url": "https://host.invalid/simple", "explicit": True}]
        }
        assert found.lost == ("pyproject.toml:4: tool.poetry.dependencies.gone: there is nothing at `gone`",)

    def test_groups_and_extras(self, tmp_path: Path) -> None:
        found = of_poetry(
            tmp_path,
            """
            [tool.poetry.dependencies]
            base = "1"
            psycopg = {version = "^3", optional = true}
            nobody = {version = "^3", optional = true}
            [tool.poetry.extras]
            db = ["psycopg", "unknown"]
            [tool.poetry.dev-dependencies]
            black = "*"
            [tool.poetry.group.test.dependencies]
            pytest = "^8"
            [tool.poetry.group.docs]
            include-groups = ["test"]
            """,
        )
        assert found.requirements == ("base==1",)
        assert found.extras == {"db": ("psycopg>=3,<4",)}
        assert found.groups == {
            "dev": ("black",),
            "test": ("pytest>=8,<9",),
            "docs": ({"include-group": "test"},),
        }
        assert found.lost == (
            "pyproject.toml:7: tool.poetry.extras.db[1]: `unknown` is no dependency",
            "pyproject.toml:5: tool.poetry.dependencies.nobody: is optional, and no extra has it",
        )

    def test_alternatives_of_pythons(self, tmp_path: Path) -> None:
        found = of_poetry(
            tmp_path,
            """
            [tool.poetry.dependencies]
            python = "~3.11 || >=3.13,<4"
            a = {version = "1", python = "<3.12 || ^3.13.1", platform = "linux"}
            b = {version = "1", python = "3.12.* || *"}
            """,
        )
        assert found.requires_python == ">=3.11,<4"
        assert found.told == (
            (
                "pyproject.toml:3: tool.poetry.dependencies.python: "
                "`~3.11 || >=3.13,<4` is `>=3.11,<4`, with what is between its alternatives"
            ),
        )
        range_ = "python_full_version >= '3.13.1' and python_version < '4.0'"
        assert found.requirements == (
            f"a==1; (python_version < '3.12' or {range_}) and sys_platform == 'linux'",
            "b==1",
        )

    def test_a_name_with_a_blank(self, tmp_path: Path) -> None:
        found = of_poetry(tmp_path, '[tool.poetry]\nname = "My App"\n')
        assert found.name == "My App"
        assert found.lost == (
            "pyproject.toml:2: tool.poetry.name: `My App` is no name for a distribution: give it one here, too",
        )

    @pytest.mark.parametrize(
        ("text", "is_built"),
        [
            ('[tool.poetry.scripts]\na = "b:c"\n', True),
            ('[tool.poetry.scripts]\na = {reference = "bin/a", type = "file"}\n', True),
            ('[tool.poetry.plugins."x"]\na = "b:c"\n', True),
            ('[tool.poetry]\npackage-mode = false\n[tool.poetry.scripts]\na = "b:c"\n', False),
            ('[tool.poetry]\nname = "a"\n', False),
        ],
    )
    def test_who_has_commands_has_a_back_end(self, text: str, is_built: bool, tmp_path: Path) -> None:
        assert (of_poetry(tmp_path, text).back_end is not None) is is_built

    def test_a_python_that_is_too_old(self, tmp_path: Path) -> None:
        found = of_poetry(tmp_path, '[tool.poetry.dependencies]\npython = ">=3.6,<3.10"\n')
        assert found.requires_python == ">=3.11"
        assert found.lost == (
            (
                "pyproject.toml:2: tool.poetry.dependencies.python: "
                "Python `>=3.6,<3.10`: mvenv needs 3.11 or newer, so `>=3.11` is written"
            ),
        )


def test_pipenv(tmp_path: Path) -> None:
    (tmp_path / "Pipfile").write_text(
        dedent("""
            [[source]]
            name = "pypi"
            url = "https://host.invalid/simple"
            [[source]]
            name = "mine"
            url = "https://mine.invalid/simple"
            [packages]
            any = "*"
            bounded = "~=1.0"
            bare = "1.0"
            table = {version = ">=2", extras = ["x"], markers = "os_name == 'nt'", sys_platform = "== 'win32'"}
            mine = {version = "*", index = "mine"}
            git = {git = "https://host.invalid/r.git", ref = "main", editable = true}
            itself = {path = ".", editable = true}
            wrong = "=>1"
            number = 1
            [dev-packages]
            pytest = "*"
            [docs]
            sphinx = "*"
            [requires]
            python_version = "3.12"
            [pipenv]
            allow_prereleases = true
            [scripts]
            serve = "x"
        """)
    )
    found = pipenv.read(tmp_path / "Pipfile")
    assert found.requires_python == "==3.12.*"
    assert found.requirements == (
        *("any", "bounded~=1.0", "bare==1.0"),
        "table[x]>=2; os_name == 'nt' and sys_platform == 'win32'",
        *("mine", "git"),
    )
    assert found.groups == {"dev": ("pytest",), "docs": ("sphinx",)}
    assert found.sources == {
        "mine": {"index": "mine"},
        "git": {"git": "https://host.invalid/r.git", "rev": "main"},
    }
    assert found.uv == {
        "index": [{"name": "mine", "url": "https://mine.invalid/simple", "explicit": True}],
        "prerelease": "allow",
    }
    assert [line.partition(": ")[0] for line in found.told] == ["Pipfile:2", "Pipfile:14"]
    assert [line.partition(": ")[0] for line in found.lost] == [
        *("Pipfile:15", "Pipfile:16", "Pipfile:17", "Pipfile:26"),
    ]


def test_setup_cfg(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("from-file>=1\n")
    (tmp_path / "setup.cfg").write_text(
        dedent("""
            [metadata]
            name = Shop
            version = attr: shop.__version__
            author_email = me@host.invalid
            [options]
            python-requires = >=3.8
            install_requires =
                flask>=3  # why
                click<8; python_version<"4"
                wrong=1
            tests_require = pytest; hypothesis
            setup_requires = wheel
            [options.extras_require]
            db = psycopg; redis
            file = file: more.txt
            [options.entry_points]
            console_scripts = shop = shop:main
        """)
    )
    (tmp_path / "setup.py").write_text("import setuptools\nsetuptools.setup()\n")
    found = setuptools_project.read(tmp_path)
    assert found is not None
    assert (found.name, found.version, found.requires_python) == ("Shop", "", ">=3.8")
    assert found.dynamic == ("authors", "entry-points", "gui-scripts", "scripts", "version")
    assert found.back_end == ("setuptools", "setuptools.build_meta")
    assert found.requirements == ("flask>=3", 'click<8; python_version<"4"')
    assert found.extras == {"db": ("psycopg", "redis"), "file": ("from-file>=1",)}
    assert found.groups == {"test": ("pytest", "hypothesis")}
    assert [line.partition(": ")[0] for line in found.lost] == ["setup.cfg:13", "setup.cfg:11"]


def test_setup_py_is_read_and_not_run(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text(
        dedent("""
            from pathlib import Path
            from setuptools import setup
            Path("was-run").touch()
            BASE = ["a>=1"]
            CHANGED = ["x"]
            CHANGED.append("y")
            setup(
                name="thing",
                version="1.0",
                python_requires=">=3.9",
                install_requires=BASE + ["b"],
                extras_require={"db": ["c"], ":os_name == 'nt'": ["d<2"]},
                tests_require=CHANGED,
                entry_points={"console_scripts": ["x = y:z"]},
            )
        """)
    )
    found = setuptools_project.read(tmp_path)
    assert found is not None
    assert (found.name, found.version, found.requires_python) == ("thing", "1.0", ">=3.9")
    assert found.requirements == ("a>=1", "b", "d<2; os_name == 'nt'")
    assert found.extras == {"db": ("c",)}
    assert found.dynamic == ("entry-points", "gui-scripts", "scripts")
    assert found.is_whole
    assert found.lost == ("setup.py:14: `tests_require` cannot be read without running the file",)
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize(
    "call",
    [
        "setup(name='x', install_requires=open('requirements.txt').readlines())",
        "setup(name='x', **options())",
        "setup(name='x', install_requires=names)",
        "run()",
    ],
)
def test_a_setup_py_that_only_running_would_tell(call: str, tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text(f"names = []\nnames += ['a']\n{call}\n")
    found = setuptools_project.read(tmp_path)
    assert found is not None
    assert not found.is_whole
    assert len(found.lost) == 1


def test_names_that_double_are_given_up(tmp_path: Path) -> None:
    lines = ["a0 = ['x']", *(f"a{number + 1} = a{number} + a{number}" for number in range(60))]
    (tmp_path / "setup.py").write_text("\n".join([*lines, "setup(name='x', install_requires=a60)\n"]))
    found = setuptools_project.read(tmp_path)
    assert found is not None
    assert found.lost == ("setup.py:62: `install_requires` cannot be read without running the file",)


@pytest.mark.parametrize(("file", "text"), [("setup.py", "setup(\n"), ("setup.cfg", "nothing\n")])
def test_a_file_that_cannot_be_read(file: str, text: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(ConfigError) as raised:
        setuptools_project.read(tmp_path)
    assert raised.value.causes[0].startswith(file)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("nothing\n", "setup.cfg:1: there is no `[section]` above"),
        ("[options]\n\nnothing\n", "setup.cfg:3: neither a `[section]` nor `key = value`"),
        ("[options]\na\x1b = 1\na\x1b = 2\n", "setup.cfg:3: `a\\x1b` is there twice"),
        ("[options]\n[options]\n", "setup.cfg:2: the section `options` is there twice"),
    ],
)
def test_what_is_wrong_in_a_setup_cfg(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / "setup.cfg").write_text(text)
    with pytest.raises(ConfigError) as caught:
        setuptools_project.read(tmp_path)
    assert caught.value.causes == (cause,)


def test_a_setup_cfg_of_tools_alone_says_nothing_of_a_project(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[flake8]\nmax-line-length = 100\n")
    assert setuptools_project.read(tmp_path) is None


def test_uv(tmp_path: Path) -> None:
    (tmp_path / "packages/m").mkdir(parents=True)
    (tmp_path / "packages/m/pyproject.toml").write_text('[project]\nname = "Mem_ber"\n')
    found = uv_project.read(
        document(
            tmp_path,
            """
            [tool.uv]
            override-dependencies = ["a==1"]
            conflicts = []
            dev-dependencies = ["pytest"]
            [tool.uv.sources]
            mem-ber = {workspace = true}
            b = [{index = "x", extra = "cpu"}]
            [tool.uv.workspace]
            members = ["packages/*"]
            """,
        )
    )
    assert found.groups == {"dev": ("pytest",)}
    used = "`sources`, `override-dependencies`, `workspace`"
    assert found.told[0] == f"pyproject.toml:2: tool.uv: {used} count as they are, through uv"
    assert {line.split(": ")[1] for line in found.told} == {
        *("tool.uv", "tool.uv.conflicts", "tool.uv.dev-dependencies"),
    }
    assert found.lost == (
        "pyproject.toml:8: tool.uv.sources.b: mvenv has sources for everybody: leave `extra` out, or use `marker`",
    )
